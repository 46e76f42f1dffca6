"""Rows that are no lines of their own, or not whole ones: pending, stating a balance, going on from the row above."""

from collections.abc import Sequence
from datetime import date

from core.ingestion.formats.tabular.amounts import is_blank
from core.ingestion.formats.tabular.dates import read_parts
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import header_roles, may_be_sum, states_balance, status_kind
from core.ingestion.layout import Layout

_EDGE = 8  # rows at either end among which a balance may stand as if it were a line
_FEWEST, _SHARE = 2, 0.2  # rows without a date from which on that is the file's habit
_FEWEST_LIKE = 3  # rows from which on one of them can be unlike the others
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
    """Rows at either end that state a balance or a total in the column of the amounts, as if they were lines.

    What is no more than "Total" or "Balance" is left out where the lines add up to it; else a person is told.
    """
    ends = {*range(min(_EDGE, len(described))), *range(max(0, len(described) - _EDGE), len(described))}
    described_by = [column.position for column in layout.columns.get("description", ())]
    named_by = [column.position for column in layout.columns.get("counterparty", ())]
    balance, sums = {}, {}
    for index in sorted(ends):
        if not values[index] or balances[index] not in (None, values[index]):
            continue
        row = table.rows[index]
        texts = [described[index], *([] if any(map(row.cell, named_by)) else map(row.cell, described_by))]
        if text := next((text for text in texts if may_be_sum(text)), ""):
            sums[index] = text
        elif text := next((text for text in texts if states_balance(text)), ""):
            balance[index] = text
    lines = [value for index, value in enumerate(values) if value and index not in sums and index not in balance]
    possible = _sums_of(lines, [values[index] or 0 for index in balance])
    made = {
        index: (False, f"the row states a balance (“{text}”); it was not read as a line")
        for index, text in balance.items()
    }
    for index, text in sums.items():
        if lines and values[index] in possible:
            made[index] = False, f"the row states the sum of others (“{text}”); it was not read as a line"
        elif text == described[index]:
            made[index] = True, f"the row is called “{text}” and was read as a line; if it states a sum, leave it out"
    return made


def _sums_of(lines: Sequence[int], opening: Sequence[int]) -> set[int]:
    """What a total or a balance may be: money in, money out, the net of both, and that on top of an opening balance."""
    into, out = sum(value for value in lines if value > 0), sum(value for value in lines if value < 0)
    net = into + out
    return {into, out, -out, net, -net, *(each + net for each in opening)} - {0}


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
