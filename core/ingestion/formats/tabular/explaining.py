"""Why a table was read as it was: the evidence for each decision, scored, with what came second."""

from core.ingestion.formats.tabular.columns import Roles, money_votes
from core.ingestion.formats.tabular.date_order import DateOrder
from core.ingestion.formats.tabular.decoding import rank_encodings
from core.ingestion.formats.tabular.headers import weight
from core.ingestion.formats.tabular.records import rank_delimiters
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import header_roles
from core.ingestion.layout import Layout
from core.ingestion.statement import Evidence

_DELIMITER_NAMES = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "pipe"}


def text_evidence(content: bytes, text: str, encoding: str, delimiter: str) -> tuple[Evidence, ...]:
    """Why this encoding and this delimiter."""
    if encoding.startswith("utf"):
        encoded = Evidence("encoding", encoding, 1.0, "the bytes prove it")
    else:
        ranked = rank_encodings(content)
        own = next((score for score, name in ranked if name == encoding), 0.0)
        second = next(((name, score) for score, name in ranked if name != encoding), ("", 0.0))
        encoded = Evidence("encoding", encoding, own, "its header words and letters are usual ones", *second)
    cuts = [(score, _DELIMITER_NAMES.get(one, one)) for score, one in rank_delimiters(text)]
    name = _DELIMITER_NAMES.get(delimiter, delimiter)
    own = next((score for score, one in cuts if one == name), 0.0)
    second = next(((one, score) for score, one in cuts if one != name), ("", 0.0))
    return encoded, Evidence("delimiter", name, own, "it cuts most lines into equally many cells", *second)


def header_evidence(table: Table) -> Evidence:
    if not table.header:
        return Evidence("header", "none", 0.0, "no row of words stands above the first line")
    own = float(weight(table.header))
    why = "its cells are words for columns" if own else "it is the row of words right above the first line"
    others = [(float(weight(record)), record.row) for record in table.preamble]
    second, row = max(others, default=(0.0, 0))
    return Evidence("header", f"row {table.header.row}", own, why, *((f"row {row}", second) if second else ()))


def date_evidence(table: Table, roles: Roles, order: DateOrder) -> list[Evidence]:
    """Which column holds the booking date, and in which order its day and month stand."""
    first, *others = roles.date
    second = (_named(table, others[0]), roles.profiles[others[0]].booked) if others else ("", 0.0)
    own = roles.profiles[first].booked
    why = "its header says so" if own > 0 else "it is the first column of dates"
    score = 1.0 if order.sure else 0.5
    return [
        Evidence("booking date", _named(table, first), own, why, *second),
        Evidence("date order", order.order, score, order.reason),
    ]


def decimal_evidence(table: Table, roles: Roles, decimal: str) -> Evidence:
    votes = money_votes(table, sorted(roles.money))
    other = "," if decimal == "." else "."
    why = f"{votes[decimal]} different amounts can be read with it alone"
    if not votes[decimal] and not votes[other]:
        why = "no amount has decimals"
    return Evidence("decimal mark", decimal, float(votes[decimal]), why, other, float(votes[other]))


def role_evidence(table: Table, layout: Layout) -> list[Evidence]:
    """The other columns and by what they got their role."""
    made = []
    for role, columns in layout.columns.items():
        if role in ("date", "amount", "debit", "credit"):
            continue
        for column in columns:
            score = header_roles(column.name).get(role, 0) if column.name else 0
            why = "its header says so" if score else "its contents fit"
            made.append(Evidence(role.replace("_", " "), _named(table, column.position), float(score), why))
    return made


def _named(table: Table, position: int) -> str:
    return table.header_name(position) or f"column {position + 1}"
