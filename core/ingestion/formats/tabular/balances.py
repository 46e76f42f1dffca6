"""Opening and closing balances: from the running balance of the lines, or from what the file states around them."""

import itertools

from core.ingestion.formats.tabular.amounts import read_amount, to_minor_units
from core.ingestion.formats.tabular.signs import chain
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import balance_kind
from core.ingestion.layout import Layout
from core.ingestion.statement import AccountStatement, StatementLine
from core.problems import Problem, Severity


def account_with_balances(
    layout: Layout, number: str, currency: str, lines: list[StatementLine], problems: list[Problem]
) -> AccountStatement:
    """The account's lines with the balances before the first and after the last that its running balance gives."""
    found = [line.balance_minor for line in lines]
    proof = chain([line.amount_minor for line in lines], found)
    usable = proof.agree * 2 > proof.steps or (not proof.steps and len(lines) == 1)
    if "balance" not in layout.columns or not usable or None in (found[0], found[-1]):
        return AccountStatement(number, currency, tuple(lines))
    newest_first = proof.newest_first if proof.newest_first is not None else bool(layout.newest_first)
    first, last = (lines[-1], lines[0]) if newest_first else (lines[0], lines[-1])
    opening = (first.balance_minor or 0) - first.amount_minor
    for before, after in itertools.pairwise(lines):
        if before.balance_minor is None or after.balance_minor is None:
            continue
        step = after.balance_minor - before.balance_minor
        if step != (-before.amount_minor if newest_first else after.amount_minor):
            message = "the running balance jumps here; a line may be missing or out of order"
            problems.append(Problem(after.row, message, Severity.WARNING, ""))
    return AccountStatement(number, currency, tuple(lines), opening, last.balance_minor)


def stated_balances(table: Table, layout: Layout) -> dict[str, int]:
    """Opening and closing balance that rows around the lines state, in millionths."""
    stated: dict[str, int] = {}
    position = layout.position("date")
    loose = [row for row in table.rows[:3] + table.rows[-8:] if not row.cell(position) or len(row.cells) <= 3]
    for record in [*table.preamble, *loose, *(r for r in table.rows[:2] + table.rows[-2:] if r not in loose)]:
        kind = balance_kind(" ".join(cell for cell in record.cells if any(map(str.isalpha, cell)))[:120])
        numbers = [amount for cell in record.cells if (amount := read_amount(cell, layout.decimal))]
        if kind and len(numbers) == 1 and len(record.text) < 160:
            stated.setdefault(kind, numbers[0].value)
    return stated


def with_stated(account: AccountStatement, stated: dict[str, int], problems: list[Problem]) -> AccountStatement:
    opening, closing = account.opening_minor, account.closing_minor
    if "opening" in stated and opening is None:
        opening = to_minor_units(stated["opening"], account.currency)
    if "closing" in stated and closing is None:
        closing = to_minor_units(stated["closing"], account.currency)
    if opening is not None and closing is None and "opening" not in stated:
        opening = None
    made = AccountStatement(account.account_number, account.currency, account.lines, opening, closing)
    if made.proved is False and opening and closing and stated.keys() == {"opening", "closing"}:
        # Cards state what is owed as a positive balance; the sum decides whether this file does.
        owed = AccountStatement(account.account_number, account.currency, account.lines, -opening, -closing)
        made = owed if owed.proved else made
    if made.proved is False and (account.opening_minor is None or account.closing_minor is None):
        message = "The opening balance and the lines do not give the closing balance that the file states."
        problems.append(Problem(0, message, Severity.WARNING))
    return made
