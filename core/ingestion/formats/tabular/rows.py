"""Rows that are no lines of their own, or not whole ones: pending, stating a balance, going on from the row above."""

from collections.abc import Sequence
from datetime import date

from core.ingestion.formats.tabular.amounts import is_blank
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import fold, header_roles, states_balance, status_kind
from core.ingestion.layout import Layout

_EDGE = 8  # rows at either end among which a balance may stand as if it were a line
_FEWEST, _SHARE = 2, 0.2  # rows without a date from which on that is the file's habit
_FEWEST_LIKE = 3  # rows from which on one of them can be unlike the others
_SHOP_NAMES = frozenset({"total", "totaal", "sum", "suma", "promet"})  # also what shops are called
_LEFT_OUT = {
    "pending": "the line is pending, not booked; it was left out",
    "unbooked": "the line is pending, not booked; it was left out",
    "uncounted": "its status is no other line's and the running balance does not count it, so it was left out",
    "void": "the line was never carried out, as its status says; it was left out",
}
Verdict = tuple[bool, str]  # whether the row is a line all the same, and what a person is told ("": nothing)


def carry_dates(table: Table, money: Sequence[int]) -> None:
    """Give rows without a date that of the row above, where the file writes each day once.

    A single row without a date is a fault; a fifth of all rows and more is a habit. `money` are the positions of the
    columns that may hold amounts: a row without an amount needs no date.
    """
    texts = table.texts(table.date_at)
    if all(texts):
        return
    filled, last, missing = list(texts), "", []
    for index, text in enumerate(texts):
        last = text or last
        if not text and last and _is_line(table, index, money):
            filled[index] = last
            missing.append(index)
    if len(missing) >= _FEWEST and len(missing) >= _SHARE * len(texts):
        table.replace(table.date_at, filled)
        table.carried = len(missing)


def _is_line(table: Table, index: int, money: Sequence[int]) -> bool:
    row = table.rows[index]
    if not any(not is_blank(row.cell(at)) and any(map(str.isdigit, row.cell(at))) for at in money):
        return False
    if any(read_parts(cell) for cell in row.cells):
        return False  # it has a date, only not the one that counts: it is not booked yet
    words = [cell for cell in row.cells if any(map(str.isalpha, cell))]
    return bool(words) and not any(states_balance(cell) for cell in words)


def with_rows_below(
    table: Table, layout: Layout, days: Sequence[date | None], values: Sequence[int | None], described: list[str]
) -> list[str]:
    """The descriptions, each with the text of rows right below that have nothing but text where texts stand."""
    if all(days):
        return described
    columns = {column.position for role in ("description", "counterparty") for column in layout.columns.get(role, ())}
    made, line, went_on = list(described), -1, False
    last = max((index for index, day in enumerate(days) if day), default=-1)
    for index, day in enumerate(days):
        if day:
            line = index if values[index] is not None else -1
            continue
        filled = {at for at, cell in enumerate(table.rows[index].cells) if cell}
        # Below the last line stand footers; there a row goes on only where rows did so before.
        if line >= 0 and filled and filled <= columns and (index < last or went_on):
            text = " ".join(table.rows[index].cell(at) for at in sorted(filled))
            if not states_balance(text):
                made[line] = f"{made[line]} {text}".strip()
                went_on = True
        elif index > last:
            break
    return made


def unbooked_rows(
    table: Table, layout: Layout, days: Sequence[date | None], balances: Sequence[int | None]
) -> dict[int, Verdict]:
    """Rows whose status says that they are not booked.

    The running balance is the judge: what it counts is booked. Else a pending row counts where it has a date in a
    column that its header calls the booking's and no other date is missing; what is void never does.
    """
    if "status" not in layout.columns:
        return {}
    texts = table.texts(layout.position("status"))
    kinds = {text: kind for text in set(texts) if (kind := status_kind(text))} | _uncounted(texts, balances)
    if not kinds:
        return {}
    date_name = layout.columns["date"][0].name
    by_header = bool(date_name) and "booked" in header_roles(date_name)
    value_days = table.texts(layout.position("value_date")) if "value_date" in layout.columns else []
    valued = any(day for day, text in zip(value_days, texts, strict=True) if text not in kinds) if value_days else False
    made: dict[int, Verdict] = {}
    for index, text in enumerate(texts):
        kind = kinds.get(text, "")
        if not kind or balances[index] is not None:
            continue
        if kind == "pending" and by_header and days[index] and (not valued or value_days[index]):
            message = f"its status is “{text}”, but it has a booking date, so it was read as a line"
            made[index] = True, message
        else:
            made[index] = False, _LEFT_OUT[kind]
    return made


def _uncounted(texts: Sequence[str], balances: Sequence[int | None]) -> dict[str, str]:
    """Words of a status that no row with a running balance has, where all other rows have one: not booked yet."""
    counted = {text for text, balance in zip(texts, balances, strict=True) if balance is not None}
    without = {text for text, balance in zip(texts, balances, strict=True) if balance is None}
    if not counted or counted & without or sum(balance is not None for balance in balances) < _FEWEST:
        return {}
    kinds = {text: status_kind(text) or "uncounted" for text in without if text}
    return {text: "unbooked" if kind == "pending" else kind for text, kind in kinds.items()}


def balance_rows(
    table: Table,
    layout: Layout,
    described: Sequence[str],
    values: Sequence[int | None],
    balances: Sequence[int | None],
) -> dict[int, Verdict]:
    """Rows at either end that state a balance or a turnover in the column of the amounts, as if it were a line."""
    ends = [*range(min(_EDGE, len(described))), *range(max(0, len(described) - _EDGE), len(described))]
    columns = [column.position for column in layout.columns.get("description", ())]
    named = [column.position for column in layout.columns.get("counterparty", ())]
    made: dict[int, Verdict] = {}
    for index in ends:
        if not values[index] or balances[index] not in (None, values[index]):
            continue
        row = table.rows[index]
        cells = [] if any(map(row.cell, named)) else [row.cell(at) for at in columns]
        stated = next((cell for cell in cells if fold(cell) not in _SHOP_NAMES and states_balance(cell, False)), "")
        alone = index in (0, len(described) - 1) and described.count(described[index]) * 2 < len(described)
        if stated or states_balance(described[index], alone):
            stated = stated or described[index]
            made[index] = False, f"the row states a balance (“{stated}”); it was not read as a line"
    return made


def odd_ends(table: Table, described: Sequence[str]) -> dict[int, Verdict]:
    """The first or last row where it alone is shorter than all others, or has no text: it may state a balance."""
    made: dict[int, Verdict] = {}
    if len(described) < _FEWEST_LIKE:
        return made
    message = "the row is not like the others, shorter or without text; if it states a balance or a total, leave it out"
    widths = [len(row.cells) for row in table.rows]
    for index, others in ((0, slice(1, None)), (len(described) - 1, slice(None, -1))):
        shorter = len(set(widths[others])) == 1 and widths[index] < widths[others][0]
        if shorter or (not described[index] and all(described[others])):
            made[index] = True, message
    return made
