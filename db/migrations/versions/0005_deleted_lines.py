"""Lines deleted on purpose, and receipts by bank account and currency."""

from types import ModuleType
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from db.migrations.laws_0005 import postgresql, sqlite

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SUMS = (
    "line_count", "new_count", "duplicate_count", "refused_count", "lines_minor", "new_minor", "duplicate_minor",
    "refused_minor",
)  # fmt: skip


def upgrade() -> None:
    _create_deleted_lines()
    sums = _create_receipt_sums()
    _carry_over(sums)
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    op.drop_table("receipt_sums")
    op.drop_table("deleted_lines")


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]


def _create_deleted_lines() -> None:
    op.create_table(
        "deleted_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("deleted_by", sa.Uuid(), nullable=True),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("restored_by", sa.Uuid(), nullable=True),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_deleted_lines_reason_given")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_deleted_lines_company_id")),
        sa.ForeignKeyConstraint(["deleted_by"], ["users.id"], name=op.f("fk_deleted_lines_deleted_by")),
        sa.ForeignKeyConstraint(["restored_by"], ["users.id"], name=op.f("fk_deleted_lines_restored_by")),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_deleted_lines_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deleted_lines")),
    )
    op.create_index("ix_deleted_lines_transaction", "deleted_lines", ["transaction_id"], unique=False)
    op.create_index("ix_deleted_lines_company", "deleted_lines", ["company_id"], unique=False)
    op.create_index(
        "uq_deleted_lines_standing",
        "deleted_lines",
        ["transaction_id"],
        unique=True,
        sqlite_where=sa.text("restored_at IS NULL"),
        postgresql_where=sa.text("restored_at IS NULL"),
    )


def _create_receipt_sums() -> sa.Table:
    table = op.create_table(
        "receipt_sums",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("statement_file_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _SUMS[:4]),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in _SUMS[4:]),
        sa.CheckConstraint(
            "new_count + duplicate_count + refused_count = line_count", name=op.f("ck_receipt_sums_lines_conserved")
        ),
        sa.CheckConstraint(
            "new_minor + duplicate_minor + refused_minor = lines_minor", name=op.f("ck_receipt_sums_money_conserved")
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id", "company_id"],
            ["bank_accounts.id", "bank_accounts.company_id"],
            name=op.f("fk_receipt_sums_bank_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_receipt_sums_company_id")),
        sa.ForeignKeyConstraint(
            ["statement_file_id", "company_id"],
            ["statement_files.id", "statement_files.company_id"],
            name=op.f("fk_receipt_sums_statement_file_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_sums")),
    )
    op.create_index("ix_receipt_sums_file", "receipt_sums", ["statement_file_id"], unique=False)
    return table


def _carry_over(sums: sa.Table) -> None:
    """The receipts of files from before, as one sum each: what they held by currency was not kept."""
    kept = ("company_id", "bank_account_id", "currency", *_SUMS)
    files = sa.table(
        "statement_files", sa.column("id", sa.Uuid()), *(sa.column(name, sums.c[name].type) for name in kept)
    )
    rows = op.get_bind().execute(sa.select(files).where(files.c.line_count > 0)).mappings().all()
    if rows:
        op.bulk_insert(
            sums,
            [{"id": uuid4(), "statement_file_id": row["id"]} | {name: row[name] for name in kept} for row in rows],
        )
