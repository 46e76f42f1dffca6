"""Rules that split, write a memo, hold for a time or go on; which rule decided when."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BY_RULE = sa.text("rule_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("rules", sa.Column("parts", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("rules", sa.Column("memo", sa.String(length=200), server_default="", nullable=False))
    op.add_column("rules", sa.Column("first_on", sa.Date(), nullable=True))
    op.add_column("rules", sa.Column("last_on", sa.Date(), nullable=True))
    op.add_column("rules", sa.Column("goes_on", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_proposals_rule", "proposals", ["rule_id", "created_at"], sqlite_where=BY_RULE, postgresql_where=BY_RULE
    )


def downgrade() -> None:
    op.drop_index("ix_proposals_rule", table_name="proposals")
    for column in ("goes_on", "last_on", "first_on", "memo", "parts"):
        op.drop_column("rules", column)
