"""The names that a company gives its counterparties."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counterparty_aliases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("printed", sa.String(length=200), nullable=False),
        sa.Column("shown", sa.String(length=200), nullable=True),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("printed <> ''", name=op.f("ck_counterparty_aliases_printed_given")),
        sa.CheckConstraint("shown <> '' AND shown <> printed", name=op.f("ck_counterparty_aliases_shown_differs")),
        sa.CheckConstraint(
            "origin IN ('by_hand', 'correction', 'match')", name=op.f("ck_counterparty_aliases_origin_known")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["users.id"], name=op.f("fk_counterparty_aliases_changed_by")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_counterparty_aliases_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_counterparty_aliases")),
        sa.UniqueConstraint("company_id", "printed", name=op.f("uq_counterparty_aliases_company_id_printed")),
    )
    op.create_index("ix_counterparty_aliases_shown", "counterparty_aliases", ["company_id", "shown"], unique=False)


def downgrade() -> None:
    op.drop_table("counterparty_aliases")
