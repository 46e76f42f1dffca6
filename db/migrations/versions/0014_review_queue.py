"""What waits for review as groups and lines that are ready to be listed; what people say about lines."""

from types import ModuleType

import sqlalchemy as sa
from alembic import op

from db.migrations.queue_0014 import postgresql, sqlite

revision = "0014"
down_revision = "0015"
branch_labels = None
depends_on = None

OPEN_NOTE = sa.text("ended_at IS NULL")
METHODS = "method IN ('match', 'rule', 'model', 'none', 'manual', 'reversal')"


def upgrade() -> None:
    _create_line_notes()
    _create_waiting_groups()
    _create_waiting_lines()
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    for table in ("waiting_lines", "waiting_groups", "line_notes"):
        op.drop_table(table)


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]


def _create_line_notes() -> None:
    op.create_table(
        "line_notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('comment', 'question', 'answer', 'deferral')", name=op.f("ck_line_notes_kind_known")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_line_notes_company_id")),
        sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_line_notes_written_by")),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_line_notes_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_notes")),
    )
    op.create_index("ix_line_notes_transaction", "line_notes", ["transaction_id"])
    op.create_index("ix_line_notes_thread", "line_notes", ["thread_id"])
    op.create_index(
        "ix_line_notes_open", "line_notes", ["company_id", "kind"], sqlite_where=OPEN_NOTE, postgresql_where=OPEN_NOTE
    )
    op.create_index("ix_line_notes_written_by", "line_notes", ["company_id", "written_by", "written_at"])


def _create_waiting_groups() -> None:
    op.create_table(
        "waiting_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("payee", sa.String(length=200), nullable=False),
        sa.Column("sort_name", sa.String(length=400), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("money_in", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("size_minor", sa.BigInteger(), nullable=False),
        sa.Column("sure_lines", sa.Integer(), nullable=False),
        sa.Column("sure_millionths", sa.BigInteger(), nullable=False),
        sa.Column("stake_minor", sa.BigInteger(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'asked', 'deferred')", name=op.f("ck_waiting_groups_state_known")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_waiting_groups_company_id")),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_waiting_groups_account_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_groups")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_waiting_groups_id_company_id")),
        sa.UniqueConstraint(
            "company_id", "state", "payee", "account_id", "money_in", "currency",
            name=op.f("uq_waiting_groups_company_id_state_payee_account_id_money_in_currency"),
        ),
    )  # fmt: skip
    for name, column in (
        ("stake", "stake_minor"), ("size", "size_minor"), ("first_on", "first_on"), ("sort_name", "sort_name"),
    ):  # fmt: skip
        op.create_index(f"ix_waiting_groups_{name}", "waiting_groups", ["company_id", "state", column, "id"])


def _create_waiting_lines() -> None:
    op.create_table(
        "waiting_lines",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("sure_millionths", sa.Integer(), nullable=True),
        sa.Column("hold_reason", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint(METHODS, name=op.f("ck_waiting_lines_method_known")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_waiting_lines_company_id")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_waiting_lines_entry_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id", "company_id"],
            ["waiting_groups.id", "waiting_groups.company_id"],
            name=op.f("fk_waiting_lines_group_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_waiting_lines")),
    )
    op.create_index("ix_waiting_lines_company_id", "waiting_lines", ["company_id"])
    op.create_index("ix_waiting_lines_group", "waiting_lines", ["group_id", "booked_on"])
    op.create_index("ix_waiting_lines_transaction", "waiting_lines", ["transaction_id"])
