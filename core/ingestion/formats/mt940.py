"""SWIFT MT940, and MT942, which is the same without balances.

What stands in no field (envelopes, headers of a bank's own) is passed over. Every statement carries its own balances,
so what was read is proved, and what does not add up is said.
"""

import re
from datetime import date
from functools import lru_cache

from core.errors import UnknownFormat
from core.ingestion.formats.mt940_fields import CLOSING, OPENING, Field, Message, Movement, fields_of, messages_of
from core.ingestion.formats.mt940_texts import meaningful, told_by, unwrapped
from core.ingestion.formats.pages import Page, check_faulty, joined
from core.ingestion.formats.signatures import signature
from core.ingestion.formats.tabular.amounts import currency_codes, mark_votes, read_amount, to_minor_units
from core.ingestion.formats.tabular.decoding import decode
from core.ingestion.layout import Layout
from core.ingestion.raw_file import RawFile
from core.ingestion.statement import Statement, StatementLine
from core.problems import Problem, Severity

_BALANCE = re.compile(r"R?([CD])(?:(?:\d{8}|\d{6}) ?([A-Z]{3})|\d{6})\s*([\d.,]+)")
_LINE = re.compile(r"(\d{6,12})\s*(RC|RD|EC|ED|C|D)([A-Z])?\s*(\d[\d.,]*|,\d+)\s*(.*)")
_KIND = re.compile(r"([A-Z].{3})(.*)")
_SIGNS = {"C": 1, "D": -1, "RC": -1, "RD": 1}
_FLOOR = re.compile(r"([A-Z]{3})[CD]?\d")
_SUM = re.compile(r"(\d+)([A-Z]{3})([\d.,]+)")


class Mt940:
    """The format object of MT940 and MT942."""

    name = "mt940"

    def recognises(self, file: RawFile) -> bool:
        return signature(file.content) == self.name

    def read(self, file: RawFile, layout: Layout | None, currency: str) -> Statement:  # noqa: ARG002 - SWIFT fixes it
        """One AccountStatement per account and currency; the statements of a file are joined by their balances.

        Raises:
            UnknownFormat: it holds no statement. InvalidLines: no line of it can be read.
        """
        text, encoding = decode(file.content)
        messages = messages_of(file.name, fields_of(file.name, text))
        if not messages:
            raise UnknownFormat(file.name, "It has the fields of an MT940 file, but no statement.")
        problems: list[Problem] = []
        pages: list[Page] = []
        for message in messages:
            pages.append(_page(message, currency, problems))
            check_faulty(file.name, problems, any_read=True)
        check_faulty(file.name, problems, any(page.lines for page in pages))
        accounts = joined(pages, problems)
        return Statement(self.name, accounts, {"encoding": encoding, "date_order": "YMD"}, tuple(problems))


def _page(message: Message, fallback: str, problems: list[Problem]) -> Page:
    opening, closing = (_one_of(message, tags) for tags in (OPENING, CLOSING))
    currency = _currency(message, opening, closing) or fallback
    page = Page(message.row, _number(message, currency), currency)
    page.opening_minor = _balance(opening, currency, problems)
    page.closing_minor = _balance(closing, currency, problems)
    expected = 0
    for movement in (*message.movements, *message.late):
        made = _line(movement, currency, problems)
        if made is None:
            expected += 1
        elif isinstance(made, StatementLine):
            page.lines.append(made)
        else:
            shown = " | ".join(line.strip() for line in movement.head.lines)
            problems.append(Problem(movement.head.row, made, Severity.ERROR, shown[:500]))
    if message.late:
        why = "lines stand behind the closing balance, so it does not count them; compare them with the bank"
        problems.append(Problem(message.late[0].head.row, why, Severity.WARNING))
    if expected:
        problems.append(Problem(message.row, f"{expected} expected transactions were left out.", Severity.WARNING))
    _check_sums(message, page, problems)
    return page


def _one_of(message: Message, tags: set[str]) -> Field | None:
    return next((each for tag, each in message.fields.items() if tag in tags), None)


def _currency(message: Message, *balances: Field | None) -> str:
    for each in balances:
        if each and (found := _BALANCE.match(each.text)) and found[2] in currency_codes():
            return found[2]
    for tag, pattern, group in (("34F", _FLOOR, 1), ("90D", _SUM, 2), ("90C", _SUM, 2)):
        if tag in message.fields and (floor := pattern.match(message.fields[tag].text)):
            return floor[group]
    return ""


def _number(message: Message, currency: str) -> str:
    """The account as :25: has it, without the currency that some banks write behind it."""
    named = message.fields.get("25") or message.fields.get("25P")
    number = named.text if named else ""
    return number.removesuffix(currency).rstrip(" /") if len(number) > 3 else number


def _balance(balance: Field | None, currency: str, problems: list[Problem]) -> int | None:
    if balance is None:
        return None
    found = _BALANCE.match(balance.text)
    minor = _minor(found[3], currency) if found else None
    if found is None or minor is None:
        message = f"the balance “{balance.text}” cannot be read, so nothing proves the lines"
        problems.append(Problem(balance.row, message, Severity.WARNING, balance.text))
        return None
    return -minor if found[1] == "D" else minor


@lru_cache(maxsize=4096)
def _minor(text: str, currency: str) -> int | None:
    """SWIFT's decimal mark is the comma; a point counts where it cannot part thousands."""
    votes = mark_votes([text])
    mark = "." if "." in text and votes["."] else ","
    if "." in text and votes["?"]:
        return None
    amount = read_amount(text, mark)
    return to_minor_units(amount.value, currency) if amount else None


def _line(movement: Movement, currency: str, problems: list[Problem]) -> StatementLine | str | None:
    """The line; a sentence saying what is wrong with it; None where it is expected, not booked."""
    lines = movement.head.lines
    found = _LINE.match(lines[0].strip())
    supplementary = lines[1:]
    if found is None and supplementary:
        found, supplementary = _LINE.match("".join(lines[:2]).strip()), lines[2:]  # broken inside the figures
    if found is None:
        return "it is not built like a line: date, C or D, amount"
    digits, mark, _, figure, rest = found.groups()
    value_on, entry_on, fault = _days(digits)
    if value_on is None:
        return fault
    minor = _minor(figure, currency)
    if minor is None:
        return f"the amount “{figure}” is no exact amount of {currency or 'money'}"
    if mark not in _SIGNS:
        return None
    if fault:
        problems.append(Problem(movement.head.row, fault, Severity.WARNING, lines[0].strip()))
    kind = _KIND.match(rest)
    own, _, banks = (kind[2] if kind else rest).partition("//")
    told = told_by(movement.information, movement.bank_own)
    details = unwrapped(supplementary)
    return StatementLine(
        row=movement.head.row,
        booked_on=entry_on or value_on,
        amount_minor=_SIGNS[mark] * minor,
        currency=currency,
        description=_described(told.description, details) or own.strip() or (kind[1] if kind else ""),
        value_on=value_on,
        counterparty=told.counterparty,
        reference=told.reference or meaningful(own) or meaningful(banks),
    )


def _described(told: str, details: str) -> str:
    return told if details in told else f"{told} {details}".strip()


@lru_cache(maxsize=4096)
def _days(digits: str) -> tuple[date | None, date | None, str]:
    """Value date, entry date (None where absent), and what is wrong. The entry date has no year: it is the nearest."""
    width = 8 if len(digits) in {8, 12} else 6
    value_on = _day(digits[:width])
    if value_on is None or len(digits) not in {6, 8, 10, 12}:
        return None, None, f"the date “{digits}” is no date"
    entry = digits[width:]
    if not entry:
        return value_on, None, ""
    near = [day for year in (-1, 0, 1) if (day := _day(f"{value_on.year + year:04}{entry}"))]
    if not near:
        return value_on, None, f"the entry date “{entry}” is no date; the value date was taken"
    return value_on, min(near, key=lambda day: abs(day - value_on)), ""


def _day(digits: str) -> date | None:
    if len(digits) == 6:
        digits = ("20" if digits < "70" else "19") + digits
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2099 else None


def _check_sums(message: Message, page: Page, problems: list[Problem]) -> None:
    """MT942 has no balances, but says how many debits and credits there are, and their sums."""
    for tag, sign in (("90D", -1), ("90C", 1)):
        stated = message.fields.get(tag)
        found = _SUM.match(stated.text) if stated else None
        total = _minor(found[3], page.currency) if found else None
        amounts = [line.amount_minor for line in page.lines if line.amount_minor * sign > 0]
        if stated and found and total is not None and (len(amounts), sum(amounts) * sign) != (int(found[1]), total):
            what = "debits" if sign < 0 else "credits"
            why = f"the {what} that were read are not the {found[1]} of {found[3]} that the bank states"
            problems.append(Problem(stated.row, why, Severity.WARNING, stated.text))
