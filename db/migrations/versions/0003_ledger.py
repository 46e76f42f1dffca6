"""Rules, proposals, entries with their lines, and reviews."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_rules_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_rules_company_id")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_rules_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rules")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_rules_id_company_id")),
    )
    op.create_index("ix_rules_company_position", "rules", ["company_id", "position"], unique=False)
    op.create_table(
        "proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("hold_reason", sa.String(), nullable=False),
        sa.Column("alternatives", sa.JSON(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=True),
        sa.Column("match_id", sa.Uuid(), nullable=True),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "method IN ('match', 'rule', 'model', 'none', 'manual', 'reversal')", name=op.f("ck_proposals_method_known")
        ),
        sa.CheckConstraint(
            "confidence IS NULL OR (confidence >= 0 AND confidence <= 1)",
            name=op.f("ck_proposals_confidence_is_a_share"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_proposals_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_proposals_company_id")),
        sa.ForeignKeyConstraint(
            ["match_id", "company_id"],
            ["matches.id", "matches.company_id"],
            name=op.f("fk_proposals_match_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id", "company_id"],
            ["model_versions.id", "model_versions.company_id"],
            name=op.f("fk_proposals_model_version_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_id", "company_id"], ["rules.id", "rules.company_id"], name=op.f("fk_proposals_rule_id_company_id")
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_proposals_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_proposals_id_company_id")),
    )
    op.create_index("ix_proposals_transaction", "proposals", ["transaction_id"], unique=False)
    op.create_table(
        "journal_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=True),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("auto_approved", sa.Boolean(), nullable=False),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "method IN ('match', 'rule', 'model', 'none', 'manual', 'reversal')",
            name=op.f("ck_journal_entries_method_known"),
        ),
        sa.CheckConstraint(
            "status IN ('needs_review', 'posted', 'rejected', 'reversed')", name=op.f("ck_journal_entries_status_known")
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_journal_entries_company_id")),
        sa.ForeignKeyConstraint(["posted_by"], ["users.id"], name=op.f("fk_journal_entries_posted_by")),
        sa.ForeignKeyConstraint(
            ["proposal_id", "company_id"],
            ["proposals.id", "proposals.company_id"],
            name=op.f("fk_journal_entries_proposal_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_journal_entries_replaces_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_journal_entries_reverses_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_journal_entries_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entries")),
        sa.UniqueConstraint("id", "company_id", name=op.f("uq_journal_entries_id_company_id")),
    )
    op.create_index(
        "ix_journal_entries_company_status", "journal_entries", ["company_id", "status", "booked_on"], unique=False
    )
    op.create_index(
        "uq_journal_entries_live",
        "journal_entries",
        ["transaction_id"],
        unique=True,
        sqlite_where=sa.text("status IN ('needs_review', 'posted') AND transaction_id IS NOT NULL"),
        postgresql_where=sa.text("status IN ('needs_review', 'posted') AND transaction_id IS NOT NULL"),
    )
    op.create_index("uq_journal_entries_reverses", "journal_entries", ["reverses_id"], unique=True)
    op.create_index("ix_journal_entries_transaction", "journal_entries", ["transaction_id"], unique=False)
    op.create_table(
        "journal_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_journal_lines_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_journal_lines_company_id")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_journal_lines_entry_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_lines")),
    )
    op.create_index("ix_journal_lines_account", "journal_lines", ["account_id"], unique=False)
    op.create_index("ix_journal_lines_entry", "journal_lines", ["entry_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=True),
        sa.Column("reviewer_id", sa.Uuid(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("was_automatic", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('approved', 'corrected', 'split', 'rejected')", name=op.f("ck_reviews_outcome_known")
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_reviews_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_reviews_company_id")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_reviews_entry_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id", "company_id"],
            ["proposals.id", "proposals.company_id"],
            name=op.f("fk_reviews_proposal_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_reviews_reviewer_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_reviews_transaction_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index("ix_reviews_company_decided", "reviews", ["company_id", "decided_at"], unique=False)
    op.create_index("ix_reviews_transaction", "reviews", ["transaction_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reviews")
    op.drop_table("journal_lines")
    op.drop_table("journal_entries")
    op.drop_table("proposals")
    op.drop_table("rules")
