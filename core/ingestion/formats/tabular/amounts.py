"""Amounts as banks write them, as exact integers of a millionth of the currency's unit."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from babel.core import get_global

from core.money import minor_digits

SCALE = 6  # digits after the point that are kept; more are refused, never rounded
_GAPS = "\u00a0\u202f\u2009 "
_MINUS = str.maketrans(dict.fromkeys("−–‒﹣－", "-") | dict.fromkeys("＋", "+"))
_DIGITS = str.maketrans("０１２３４５６７８９，．", "0123456789,.")
_APOSTROPHES = "'’`´"

# Words beside a number that are no currency code, and what they say about its sign.
_CREDIT_WORDS = {"CR", "C", "H", "HABEN", "+"}
_DEBIT_WORDS = {"DR", "D", "DB", "S", "SOLL", "-"}
_SYMBOLS = {
    "$": "", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "S$": "SGD", "R$": "BRL", "MX$": "MXN", "€": "EUR", "£": "GBP", "¥": "", "￥": "", "₹": "INR", "RS": "",
    "RS.": "", "₽": "RUB", "РУБ": "RUB", "РУБ.": "RUB", "₺": "TRY", "TL": "TRY", "₴": "UAH", "₩": "KRW", "₪": "ILS",
    "฿": "THB", "₫": "VND", "₦": "NGN", "₱": "PHP", "KR": "", "KR.": "", "ZŁ": "PLN", "ZL": "PLN", "KČ": "CZK",
    "KC": "CZK", "FT": "HUF", "FR": "CHF", "FR.": "CHF", "SFR": "CHF", "SFR.": "CHF", "LEI": "RON", "ЛВ": "BGN",
    "元": "CNY", "円": "JPY", "R": "ZAR", "RM": "MYR", "RP": "IDR",
}  # fmt: skip
_PLACEHOLDERS = {"", "-", "--", "---", "—", "–", ".", "n/a", "na", "null", "none", "nil", "#n/a", "nan"}

_AFFIX = r"[^\W\d_]{1,5}\.?\$?|[$€£¥￥₹₽₺₴₩₪฿₫₦₱元円]"
_TEMPLATE = (
    r"(?P<open>\()?(?P<sign1>[+-]?)(?P<pre>" + _AFFIX + r")?(?P<sign2>[+-]?)"
    r"(?:(?P<whole>GROUPS|\d+)(?:MARK(?P<frac>\d*))?|MARK(?P<only>\d+))"
    r"(?P<close1>\))?(?P<post>" + _AFFIX + r")?(?P<sign3>[+-]?)(?P<close2>\))?"
)
_GROUPS = {
    ".": r"\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3}|\d{1,3}(?:['’`´]\d{3})+",
    ",": r"\d{1,3}(?:\.\d{3})+|\d{1,3}(?:['’`´]\d{3})+",
}
_PATTERNS = {m: re.compile(_TEMPLATE.replace("GROUPS", _GROUPS[m]).replace("MARK", re.escape(m))) for m in (".", ",")}
_OTHER = {".": ",", ",": "."}
_PLAIN = {  # nearly all cells are no more than this
    m: re.compile(
        rf"([+-]?)(\d{{1,3}}(?:{re.escape(_OTHER[m])}\d{{3}}){{1,4}}|\d{{1,15}})(?:{re.escape(m)}(\d{{1,6}}))?"
    )
    for m in (".", ",")
}
_ZERO = re.compile(r"[+-]?0+[.,]0+")  # nothing is nothing, whichever mark the column uses
_SPACED = re.compile(r"^\D{0,6}\d{1,3}(?:[\u00a0\u202f\u2009 ]\d{3})*(?!\d)[^\u00a0\u202f\u2009 ]*\D{0,6}$")


@lru_cache(maxsize=1)
def currency_codes() -> frozenset[str]:
    """Every ISO 4217 code, past ones included, because old exports still carry them (RUR)."""
    return frozenset(get_global("all_currencies")) | {"CNH"}


@lru_cache(maxsize=4096)
def _affix(word: str) -> tuple[bool, int, str]:
    """Of a word beside a number: whether it may stand there, the sign it gives (0 none), its currency."""
    upper = word.upper()
    if upper in _SYMBOLS:
        return True, 0, _SYMBOLS[upper]
    if upper in _CREDIT_WORDS:
        return True, 1, ""
    if upper in _DEBIT_WORDS:
        return True, -1, ""
    return (True, 0, upper) if upper in currency_codes() else (False, 0, "")


class Amount(NamedTuple):
    """One number as written. `value` is in millionths, sign applied; `signed` whether a sign was written."""

    value: int
    signed: bool
    currency: str


def is_blank(text: str) -> bool:
    """Whether a cell of a money column says that there is nothing."""
    return text.strip().lower() in _PLACEHOLDERS


def is_zero(text: str) -> bool:
    """Whether a cell is a number that is nothing, with or without a currency sign: 0, 0,00 or $0.00."""
    return not text.strip("0.,+-$€£ ") and "0" in text


def read_amount(text: str, mark: str) -> Amount | None:
    """The number that the whole text is, with `mark` as decimal mark; None where it is none."""
    if found := _PLAIN[mark].fullmatch(text):
        sign, whole, fraction = found.groups("")
        value = int(whole.replace(_OTHER[mark], "") + (fraction + "000000")[:SCALE])
        return Amount(-value if sign == "-" else value, bool(sign), "")
    if _ZERO.fullmatch(text):
        return Amount(0, not text[0].isdigit(), "")
    plain = text.strip().translate(_MINUS)
    if not plain.isascii():
        plain = plain.translate(_DIGITS)
    if " " in plain or (not plain.isascii() and any(gap in plain for gap in _GAPS)):
        inner = plain.strip("+-() ")
        if inner[:1].isdigit() and not _SPACED.match(plain):
            return None
        for gap in _GAPS:
            plain = plain.replace(gap, "")
    found = _PATTERNS[mark].fullmatch(plain)
    return _amount_of(found) if found else None


def _amount_of(found: re.Match[str]) -> Amount | None:
    opened, sign1, before, sign2, whole, frac, only, close1, after, sign3, close2 = found.groups()
    signs = sign1 + sign2 + sign3
    if len(signs) > 1 or bool(opened) != bool(close1 or close2):
        return None
    sign, currency = 1, ""
    written = bool(signs or opened)
    if signs == "-" or opened:
        sign = -1
    for word in (before, after):
        if word:
            allowed, given, code = _affix(word)
            if not allowed:
                return None
            if given:
                sign, written = given * (sign if signs == "-" else 1), True
            currency = currency or code
    digits = "".join(filter(str.isdigit, whole or "0"))
    fraction = (frac or only or "").rstrip("0")
    if len(fraction) > SCALE or len(digits) > 15:
        return None
    return Amount(sign * int(digits + fraction.ljust(SCALE, "0")), written, currency)


@dataclass(slots=True)
class AmountColumn:
    """A whole column of amounts. `values` is None where the cell is blank or faulty; `faulty` holds the latter."""

    values: list[int | None]
    faulty: set[int] = field(default_factory=set)
    currencies: list[str] = field(default_factory=list)
    filled: int = 0
    negative: int = 0
    positive: int = 0
    plus: int = 0  # positive ones written with a sign


def read_column(texts: Iterable[str], mark: str) -> AmountColumn:
    """All cells of a column with one decimal mark."""
    cells = list(texts)
    times = Counter(cells)
    values: dict[str, int | None] = {}
    column = AmountColumn([])
    wrong, currencies = set(), set()
    plain, other = _PLAIN[mark].fullmatch, _OTHER[mark]
    for text, count in times.items():
        if found := plain(text):  # as `read_amount` begins; nearly all cells of a long file go no further
            sign, whole, fraction = found.groups("")
            value = int(whole.replace(other, "") + (fraction + "000000")[:SCALE])
            value, signed = -value if sign == "-" else value, bool(sign)
        elif is_blank(text):
            values[text] = None
            continue
        elif amount := read_amount(text, mark):
            value, signed = amount.value, amount.signed
            currencies.add(amount.currency)
        else:
            values[text] = None
            wrong.add(text)
            continue
        values[text] = value
        column.filled += count
        column.negative += count * (value < 0)
        column.positive += count * (value > 0)
        column.plus += count * (signed and value > 0)
    column.values = [values[text] for text in cells]
    if wrong:
        column.faulty = {index for index, text in enumerate(cells) if text in wrong}
    column.currencies = sorted(currencies - {""})
    return column


# Four digits before the mark say as much as more; unbounded, a long run of digits would cost its square.
_LONE = re.compile(r"(\d{0,4})([.,])(\d+)\D*$")


def mark_votes(texts: Iterable[str]) -> dict[str, int]:
    """How many distinct texts prove "." or "," to be the decimal mark; "?" counts those like 1,234 that prove none."""
    votes = {".": 0, ",": 0, "?": 0}
    for text in set(texts):
        if "." not in text and "," not in text:
            continue
        dots, commas = text.count("."), text.count(",")
        if dots and commas:
            mark = "." if text.rfind(".") > text.rfind(",") else ","
            votes[mark] += read_amount(text, mark) is not None
        elif dots > 1 or commas > 1:
            mark = "," if dots else "."
            votes[mark] += read_amount(text, mark) is not None
        else:
            votes[_lone_mark(text)] += 1
    return votes


def _lone_mark(text: str) -> str:
    """The decimal mark of a text that has one dot or one comma, "?" where it may also part thousands."""
    found = _LONE.search(text)
    if not found:
        return "." if "." in text else ","
    before, mark, after = found.groups()
    if len(after) != 3 or len(before) > 3 or before.startswith("0") or not before:
        return mark
    return "?"


@lru_cache(maxsize=512)
def _step(currency: str) -> int:
    """Millionths of the currency's minor unit."""
    return int(10 ** (SCALE - (minor_digits(currency) if currency else 2)))


def to_minor_units(value: int, currency: str) -> int | None:
    """Millionths as minor units of the currency; None where that is not exact. Without currency: hundredths."""
    minor, rest = divmod(value, _step(currency))
    return None if rest else minor
