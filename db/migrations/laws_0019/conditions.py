"""Conditions that both databases share, on the rows of one entry. `{entry}` is its id, `{company}` its company's."""

BASE = "(SELECT c.base_currency FROM companies c WHERE c.id = {company})"
VALUED = (
    "journal_lines l LEFT JOIN base_values v ON v.entry_id = l.entry_id AND v.position = l.position"
    " WHERE l.entry_id = {entry}"
)

HAS_VALUES = "EXISTS (SELECT 1 FROM base_values v WHERE v.entry_id = {entry})"
UNEVEN = f"(SELECT sum(coalesce(v.base_minor, l.amount_minor)) FROM {VALUED}) <> 0"

# A line in another currency without a value, next to ones that have it.
PARTLY = f"EXISTS (SELECT 1 FROM {VALUED} AND v.id IS NULL AND l.currency <> {BASE})"
# A value whose line is gone or is in base currency.
ASTRAY = (
    "EXISTS (SELECT 1 FROM base_values v WHERE v.entry_id = {entry} AND NOT EXISTS (SELECT 1 FROM journal_lines l"
    f" WHERE l.entry_id = v.entry_id AND l.position = v.position AND l.currency <> {BASE}))"
)
# No values at all, though rates of its currency are known.
UNVALUED = (
    "EXISTS (SELECT 1 FROM journal_lines l JOIN exchange_rates x ON x.company_id = {company}"
    " AND x.currency = l.currency WHERE l.entry_id = {entry})"
)
NOT_WHOLE = f"CASE WHEN {HAS_VALUES} THEN {PARTLY} OR {ASTRAY} ELSE {{reverses}} IS NULL AND {UNVALUED} END"

GROUPED = (
    "SELECT l.account_id, l.currency, {sign}l.amount_minor, {sign}v.base_minor, count(*) FROM journal_lines l"
    " JOIN base_values v ON v.entry_id = l.entry_id AND v.position = l.position WHERE l.entry_id = {entry}"
    " GROUP BY 1, 2, 3, 4"
)


def not_opposite(entry: str, reverses: str) -> str:
    """The values of a reversal are not exactly the opposite ones of what it takes back."""
    own, other = GROUPED.format(entry=entry, sign=""), GROUPED.format(entry=reverses, sign="-")
    return f"(EXISTS ({own} EXCEPT {other}) OR EXISTS ({other} EXCEPT {own}))"


def not_foreign(row: str) -> str:
    """The value's line is in base currency or not there, or its rate is of another currency."""
    base = BASE.format(company=f"{row}.company_id")
    return (
        f"NOT EXISTS (SELECT 1 FROM journal_lines l WHERE l.entry_id = {row}.entry_id AND l.position = {row}.position"
        f" AND l.currency <> {base} AND ({row}.rate_id IS NULL OR EXISTS (SELECT 1 FROM exchange_rates x"
        f" WHERE x.id = {row}.rate_id AND x.currency = l.currency)))"
    )
