"""Exchange rates, the values of foreign lines in base currency, and an account for exchange gains and losses."""

from types import ModuleType

import sqlalchemy as sa
from alembic import op

from db.migrations.laws_0019 import postgresql, sqlite

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_PURPOSES = "ck_default_accounts_purpose_known"


def upgrade() -> None:
    _create_exchange_rates()
    _create_base_values()
    _allow_purposes("'fees', 'adjustments', 'exchange'")
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    op.execute("DELETE FROM default_accounts WHERE purpose = 'exchange'")
    _allow_purposes("'fees', 'adjustments'")
    op.drop_table("base_values")
    op.drop_table("exchange_rates")


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]


def _allow_purposes(purposes: str) -> None:
    with op.batch_alter_table("default_accounts") as table:
        table.drop_constraint(op.f(_PURPOSES), type_="check")
        table.create_check_constraint(op.f(_PURPOSES), f"purpose IN ({purposes})")


def _create_exchange_rates() -> None:
    op.create_table(
        "exchange_rates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rated_on", sa.Date(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("scale", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("entered_by", sa.Uuid(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("units > 0", name=op.f("ck_exchange_rates_units_positive")),
        sa.CheckConstraint("scale BETWEEN 0 AND 12", name=op.f("ck_exchange_rates_scale_in_range")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_exchange_rates_company_id")),
        sa.ForeignKeyConstraint(["entered_by"], ["users.id"], name=op.f("fk_exchange_rates_entered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rates")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_exchange_rates_id_company_id")),
    )
    op.create_index("ix_exchange_rates_day", "exchange_rates", ["company_id", "currency", "rated_on"], unique=False)


def _create_base_values() -> None:
    op.create_table(
        "base_values",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("base_minor", sa.BigInteger(), nullable=False),
        sa.Column("rate_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_base_values_company_id")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_base_values_entry_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["rate_id", "company_id"],
            ["exchange_rates.id", "exchange_rates.company_id"],
            name=op.f("fk_base_values_rate_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_values")),
        sa.UniqueConstraint("entry_id", "position", name=op.f("uq_base_values_entry_id_position")),
    )
    op.create_index("ix_base_values_company", "base_values", ["company_id"], unique=False)
