"""Tax codes, the tax in entries, and papers attached to bank lines."""

from types import ModuleType

import sqlalchemy as sa
from alembic import op

from db.migrations.laws_0011 import postgresql, sqlite

revision = "0011"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_tax_codes()
    _create_tax_lines()
    _create_attachments()
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    for table in ("attachments", "tax_lines", "tax_codes"):
        op.drop_table(table)


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]


def _create_tax_codes() -> None:
    op.create_table(
        "tax_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rate_bp", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rate_bp > 0 AND rate_bp <= 10000", name=op.f("ck_tax_codes_rate_is_a_share")),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_tax_codes_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_tax_codes_company_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_codes")),
        sa.UniqueConstraint("company_id", "code", name=op.f("uq_tax_codes_company_id_code")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_tax_codes_id_company_id")),
    )


def _create_tax_lines() -> None:
    op.create_table(
        "tax_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("tax_code_id", sa.Uuid(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_tax_lines_company_id")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_tax_lines_entry_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tax_code_id", "company_id"],
            ["tax_codes.id", "tax_codes.company_id"],
            name=op.f("fk_tax_lines_tax_code_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_lines")),
        sa.UniqueConstraint("entry_id", "position", name=op.f("uq_tax_lines_entry_id_position")),
    )
    op.create_index("ix_tax_lines_code", "tax_lines", ["tax_code_id"], unique=False)


def _create_attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("content_type", sa.String(length=32), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("attached_by", sa.Uuid(), nullable=True),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["attached_by"], ["users.id"], name=op.f("fk_attachments_attached_by")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_attachments_company_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_attachments_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
        sa.UniqueConstraint("transaction_id", "sha256", name=op.f("uq_attachments_transaction_id_sha256")),
    )
    op.create_index(op.f("ix_attachments_company_id"), "attachments", ["company_id"], unique=False)
