"""Which earlier payment or sale a match turns back."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "match_refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.Column("open_item_id", sa.Uuid(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(transaction_id IS NULL) <> (open_item_id IS NULL)", name=op.f("ck_match_refunds_payment_or_sale")
        ),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_match_refunds_something_comes_back")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_match_refunds_company_id")),
        sa.ForeignKeyConstraint(
            ["match_id", "company_id"],
            ["matches.id", "matches.company_id"],
            name=op.f("fk_match_refunds_match_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["open_item_id", "company_id"],
            ["open_items.id", "open_items.company_id"],
            name=op.f("fk_match_refunds_open_item_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_match_refunds_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_refunds")),
    )
    op.create_index("ix_match_refunds_item", "match_refunds", ["open_item_id"], unique=False)
    op.create_index("ix_match_refunds_match", "match_refunds", ["match_id"], unique=False)
    op.create_index("ix_match_refunds_transaction", "match_refunds", ["transaction_id"], unique=False)


def downgrade() -> None:
    op.drop_table("match_refunds")
