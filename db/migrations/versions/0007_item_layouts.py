"""Saved layouts of open items; what was whole, held back, changed or removed of an item."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "item_layouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_item_layouts_company_id")),
        sa.ForeignKeyConstraint(["saved_by"], ["users.id"], name=op.f("fk_item_layouts_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_layouts")),
    )
    op.create_index("ix_item_layouts_company_signature", "item_layouts", ["company_id", "signature"], unique=False)
    op.add_column("open_items", sa.Column("total_minor", sa.BigInteger(), nullable=True))
    op.add_column("open_items", sa.Column("fee_minor", sa.BigInteger(), nullable=True))
    op.add_column("open_items", sa.Column("file_minor", sa.BigInteger(), nullable=True))
    op.add_column("open_items", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("removed_at", "file_minor", "fee_minor", "total_minor"):
        op.drop_column("open_items", column)
    op.drop_index("ix_item_layouts_company_signature", table_name="item_layouts")
    op.drop_table("item_layouts")
