"""QIF, the format of Quicken: records of lines that each begin with a letter, ended by "^".

It names no currency, and dates and decimal marks are those of the country in which the program ran: both are settled
by the whole file, or asked about.
"""

import re

from core.errors import AmbiguousStatement, InvalidLines, UnknownFormat
from core.ingestion.formats.pages import check_faulty
from core.ingestion.formats.qif_records import Record, records_of
from core.ingestion.formats.signatures import signature
from core.ingestion.formats.tabular.amounts import mark_votes, read_amount, to_minor_units
from core.ingestion.formats.tabular.date_order import DateOrder, date_question, find_order
from core.ingestion.formats.tabular.dates import DateColumn, read_parts, to_date
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.formats.tabular.records import Record as Row
from core.ingestion.formats.tabular.table import Table
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import AccountStatement, Statement, StatementLine
from core.money import minor_digits
from core.problems import Problem, Severity

_APOSTROPHE = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2?')(\d{1,4})")
_OWN_NUMBER = re.compile(r"\d{4}")


class Qif:
    """The format object of QIF."""

    name = "qif"

    def recognises(self, file: RawFile) -> bool:
        return signature(file.content) == self.name

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:
        """One AccountStatement per account; of `layout` only date order and decimal mark count.

        Raises:
            UnknownFormat: it holds no records of a bank account. InvalidLines: none of them can be read.
            AmbiguousStatement: the date order or the decimal mark is left open by the whole file.
        """
        answers = layout or Layout()
        text, encoding = decode(file.content, answers.encoding)
        records, skipped = records_of(file.name, text)
        if not records:
            raise UnknownFormat(file.name, "It is a QIF file without records of a bank, card or cash account.")
        decimal = _decimal(file.name, records, answers, currency)
        order = _date_order(file, records, answers, decimal, currency)
        problems = [_left_out(kind, count) for kind, count in skipped.items()]
        if not order.sure:
            problems.append(Problem(0, order.doubt, Severity.WARNING))
        by_account: dict[str, list[StatementLine]] = {}
        for record in records:
            lines = by_account.setdefault(record.account, [])
            made = _line(record, order.order, decimal, currency, problems)
            if isinstance(made, StatementLine):
                lines.append(made)
            else:
                problems.append(Problem(record.row, made, Severity.ERROR, record.text))
        check_faulty(file.name, problems, any(by_account.values()))
        described = {"encoding": encoding, "date_order": order.order, "decimal": decimal}
        return Statement(self.name, _accounts(by_account, currency), described, tuple(problems))


def _left_out(kind: str, count: int) -> Problem:
    message = f"The list “{kind}” is of no bank account; {count} of its records were left out."
    return Problem(0, message, Severity.WARNING)


def _accounts(by_account: dict[str, list[StatementLine]], currency: str) -> tuple[AccountStatement, ...]:
    """An account has a name, no number; the name counts as one where it holds it, or must tell several apart."""
    several = len(by_account) > 1
    return tuple(
        AccountStatement(name if several or _OWN_NUMBER.search(name) else "", currency, tuple(lines))
        for name, lines in by_account.items()
    )


def _decimal(name: str, records: list[Record], answers: Layout, currency: str) -> str:
    if answers.decimal:
        return answers.decimal
    texts = [text for record in records for text in record.amounts]
    votes = mark_votes(texts)
    if votes["."] or votes[","]:
        return "," if votes[","] > votes["."] else "."
    if not votes["?"]:
        return "."
    sample = next(text for text in sorted(texts) if "." in text or "," in text)
    marks = ",." if "," in sample else ".,"
    if currency and minor_digits(currency) < 3:
        return marks[1]  # three digits behind a mark are a thousand's where the currency has no three decimals
    raise AmbiguousStatement(
        name,
        f"“{sample}” may be one with three decimals or a thousand, and no other amount settles it.",
        [f"{mark} is the decimal mark" for mark in marks],
        [{"decimal": mark} for mark in marks],
    )


def _date_order(file: RawFile, records: list[Record], answers: Layout, decimal: str, currency: str) -> DateOrder:
    """The order of all dates of the file, found as a table's date column is."""
    column = DateColumn.of(_plain_date(record.date) for record in records)
    if answers.date_order and column.written and column.written <= column.readable(answers.date_order):
        return DateOrder(answers.date_order, "as a person said")
    rows = [Row(record.row, [_plain_date(record.date), record.amount, record.payee]) for record in records]
    table = Table(file.name, "", "", None, [], rows, made_by=file.made_by)
    order = find_order(table, 0, [], decimal, None, {currency} - {""})
    if order.remaining:
        raise date_question(file.name, column, order)
    if not order.order:
        raise InvalidLines(file.name, [(r.row, f"the date “{r.date}” is no date") for r in records])
    return order


def _plain_date(text: str) -> str:
    """The date without Quicken's gaps and apostrophe: 1/ 2' 7 is 1/2/2007, as the apostrophe stands for 20."""
    if any(map(str.isalpha, text)):
        return text
    plain = text.replace(" ", "")
    found = _APOSTROPHE.fullmatch(plain)
    if not found:
        return plain
    first, mark, second, year = found.groups()
    return f"{first}{mark}{second}{mark}{2000 + int(year) if len(year) <= 2 else year}"


def _line(record: Record, order: str, decimal: str, currency: str, problems: list[Problem]) -> StatementLine | str:
    """The line, or a sentence saying what is wrong with it."""
    parts = read_parts(_plain_date(record.date))
    booked_on = to_date(parts, order) if parts else None
    if booked_on is None:
        return f"the date “{record.date}” is no date" if record.date else "the date is missing"
    minor = _minor(record.amount, decimal, currency)
    if minor is None:
        money = currency or "money"
        return (
            f"the amount “{record.amount}” is no exact amount of {money}" if record.amount else "the amount is missing"
        )
    splits = [_minor(split.amount, decimal, currency) for split in record.splits]
    if any(splits) and None not in splits and sum(each or 0 for each in splits) != minor:
        message = f"its parts do not add up to {record.amount}; the whole amount was taken"
        problems.append(Problem(record.row, message, Severity.WARNING, record.text))
    if record.opens:
        message = "it is called an opening balance; discard it if it is no movement of the account"
        problems.append(Problem(record.row, message, Severity.WARNING, record.text))
    return StatementLine(
        row=record.row,
        booked_on=booked_on,
        amount_minor=minor,
        currency=currency,
        description=record.description,
        counterparty=record.payee,
        reference=record.number,
    )


def _minor(text: str, decimal: str, currency: str) -> int | None:
    amount = read_amount(text, decimal)
    return to_minor_units(amount.value, currency) if amount else None
