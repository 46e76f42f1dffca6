"""Rules that split, write a memo, hold for a time or go on; which rule decided when."""

import re2
import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BY_RULE = sa.text("rule_id IS NOT NULL")


def upgrade() -> None:
    op.add_column("rules", sa.Column("parts", sa.JSON(), server_default="[]", nullable=False))
    op.add_column("rules", sa.Column("memo", sa.String(length=200), server_default="", nullable=False))
    op.add_column("rules", sa.Column("first_on", sa.Date(), nullable=True))
    op.add_column("rules", sa.Column("last_on", sa.Date(), nullable=True))
    op.add_column("rules", sa.Column("goes_on", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        "ix_proposals_rule", "proposals", ["rule_id", "created_at"], sqlite_where=BY_RULE, postgresql_where=BY_RULE
    )
    _switch_off_unreadable()


def _switch_off_unreadable() -> None:
    """Patterns with look-around or back-references are not available any more; such rules wait for a person."""
    rules = sa.table("rules", sa.column("id"), sa.column("conditions", sa.JSON()), sa.column("is_active", sa.Boolean()))
    for key, conditions in op.get_bind().execute(sa.select(rules.c.id, rules.c.conditions)).all():
        if not all(_is_readable(each["value"]) for each in conditions if each.get("test") == "regex"):
            op.get_bind().execute(sa.update(rules).where(rules.c.id == key).values(is_active=False))


def _is_readable(pattern: str) -> bool:
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error:
        return False
    return True


def downgrade() -> None:
    op.drop_index("ix_proposals_rule", table_name="proposals")
    for column in ("goes_on", "last_on", "first_on", "memo", "parts"):
        op.drop_column("rules", column)
