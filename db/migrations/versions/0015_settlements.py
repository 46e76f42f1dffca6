"""How much of an item each match settles, differences that matches book, the accounts that they go to."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from db.migrations import laws_0015

revision = "0015"
down_revision = "0011"
branch_labels = None
depends_on = None

# Codes of the chart template; a company without such an account names one itself.
_TEMPLATE = {"fees": "6200", "adjustments": "6990"}


def upgrade() -> None:
    nothing = sa.text("0")
    op.add_column("match_members", sa.Column("settled_minor", sa.BigInteger(), server_default=nothing, nullable=False))
    op.add_column("open_items", sa.Column("settled_minor", sa.BigInteger(), server_default=nothing, nullable=False))
    _create_match_differences()
    defaults = _create_default_accounts()
    _carry_over()
    _name_accounts(defaults)
    for statement in laws_0015.create(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in laws_0015.drop(op.get_bind().dialect.name):
        op.get_bind().exec_driver_sql(statement)
    op.drop_table("default_accounts")
    op.drop_table("match_differences")
    op.drop_column("open_items", "settled_minor")
    op.drop_column("match_members", "settled_minor")


def _create_match_differences() -> None:
    op.create_table(
        "match_differences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor <> 0", name=op.f("ck_match_differences_something_differs")),
        sa.CheckConstraint("kind IN ('fee', 'adjustment')", name=op.f("ck_match_differences_kind_known")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_match_differences_company_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_match_differences_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["match_id", "company_id"],
            ["matches.id", "matches.company_id"],
            name=op.f("fk_match_differences_match_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_differences")),
    )
    op.create_index("ix_match_differences_match", "match_differences", ["match_id"], unique=False)


def _create_default_accounts() -> sa.Table:
    return op.create_table(
        "default_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("purpose IN ('fees', 'adjustments')", name=op.f("ck_default_accounts_purpose_known")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_default_accounts_company_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_default_accounts_account_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_accounts")),
        sa.UniqueConstraint("company_id", "purpose", name=op.f("uq_default_accounts_company_id_purpose")),
    )


def _carry_over() -> None:
    """Until now a match settled its items whole, and an item counted as settled once its line was booked."""
    bind = op.get_bind()
    bind.exec_driver_sql(
        "UPDATE match_members SET settled_minor = (SELECT i.amount_minor FROM open_items i"
        " WHERE i.id = match_members.open_item_id) WHERE open_item_id IS NOT NULL"
    )
    bind.exec_driver_sql(
        "UPDATE open_items SET settled_minor = amount_minor, status = 'settled' WHERE status = 'settled' OR id IN"
        " (SELECT p.open_item_id FROM match_members p JOIN matches m ON m.id = p.match_id"
        " WHERE p.open_item_id IS NOT NULL AND m.status = 'confirmed')"
    )


def _name_accounts(defaults: sa.Table) -> None:
    own = sa.table(
        "accounts", sa.column("id", sa.Uuid()), sa.column("company_id", sa.Uuid()), sa.column("code"),
        sa.column("type"), sa.column("is_active", sa.Boolean()),
    )  # fmt: skip
    found = op.get_bind().execute(
        sa.select(own.c.id, own.c.company_id, own.c.code).where(
            own.c.code.in_(_TEMPLATE.values()), own.c.type == "expense", own.c.is_active
        )
    )
    purpose = {code: name for name, code in _TEMPLATE.items()}
    rows = [
        {"id": uuid4(), "company_id": company_id, "purpose": purpose[code], "account_id": account_id}
        for account_id, company_id, code in found.all()
    ]
    if rows:
        op.bulk_insert(defaults, rows)
