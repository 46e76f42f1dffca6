"""The tax that lines contain which a rule decides."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rules", sa.Column("tax_code", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("rules", "tax_code")
