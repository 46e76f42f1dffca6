"""Who prepared what another person has to approve."""

from types import ModuleType

import sqlalchemy as sa
from alembic import op

from db.migrations.laws_0018 import postgresql, sqlite

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preparations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("before_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["companies.id"], name=op.f("fk_preparations_company_id")),
        sa.ForeignKeyConstraint(["prepared_by"], ["users.id"], name=op.f("fk_preparations_prepared_by")),
        sa.ForeignKeyConstraint(
            ["transaction_id", "company_id"],
            ["transactions.id", "transactions.company_id"],
            name=op.f("fk_preparations_transaction_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id", "company_id"],
            ["proposals.id", "proposals.company_id"],
            name=op.f("fk_preparations_proposal_id_company_id"),
        ),
        sa.ForeignKeyConstraint(
            ["before_id", "company_id"],
            ["journal_entries.id", "journal_entries.company_id"],
            name=op.f("fk_preparations_before_id_company_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparations")),
        sa.UniqueConstraint("proposal_id", name=op.f("uq_preparations_proposal_id")),
    )
    op.create_index("ix_preparations_transaction", "preparations", ["transaction_id"])
    op.create_index("ix_preparations_prepared_by", "preparations", ["company_id", "prepared_by", "prepared_at"])
    for statement in _dialect().create():
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for statement in _dialect().drop():
        op.get_bind().exec_driver_sql(statement)
    op.drop_table("preparations")


def _dialect() -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[op.get_bind().dialect.name]
