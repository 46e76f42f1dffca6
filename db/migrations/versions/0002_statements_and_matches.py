"""Files, their lines, open items, matches and reconciliations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("difference_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind IN ('settlement', 'transfer')", name=op.f("ck_matches_kind_known")),
        sa.CheckConstraint("status IN ('suggested', 'confirmed', 'dismissed')", name=op.f("ck_matches_status_known")),
        sa.CheckConstraint("score >= 0 AND score <= 1", name=op.f("ck_matches_score_is_a_share")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_matches_company_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_matches_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matches")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_matches_id_company_id")),
    )
    op.create_index("ix_matches_company_status", "matches", ["company_id", "status"], unique=False)
    op.create_table(
        "statement_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("duplicate_count", sa.Integer(), nullable=False),
        sa.Column("refused_count", sa.Integer(), nullable=False),
        sa.Column("lines_minor", sa.BigInteger(), nullable=False),
        sa.Column("new_minor", sa.BigInteger(), nullable=False),
        sa.Column("duplicate_minor", sa.BigInteger(), nullable=False),
        sa.Column("refused_minor", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        # Last: SQLite reads through a row's bytes to reach what stands behind them.
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('statement', 'open_items')", name=op.f("ck_statement_files_kind_known")),
        sa.CheckConstraint(
            "status IN ('stored', 'duplicate', 'refused', 'reverted')", name=op.f("ck_statement_files_status_known")
        ),
        sa.CheckConstraint(
            "new_count + duplicate_count + refused_count = line_count", name=op.f("ck_statement_files_lines_conserved")
        ),
        sa.CheckConstraint(
            "new_minor + duplicate_minor + refused_minor = lines_minor", name=op.f("ck_statement_files_money_conserved")
        ),
        sa.ForeignKeyConstraint(
            ["bank_account_id", "company_id"],
            ["bank_accounts.id", "bank_accounts.company_id"],
            name=op.f("fk_statement_files_bank_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_statement_files_company_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_statement_files_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_files")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_statement_files_id_company_id")),
    )
    op.create_index(op.f("ix_statement_files_company_id"), "statement_files", ["company_id"], unique=False)
    op.create_index(
        "uq_statement_files_stored",
        "statement_files",
        ["company_id", "sha256"],
        unique=True,
        sqlite_where=sa.text("status = 'stored'"),
        postgresql_where=sa.text("status = 'stored'"),
    )
    op.create_table(
        "open_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("statement_file_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.CheckConstraint("kind IN ('invoice', 'bill', 'payout', 'payroll')", name=op.f("ck_open_items_kind_known")),
        sa.CheckConstraint("status IN ('open', 'settled')", name=op.f("ck_open_items_status_known")),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_open_items_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_open_items_company_id")),
        sa.ForeignKeyConstraint(
            ["statement_file_id", "company_id"],
            ["statement_files.id", "statement_files.company_id"],
            name=op.f("fk_open_items_statement_file_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_items")),
        sa.UniqueConstraint("company_id", "kind", "number", name=op.f("uq_open_items_company_id_kind_number")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_open_items_id_company_id")),
    )
    op.create_index("ix_open_items_company_status", "open_items", ["company_id", "status"], unique=False)
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("statement_file_id", sa.Uuid(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("opening_minor", sa.BigInteger(), nullable=True),
        sa.Column("closing_minor", sa.BigInteger(), nullable=True),
        sa.Column("lines_minor", sa.BigInteger(), nullable=False),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("reopened_reason", sa.String(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'closed')", name=op.f("ck_reconciliations_status_known")),
        sa.CheckConstraint("first_on <= last_on", name=op.f("ck_reconciliations_period_in_order")),
        sa.ForeignKeyConstraint(
            ["bank_account_id", "company_id"],
            ["bank_accounts.id", "bank_accounts.company_id"],
            name=op.f("fk_reconciliations_bank_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_reconciliations_closed_by")),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_reconciliations_company_id")),
        sa.ForeignKeyConstraint(
            ["statement_file_id", "company_id"],
            ["statement_files.id", "statement_files.company_id"],
            name=op.f("fk_reconciliations_statement_file_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    op.create_index(
        "ix_reconciliations_account_period", "reconciliations", ["bank_account_id", "first_on"], unique=False
    )
    op.create_table(
        "transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("bank_account_id", sa.Uuid(), nullable=False),
        sa.Column("statement_file_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("counterparty", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("bank_id", sa.String(), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("fingerprint", sa.String(length=32), nullable=False),
        sa.Column("reverted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["bank_account_id", "company_id"],
            ["bank_accounts.id", "bank_accounts.company_id"],
            name=op.f("fk_transactions_bank_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_transactions_company_id")),
        sa.ForeignKeyConstraint(
            ["statement_file_id", "company_id"],
            ["statement_files.id", "statement_files.company_id"],
            name=op.f("fk_transactions_statement_file_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_transactions_id_company_id")),
    )
    op.create_index("ix_transactions_bank_booked", "transactions", ["bank_account_id", "booked_on"], unique=False)
    op.create_index("ix_transactions_company_booked", "transactions", ["company_id", "booked_on"], unique=False)
    op.create_index("ix_transactions_file", "transactions", ["statement_file_id"], unique=False)
    op.create_index(
        "ix_transactions_reverted",
        "transactions",
        ["id"],
        unique=False,
        sqlite_where=sa.text("reverted_at IS NOT NULL"),
        postgresql_where=sa.text("reverted_at IS NOT NULL"),
    )
    op.create_index(
        "uq_transactions_live_fingerprint",
        "transactions",
        ["bank_account_id", "fingerprint"],
        unique=True,
        sqlite_where=sa.text("reverted_at IS NULL"),
        postgresql_where=sa.text("reverted_at IS NULL"),
    )
    op.create_table(
        "match_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.Column("open_item_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(transaction_id IS NULL) <> (open_item_id IS NULL)", name=op.f("ck_match_members_line_or_item")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_match_members_company_id")),
        sa.ForeignKeyConstraint(
            ["match_id", "company_id"],
            ["matches.id", "matches.company_id"],
            name=op.f("fk_match_members_match_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["open_item_id", "company_id"],
            ["open_items.id", "open_items.company_id"],
            name=op.f("fk_match_members_open_item_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_match_members_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_match_members")),
    )
    op.create_index("ix_match_members_item", "match_members", ["open_item_id"], unique=False)
    op.create_index("ix_match_members_match", "match_members", ["match_id"], unique=False)
    op.create_index("ix_match_members_transaction", "match_members", ["transaction_id"], unique=False)


def downgrade() -> None:
    op.drop_table("match_members")
    op.drop_table("transactions")
    op.drop_table("reconciliations")
    op.drop_table("open_items")
    op.drop_table("statement_files")
    op.drop_table("matches")
