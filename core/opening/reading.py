"""The rows of a trial balance as values: account and balance, faults as problems."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import NoTable
from core.ingestion.formats.tabular.amounts import is_blank, mark_votes, read_amount, to_minor_units
from core.ingestion.formats.tabular.records import Record
from core.ingestion.items.words import is_total
from core.ingestion.raw_file import RawFile
from core.money import MINOR_MAX, minor_digits
from core.opening.tables import BalanceTable, find_balances
from core.opening.words import account_type
from core.problems import Problem, Severity
from models import AccountType

_MONEY = ("debit", "credit", "balance")
_CODE_AND_NAME = re.compile(r"([0-9][0-9A-Za-z.\-]{0,15})(?:\s*[·:–—|-]\s*|\s+)(\S.*)")
_CODE = re.compile(r"[0-9][0-9A-Za-z.\-]{0,15}")
_SIDE = re.compile(r"(.*?)\s*(dr|cr|d|c|s|h)\.?", re.IGNORECASE)
_DEBIT_SIDES = ("dr", "d", "s")


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """One account of the file. `amount_minor` is debit > 0; `code` is "" where the file names the account only."""

    row: int
    code: str
    name: str
    type: AccountType | None
    amount_minor: int

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}".strip()


@dataclass(frozen=True)
class TrialBalanceFile:
    """A trial balance as a file has it. Rows in error are among the problems only."""

    rows: tuple[BalanceRow, ...]
    problems: tuple[Problem, ...]


def read_trial_balance(file: RawFile, currency: str) -> TrialBalanceFile:
    """The accounts of a trial balance with their balances in this currency.

    Rows of sums and headings are passed over, and so are accounts without a balance.

    Raises:
        NoTable: the file holds none, or its decimal mark cannot be told. UnknownFormat: a damaged workbook.
    """
    table = find_balances(file)
    mark = "." if table.is_workbook else _decimal_mark(file.name, table, currency)
    problems: list[Problem] = []
    rows: list[tuple[BalanceRow, int, int]] = []
    for record in table.rows:
        faults: list[str] = []
        read = _Row(table, record, mark, currency, faults)
        if faults:
            problems.append(Problem(record.row, "; ".join(faults), Severity.ERROR, record.text[:200]))
        elif read.debit or read.credit:
            rows.append((read.value(), read.debit, read.credit))
    if not rows and not problems:
        raise NoTable(file.name, "balances", "None of its accounts has a balance.")
    return TrialBalanceFile(tuple(_with_sides(rows)), tuple(problems))


def _with_sides(rows: Sequence[tuple[BalanceRow, int, int]]) -> list[BalanceRow]:
    """The rows with debit less credit; some programs write the credit side negative, where adding up both is zero."""
    signed = bool(rows) and all(credit <= 0 for _, _, credit in rows) and not sum(d + c for _, d, c in rows)
    way = 1 if signed else -1
    return [BalanceRow(row.row, row.code, row.name, row.type, debit + way * credit) for row, debit, credit in rows]


class _Row:
    """The cells of one record, read; what is wrong with them is added to `faults`. `debit` and `credit` are minor."""

    def __init__(self, table: BalanceTable, record: Record, mark: str, currency: str, faults: list[str]) -> None:
        self._columns, self._record = table.columns, record
        self._mark, self._currency, self._faults = mark, currency, faults
        self.debit = self.credit = 0
        self.code, self.name = self._account()
        if is_total(self.name) or is_total(next((cell for cell in record.cells if cell), "")):
            return
        self.debit, self.credit = self._minor("debit") + self._minor("balance"), self._minor("credit")
        if self.debit == self.credit and not (self.code or self.name):
            self.debit = self.credit = 0  # the sums, without a word for them
        elif not (self.code or self.name):
            faults.append("it has an amount but no account")
        given = self._cell("currency").upper()
        if (self.debit or self.credit) and given and given != currency:
            faults.append(f"it is in {given}; the books are kept in {currency}")

    def value(self) -> BalanceRow:
        return BalanceRow(self._record.row, self.code, self.name, account_type(self._cell("type")), 0)

    def _cell(self, role: str) -> str:
        return self._record.cell(self._columns.get(role, -1))

    def _account(self) -> tuple[str, str]:
        code, name, account = self._cell("code"), self._cell("name"), self._cell("account")
        code = code.removesuffix(".0")  # a number in a sheet
        if account and not code:
            if found := _CODE_AND_NAME.fullmatch(account):
                return found[1], name or found[2]
            if _CODE.fullmatch(account):
                return account.removesuffix(".0"), name
        return code, name or account

    def _minor(self, role: str) -> int:
        text = self._cell(role)
        if is_blank(text):
            return 0
        value = _millionths(text, self._mark)
        if value is None:
            self._faults.append(f"“{text}” is no amount")
            return 0
        minor = to_minor_units(value, self._currency)
        if minor is None:
            digits = minor_digits(self._currency)
            self._faults.append(f"“{text}” has more than the {digits} digits after the point of {self._currency}")
        elif abs(minor) > MINOR_MAX:
            self._faults.append(f"“{text}” is too large")
        return minor or 0


def _millionths(text: str, mark: str) -> int | None:
    """The amount, debit > 0: beside a number CR or H is the credit side, which a bank would call money in."""
    if (sided := _SIDE.fullmatch(text)) and (amount := read_amount(sided[1], mark)):
        return amount.value if sided[2].lower() in _DEBIT_SIDES else -amount.value
    amount = read_amount(text, mark)
    return amount.value if amount else None


def _decimal_mark(name: str, table: BalanceTable, currency: str) -> str:
    """The decimal mark that the amounts prove; a lone mark before three digits parts thousands where money has two."""
    at = [table.columns[role] for role in _MONEY if role in table.columns]
    texts = [row.cell(position) for row in table.rows for position in at if not is_blank(row.cell(position))]
    votes = mark_votes(texts)
    if votes["."] or votes[","] or not votes["?"]:
        return "," if votes[","] > votes["."] else "."
    lone = {sign for text in texts for sign in ".," if sign in text}
    if len(lone) == 1 and minor_digits(currency) < 3:
        return "," if lone == {"."} else "."
    raise NoTable(
        name, "balances", "Its amounts can be read in two ways, such as 1,234: write them with all their digits."
    )
