"""A table and its complete layout give accounts with lines, balances and problems."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from core.ingestion.formats.tabular.amounts import AmountColumn, currency_codes, is_blank, to_minor_units
from core.ingestion.formats.tabular.balances import account_with_balances, stated_balances, with_stated
from core.ingestion.formats.tabular.rows import balance_rows, carry_dates, odd_ends, unbooked_rows, with_rows_below
from core.ingestion.formats.tabular.signs import net_of_columns
from core.ingestion.formats.tabular.summing_up import summed_up
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import CURRENCY_NAMES, balance_kind, direction_of, status_kind
from core.ingestion.layout import SEPARATE, Layout
from core.ingestion.statement import AccountStatement, StatementLine
from core.problems import Problem, Severity


@dataclass(slots=True)
class Lines:
    """What was read. `faulty` counts rows in error; `accounts` holds one statement per account and currency."""

    accounts: list[AccountStatement] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    faulty: int = 0


@dataclass(slots=True)
class _Group:
    lines: list[StatementLine] = field(default_factory=list)


def read_lines(table: Table, layout: Layout, fallback_currency: str) -> Lines:
    """Apply a complete layout to every row.

    A row with an unreadable date or amount becomes a Problem of severity ERROR with its text; a row that is not
    booked (pending) or holds no line a WARNING. Nothing is left out without one, save blank rows and text around the
    table.
    """
    made = Lines()
    table.date_at = layout.position("date")
    carry_dates(table, [layout.position(role) for role in ("amount", "debit", "credit") if role in layout.columns])
    if table.carried:
        message = f"{table.carried} rows have no date of their own; each got that of the row above it."
        made.problems.append(Problem(0, message, Severity.WARNING))
    values, faulty = _amounts(table, layout)
    if table.too_wide:
        faulty = faulty | {i for i, row in enumerate(table.rows) if row.row in table.too_wide}
    booked = values, faulty
    days = table.dates(layout.position("date")).days(layout.date_order)
    groups = _collect(table, layout, days, booked, fallback_currency, made)
    stated = stated_balances(table, layout)
    for (number, currency), group in groups.items():
        account = account_with_balances(layout, number, currency, group.lines, made.problems)
        if len(groups) == 1:
            account = with_stated(account, stated, made.problems)
        made.accounts.append(account)
        if warning := summed_up([line.amount_minor for line in group.lines], account.proved):
            made.problems.append(Problem(group.lines[-1].row, warning, Severity.WARNING))
    made.problems.sort(key=lambda problem: problem.row)
    return made


def _amounts(table: Table, layout: Layout) -> tuple[list[int | None], set[int]]:
    """Amount per row in millionths with its final sign, and the rows whose amount cannot be read."""
    mark = layout.decimal
    if layout.sign in SEPARATE:
        out, into = _column(table, layout, "debit"), _column(table, layout, "credit")
        values = net_of_columns(out, into, 0 if layout.sign == "separate_unsigned" else None)
        faulty = out.faulty | into.faulty
    else:
        column = table.amounts(layout.position("amount"), mark)
        values, faulty = column.values, set(column.faulty)
    if layout.sign == "inverted":
        values = [None if value is None else -value for value in values]
    elif layout.sign == "direction":
        words = table.texts(layout.position("direction"))
        ways = {word: direction_of(word) for word in set(words)}
        faulty |= {i for i, value in enumerate(values) if value and not ways[words[i]]}
        values = [None if value is None else abs(value) * ways[words[i]] for i, value in enumerate(values)]
    if "fee" in layout.columns:
        fees = table.amounts(layout.position("fee"), mark)
        faulty |= fees.faulty
        values = [None if v is None else v - abs(f or 0) for v, f in zip(values, fees.values, strict=True)]
    return values, faulty


def _column(table: Table, layout: Layout, role: str) -> AmountColumn:
    position = layout.position(role)
    if position < 0:
        return AmountColumn([None] * len(table.rows))
    return table.amounts(position, layout.decimal)


def _collect(
    table: Table,
    layout: Layout,
    days: Sequence[date | None],
    booked: tuple[list[int | None], set[int]],
    fallback: str,
    made: Lines,
) -> dict[tuple[str, str], _Group]:
    values, faulty = booked
    blank = [""] * len(table.rows)

    def texts(role: str) -> list[str]:
        return table.texts(layout.position(role)) if role in layout.columns else blank

    balances = _column(table, layout, "balance").values
    value_days = (
        table.dates(layout.position("value_date")).days(layout.date_order) if "value_date" in layout.columns else None
    )
    described, kinds = with_rows_below(table, layout, days, values, _descriptions(table, layout)), texts("kind")
    currencies = _currencies(table, layout, fallback)
    accounts = [text.strip("'") for text in texts("account")] if "account" in layout.columns else blank
    names, references = _first_filled(table, layout, "counterparty"), texts("reference")
    unbooked = odd_ends(table, described) | unbooked_rows(table, layout, days, balances)
    unbooked |= balance_rows(table, layout, described, values, balances)
    last_dated = max((i for i, day in enumerate(days) if day), default=-1)
    groups: dict[tuple[str, str], _Group] = {}
    for index, (day, value) in enumerate(zip(days, values, strict=True)):
        balance = balances[index]
        if index in unbooked:
            row = table.rows[index]
            read, message = unbooked[index]
            if message and (day or value is not None) and index not in faulty:
                made.problems.append(Problem(row.row, message, Severity.WARNING, row.text))
            if not read and (index not in faulty or message):
                continue
        if day is None or value is None or index in faulty:
            problem = _not_a_line(table, layout, index, day, value, index in faulty, last_dated)
            if problem:
                made.problems.append(problem)
                made.faulty += problem.severity is Severity.ERROR
            continue
        currency = currencies[index]
        minor = to_minor_units(value, currency)
        if minor is None:
            row = table.rows[index]
            message = f"the amount has more digits than {currency or 'money'} has"
            made.problems.append(Problem(row.row, message, Severity.ERROR, row.text))
            made.faulty += 1
            continue
        line = StatementLine(
            table.rows[index].row,
            day,
            minor,
            currency,
            described[index] or names[index] or kinds[index],
            value_days[index] if value_days else None,
            names[index],
            references[index],
            "",
            None if balance is None else to_minor_units(balance, currency),
        )
        key = (accounts[index], currency)
        if key not in groups:
            groups[key] = _Group()
        groups[key].lines.append(line)
    return groups


def _not_a_line(
    table: Table, layout: Layout, index: int, day: date | None, value: int | None, faulty: bool, last_dated: int
) -> Problem | None:
    """Why a row gave no line; None for text around the table."""
    row = table.rows[index]
    written = row.cell(layout.position("date"))
    if day is None and status_kind(written):
        return Problem(row.row, f"the line is “{written}”, not booked; it was left out", Severity.WARNING, row.text)
    if day is None and (value is not None or faulty or _money_text(row.cells, layout)):
        if written and any(map(str.isdigit, written)):
            return Problem(row.row, f"the date “{written}” is no date", Severity.ERROR, row.text)
        if balance_kind(row.text):
            return None  # it went into the opening or closing balance
        if index > last_dated:
            return Problem(row.row, "the row has no date and was not read as a line", Severity.WARNING, row.text)
        return Problem(row.row, "the date is missing", Severity.ERROR, row.text)
    if day is None:
        return None
    if row.row in table.too_wide:
        return Problem(row.row, "the row has more cells than the header names", Severity.ERROR, row.text)
    if faulty:
        return Problem(
            row.row, f"the amount “{_money_text(row.cells, layout)}” cannot be read", Severity.ERROR, row.text
        )
    if balance_kind(row.text):
        return None
    return Problem(row.row, "the row has a date but no amount; it was not read as a line", Severity.WARNING, row.text)


def _money_text(cells: list[str], layout: Layout) -> str:
    found = [layout.position(role) for role in ("amount", "debit", "credit", "direction") if role in layout.columns]
    return " ".join(cells[p] for p in found if p < len(cells) and not is_blank(cells[p]))


def _descriptions(table: Table, layout: Layout) -> list[str]:
    columns = [table.texts(column.position) for column in layout.columns.get("description", ())]
    if not columns:
        return [""] * len(table.rows)
    if len(columns) == 1:
        return [" ".join(text.split()) if "  " in text or "\n" in text else text for text in columns[0]]
    return [
        " ".join(" ".join(dict.fromkeys(cell for cell in cells if cell)).split())
        for cells in zip(*columns, strict=True)
    ]


def _first_filled(table: Table, layout: Layout, role: str) -> list[str]:
    columns = [table.texts(column.position) for column in layout.columns.get(role, ())]
    if len(columns) == 1:
        return columns[0]
    if not columns:
        return [""] * len(table.rows)
    return [next((cell for cell in cells if cell), "") for cells in zip(*columns, strict=True)]


def _currencies(table: Table, layout: Layout, fallback: str) -> list[str]:
    """The currency of each row: its own, else the file's only one, else the layout's, else the bank account's."""
    usual = layout.currency or fallback
    if "currency" not in layout.columns:
        return [usual] * len(table.rows)
    codes = currency_codes()
    texts = table.texts(layout.position("currency"))
    meant = {}
    for text in set(texts):
        code = CURRENCY_NAMES.get(text.lower(), text.upper())
        meant[text] = code if code in codes else ""
    named = {code for code in meant.values() if code}
    if len(named) == 1:
        usual = next(iter(named))
    return [meant[text] or usual for text in texts]
