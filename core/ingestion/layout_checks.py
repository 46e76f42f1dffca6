"""Whether a layout that a person drew, or that came as a file, can read anything."""

from core.errors import LayoutRefused
from core.ingestion.formats.tabular.amounts import currency_codes
from core.ingestion.formats.tabular.dates import ORDERS
from core.ingestion.layout import ROLES, SEPARATE, SIGN_RULES, Layout

TEXT_ROLES = ("counterparty", "description", "reference", "kind")  # may share a column with any other
SEVERAL_COLUMNS = ("counterparty", "description")
_FURTHEST = 400  # columns that a table can have
_LONGEST_NAME = 200
_LONGEST_WORD = 40  # of an encoding; formats without delimiters put a word of their own in its place

_ROLE_WORDS = {
    "date": "the date",
    "value_date": "the value date",
    "amount": "the amount",
    "debit": "money out",
    "credit": "money in",
    "direction": "the word for in or out",
    "fee": "the fee",
    "balance": "the balance",
    "currency": "the currency",
    "account": "the account",
    "status": "the status",
}


def check_layout(layout: Layout) -> None:
    """Raises LayoutRefused with a sentence that says what to choose; a layout that passes is complete."""
    _check_values(layout)
    _check_columns(layout)
    if "date" not in layout.columns:
        raise LayoutRefused("Choose the column with the date.")
    if layout.sign in SEPARATE:
        if not {"debit", "credit"} & set(layout.columns):
            raise LayoutRefused("Choose the columns with money out and money in, or one of the two.")
    elif "amount" not in layout.columns:
        raise LayoutRefused("Choose the column with the amount.")
    if layout.sign == "direction" and "direction" not in layout.columns:
        raise LayoutRefused("Choose the column with the word that says money in or money out.")


def _check_values(layout: Layout) -> None:
    known = layout.sign in SIGN_RULES and layout.date_order in ORDERS and layout.decimal in (".", ",")
    if not known or layout.header_row is None or layout.header_row < 0:
        raise LayoutRefused("Choose the header row, the order of dates, the decimal mark and the rule for the sign.")
    one_sign = len(layout.delimiter) == 1 and layout.delimiter not in '\r\n"'
    if not (one_sign or layout.delimiter.isalpha()) or not layout.encoding or len(layout.encoding) > _LONGEST_WORD:
        raise LayoutRefused("Choose the sign between two columns, such as a comma, and the encoding.")
    if layout.currency and layout.currency not in currency_codes():
        raise LayoutRefused(f"There is no currency “{layout.currency[:10]}”.")


def _check_columns(layout: Layout) -> None:
    taken: dict[int, str] = {}
    for role, columns in layout.columns.items():
        if role not in ROLES or not columns or (len(columns) > 1 and role not in SEVERAL_COLUMNS):
            raise LayoutRefused(f"“{role[:40]}” names no single column of a statement.")
        for column in columns:
            if not 0 <= column.position < _FURTHEST or len(column.name) > _LONGEST_NAME:
                raise LayoutRefused(f"There is no column {column.position + 1} with that name.")
            if role in TEXT_ROLES:
                continue
            if other := taken.get(column.position):
                word = _ROLE_WORDS[role]
                raise LayoutRefused(f"“{column.label}” cannot be both {other} and {word}. Choose another column.")
            taken[column.position] = _ROLE_WORDS[role]
