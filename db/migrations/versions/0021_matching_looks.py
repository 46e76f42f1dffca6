"""What the matching of a company looked at last."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matching_looks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("settings", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.LargeBinary(), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_matching_looks_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matching_looks")),
        sa.UniqueConstraint("company_id", name=op.f("uq_matching_looks_company_id")),
    )


def downgrade() -> None:
    op.drop_table("matching_looks")
