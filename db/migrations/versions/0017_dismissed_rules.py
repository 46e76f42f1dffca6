"""Suggested rules that a person does not want."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dismissed_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("counterparty", sa.String(), nullable=False),
        sa.Column("money_in", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("dismissed_by", sa.Uuid(), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"], ["accounts.id", "accounts.company_id"],
            name=op.f("fk_dismissed_rules_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_dismissed_rules_company_id")),
        sa.ForeignKeyConstraint(["dismissed_by"], ["users.id"], name=op.f("fk_dismissed_rules_dismissed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissed_rules")),
        sa.UniqueConstraint(
            "company_id", "counterparty", "money_in", "account_id",
            name=op.f("uq_dismissed_rules_company_id_counterparty_money_in_account_id"),
        ),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("dismissed_rules")
