"""Statements that carry their own balances: each is proved by itself, then they are joined to one a bank account."""

from dataclasses import dataclass, field
from itertools import pairwise

from core.errors import InvalidLines
from core.ingestion.statement import AccountStatement, StatementLine
from core.money import decimal_text
from core.problems import Problem, Severity

_MOST_FAULTY = 10_000  # of a file; beyond that it is not what it seems to be


@dataclass(slots=True)
class Page:
    """One statement, or one sheet of it, as a file holds it. Balances are minor units of `currency`."""

    row: int  # physical line it begins on
    account_number: str = ""
    currency: str = ""
    lines: list[StatementLine] = field(default_factory=list)
    opening_minor: int | None = None
    closing_minor: int | None = None

    @property
    def expected_minor(self) -> int | None:
        """What the opening balance and the lines give; None without an opening balance."""
        return None if self.opening_minor is None else self.opening_minor + sum(e.amount_minor for e in self.lines)


def joined(pages: list[Page], problems: list[Problem]) -> tuple[AccountStatement, ...]:
    """One AccountStatement per account and currency, in the order of their first pages.

    A page that its lines do not carry from its opening to its closing balance, and a page that does not open with what
    the one before closed with, is a warning: something is missing, or there twice.
    """
    by_account: dict[tuple[str, str], list[Page]] = {}
    for page in pages:
        by_account.setdefault((page.account_number, page.currency), []).append(page)
        _prove(page, problems)
    return tuple(_account(each, problems) for each in by_account.values())


def _prove(page: Page, problems: list[Problem]) -> None:
    expected, closing = page.expected_minor, page.closing_minor
    if expected is None or closing is None or expected == closing:
        return
    opening = decimal_text(page.opening_minor or 0, page.currency)
    message = (
        f"The statement does not add up: it opens with {opening}, its lines lead to "
        f"{decimal_text(expected, page.currency)}, but it closes with {decimal_text(closing, page.currency)}."
    )
    problems.append(Problem(page.row, message, Severity.WARNING))


def _account(pages: list[Page], problems: list[Problem]) -> AccountStatement:
    if len(pages) > 1 and _breaks(pages) and not _breaks(pages[::-1]):
        pages = pages[::-1]  # the newest statement stands first
    for before, after in _breaks(pages):
        opening = decimal_text(after.opening_minor or 0, after.currency)
        closing = decimal_text(before.closing_minor or 0, before.currency)
        message = (
            f"This statement opens with {opening}, but the one before it closes with {closing}; "
            "one may be missing, or be here twice."
        )
        problems.append(Problem(after.row, message, Severity.WARNING))
    lines = tuple(line for page in pages for line in page.lines)
    first, last = pages[0], pages[-1]
    return AccountStatement(first.account_number, first.currency, lines, first.opening_minor, last.closing_minor)


def _breaks(pages: list[Page]) -> list[tuple[Page, Page]]:
    """Neighbours of which the second does not open with what the first closed with."""
    return [
        (before, after)
        for before, after in pairwise(pages)
        if None not in (before.closing_minor, after.opening_minor) and before.closing_minor != after.opening_minor
    ]


def check_faulty(name: str, problems: list[Problem], any_read: bool) -> None:
    """Raise InvalidLines where no line could be read, or where hardly any could."""
    if any_read and len(problems) <= _MOST_FAULTY:
        return
    faulty = [(problem.row, problem.message) for problem in problems if problem.severity is Severity.ERROR]
    if faulty and (not any_read or len(faulty) > _MOST_FAULTY):
        raise InvalidLines(name, faulty)
