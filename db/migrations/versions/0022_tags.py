"""Tags of bank lines."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_tags_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_tags_id_company_id")),
        sa.UniqueConstraint("company_id", "name", name=op.f("uq_tags_company_id_name")),
    )
    op.create_table(
        "line_tags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_line_tags_company_id")),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_line_tags_set_by")),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_line_tags_transaction_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tag_id", "company_id"], ["tags.id", "tags.company_id"], name=op.f("fk_line_tags_tag_id_company_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_tags")),
        sa.UniqueConstraint("transaction_id", "tag_id", name=op.f("uq_line_tags_transaction_id_tag_id")),
    )
    op.create_index("ix_line_tags_tag", "line_tags", ["tag_id"])
    op.create_index("ix_line_tags_company", "line_tags", ["company_id"])


def downgrade() -> None:
    op.drop_table("line_tags")
    op.drop_table("tags")
