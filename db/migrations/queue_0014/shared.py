"""The parts that both databases read alike."""

KEY = ("company_id", "state", "payee", "account_id", "money_in", "currency")
LINE = (
    "entry_id", "company_id", "group_id", "transaction_id", "bank_account_id", "booked_on", "amount_minor", "method",
    "sure_millionths", "hold_reason", "words",
)  # fmt: skip
SUMS = ("lines", "total_minor", "size_minor", "sure_lines", "sure_millionths", "stake_minor")
NOTE_FIXED = "id company_id transaction_id thread_id kind text until_on written_by written_at"

_OPEN_NOTE = "SELECT 1 FROM line_notes n WHERE n.transaction_id = t.id AND n.ended_at IS NULL AND n.kind"
_PAYEE = "substr(coalesce(nullif(coalesce(a.shown, t.counterparty), ''), t.description), 1, 200)"

# Entries marked as automatic are posted by the statement that follows, so they never wait.
VIEW = f"""
CREATE VIEW waiting_keys AS SELECT
  e.id AS entry_id, e.company_id AS company_id,
  CASE WHEN EXISTS ({_OPEN_NOTE} = 'question') THEN 'asked'
       WHEN EXISTS ({_OPEN_NOTE} = 'deferral') THEN 'deferred' ELSE 'open' END AS state,
  {_PAYEE} AS payee, lower({_PAYEE}) AS sort_name, p.account_id AS account_id,
  t.amount_minor > 0 AS money_in, t.currency AS currency,
  t.id AS transaction_id, t.bank_account_id AS bank_account_id, e.booked_on AS booked_on,
  t.amount_minor AS amount_minor, p.method AS method,
  CASE WHEN p.method <> 'none' THEN CAST(round(p.confidence * 1000000) AS INTEGER) END AS sure_millionths,
  p.hold_reason AS hold_reason, lower(t.description || ' ' || t.counterparty) AS words
FROM journal_entries e
JOIN transactions t ON t.id = e.transaction_id
JOIN proposals p ON p.id = e.proposal_id
LEFT JOIN counterparty_aliases a ON a.company_id = t.company_id AND a.printed = t.counterparty
WHERE e.status = 'needs_review' AND NOT e.auto_approved
"""


def new_groups(key: str, chosen: str) -> str:
    """Insert the groups of these entries that are not there yet, empty; `key` makes a new one."""
    columns = ", ".join(KEY)
    return (
        f"INSERT INTO waiting_groups (id, {columns}, sort_name, {', '.join(SUMS)})"
        f" SELECT {key}, k.* FROM (SELECT DISTINCT {columns}, sort_name{', 0' * len(SUMS)} FROM waiting_keys"
        f" WHERE entry_id {chosen}) AS k WHERE true ON CONFLICT DO NOTHING"
    )


def new_lines(keys: str = "keys") -> str:
    """Insert the lines of the entries that `keys` names into their groups, which are there."""
    columns = ", ".join("g.id" if name == "group_id" else f"k.{name}" for name in LINE)
    return (
        f"INSERT INTO waiting_lines ({', '.join(LINE)}) SELECT {columns} FROM {keys} k"
        f" JOIN waiting_groups g ON {same_key()}"
    )


def same_key() -> str:
    return " AND ".join(f"g.{name} = k.{name}" for name in KEY)


def stake(size: str, sure_lines: str, sure: str, whole: str) -> str:
    """Size × (1 - mean confidence), rounded."""
    mean = f"CASE WHEN {sure_lines} = 0 THEN 0.0 ELSE {sure} / (1000000.0 * {sure_lines}) END"
    return f"CAST(round({size} * (1.0 - {mean})) AS {whole})"
