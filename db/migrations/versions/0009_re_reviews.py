"""Entries posted by the policy that were drawn to be decided anew."""

from types import ModuleType

import sqlalchemy as sa
from alembic import op

from db.migrations.laws_0009 import postgresql, sqlite

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "re_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("by_count", sa.Boolean(), nullable=False),
        sa.Column("by_money", sa.Boolean(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("interval_minor", sa.BigInteger(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("by_count OR by_money", name=op.f("ck_re_reviews_drawn_for_something")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_re_reviews_share_is_a_share")),
        sa.CheckConstraint("interval_minor > 0", name=op.f("ck_re_reviews_interval_is_an_amount")),
        sa.CheckConstraint(
            "(decided_at IS NULL) = (account_id IS NULL) AND (decided_at IS NULL) = (agreed IS NULL)",
            name=op.f("ck_re_reviews_decided_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "company_id"],
            ["accounts.id", "accounts.company_id"],
            name=op.f("fk_re_reviews_account_id_company_id"),
        ),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_re_reviews_company_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_re_reviews_decided_by")),
        sa.ForeignKeyConstraint(
            ["entry_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_re_reviews_entry_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_re_reviews")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_re_reviews_entry_id")),
    )
    op.create_index("ix_re_reviews_company", "re_reviews", ["company_id", "decided_at"], unique=False)
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    op.drop_table("re_reviews")


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]
