"""Opening balances, with the trial balance that they were read from."""

from types import ModuleType

import sqlalchemy as sa
from alembic import op

from db.migrations.laws_0013 import postgresql, sqlite

revision = "0013"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "opening_balances",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_opening_balances_company_id")),
        sa.ForeignKeyConstraint(["booked_by"], ["users.id"], name=op.f("fk_opening_balances_booked_by")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"], ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_opening_balances_entry_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_balances")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_opening_balances_entry_id")),
    )  # fmt: skip
    op.create_index("ix_opening_balances_company", "opening_balances", ["company_id"], unique=False)
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    op.drop_index("ix_opening_balances_company", table_name="opening_balances")
    op.drop_table("opening_balances")


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]
