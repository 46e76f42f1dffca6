"""Dates as banks write them. The order of day, month and year is decided by whole columns, never by one cell."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_BUDDHIST = range(2513, 2643)  # years as Thai banks count them: 1970 to 2099
_ERAS = {"R": 2018, "H": 1988, "S": 1925}  # of Japanese banks, with the year before each era's first
ORDERS = ("DMY", "MDY", "YMD", "YDM")
_ZONE = r"(?:Z|[+-]\d{2}:?\d{2}|[+-]\d{1,2}|\(?[A-Z]{2,5}\)?|\[[^\]]*\])"
_CLOCK = r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?(?:[:.,]\d+)?\s*(?:[AaPp]\.?[Mm]\.?)?"
_TAIL = rf"(?:\s?г\.?)?(?:(?:\s*T|-|[\s,]+(?:at\s+|um\s+)?){_CLOCK}(?:\s*(?:Uhr|h))?)?(?:\s*{_ZONE}){{0,2}}"
_DAY_NAME = r"(?:[^\W\d_]{2,12}\.?,?\s+)?"
_NUMERIC = re.compile(rf"{_DAY_NAME}(\d{{1,4}})\s?([-/. ])\s?(\d{{1,2}})\s?\2\s?(\d{{1,4}})\.?{_TAIL}")
_COMPACT = re.compile(rf"(\d{{8}})(?:(?:\d{{6}})(?:\.\d+)?)?(?:\s*\[[^\]]*\])?(?:[T ]{_CLOCK})?(?:\s*{_ZONE})?")
_CJK = re.compile(rf"(\d{{4}})\s*[年년]\s*(\d{{1,2}})\s*[月월]\s*(\d{{1,2}})\s*[日일]?{_TAIL}")
_ERA = re.compile(r"([RHS])\.?(\d{1,2})[./-](\d{1,2})[./-](\d{1,2})")
_WORD = r"([^\W\d_]{3,12})\.?"
_DAY_FIRST = re.compile(
    rf"{_DAY_NAME}(\d{{1,2}})(?:st|nd|rd|th|\.|er)?[-/. ]*(?:de\s+)?{_WORD},?[-/. ]*(?:de\s+)?(\d{{1,4}})\.?{_TAIL}"
)
_MONTH_FIRST = re.compile(rf"{_DAY_NAME}{_WORD}[-/. ]*(\d{{1,2}})(?:st|nd|rd|th)?[,-/. ]+(\d{{4}}){_TAIL}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/. ]*{_WORD}[-/. ]*(\d{{1,2}})\.?{_TAIL}")
_LOCALES = "en de fr es it pt nl da nb sv fi pl cs sk hu ro tr ru uk bg hr sl et lv lt el ca id".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Parts:
    """The three numbers of a date as written; `shape` says what is known of their order."""

    shape: str  # "num": open, "ymd": year first for certain, "whole": `first` is 8 digits
    first: int
    second: int = 0
    third: int = 0
    separator: str = ""
    short_year: bool = False


@lru_cache(maxsize=1)
def _month_words() -> dict[str, int]:
    """Month names and their short forms in the languages of _LOCALES; a word that means two months is left out."""
    from babel import Locale

    found: dict[str, set[int]] = {}
    for code in _LOCALES:
        months = Locale.parse(code).months
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in months[form][width].items():
                    word = name.casefold().rstrip(".")
                    if not word[:1].isdigit():
                        found.setdefault(word, set()).add(number)
                        if width == "wide":
                            found.setdefault(word[:3], set()).add(number)
    found["sept"] = {9}
    return {word: min(numbers) for word, numbers in found.items() if len(numbers) == 1 and len(word) >= 3}


_ENGLISH_NAMES = (
    "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august|sep sept september"
    "|oct october|nov november|dec december"
)
_ENGLISH = {name: number for number, names in enumerate(_ENGLISH_NAMES.split("|"), 1) for name in names.split()}


def _month(word: str) -> int:
    plain = word.casefold().rstrip(".")
    return _ENGLISH.get(plain) or _month_words().get(plain, 0)


def is_month(word: str) -> bool:
    """Whether a word is the name of a month, or short for one, in any of the languages."""
    return _month(word) > 0


@lru_cache(maxsize=20_000)
def read_parts(text: str) -> Parts | None:
    """The numbers of the date that the whole text is (a time of day may follow); None where it is none."""
    text = text.strip().strip("'").strip()
    if not 6 <= len(text) <= 48 or not any(map(str.isdigit, text)):
        return None
    if found := _NUMERIC.fullmatch(text):
        return _numeric(found)
    if found := _COMPACT.fullmatch(text):
        return Parts("whole", int(found[1]))
    if found := _CJK.fullmatch(text):
        return Parts("ymd", int(found[1]), int(found[2]), int(found[3]))
    if found := _ERA.fullmatch(text):
        return Parts("ymd", _ERAS[found[1]] + int(found[2]), int(found[3]), int(found[4]))
    if found := _DAY_FIRST.fullmatch(text):
        return _textual(found[3], found[2], found[1])
    if found := _MONTH_FIRST.fullmatch(text):
        return _textual(found[3], found[1], found[2])
    if found := _YEAR_FIRST.fullmatch(text):
        return _textual(found[1], found[2], found[3])
    return None


def _numeric(found: re.Match[str]) -> Parts | None:
    first, separator, second, third = found.groups()
    lengths = len(first), len(third)
    if 3 in lengths or lengths == (4, 4):
        return None
    if lengths[0] == 4:
        return Parts("num", int(first), int(second), int(third), separator) if lengths[1] <= 2 else None
    return Parts("num", int(first), int(second), int(third), separator, lengths[1] <= 2)


def _textual(year: str, month: str, day: str) -> Parts | None:
    number = _month(month)
    if not number or len(year) == 3:
        return None
    return Parts("ymd", _year(int(year)) if len(year) <= 2 else int(year), number, int(day))


def _year(short: int) -> int:
    """Two digits: 1970 to 2069."""
    return short + (2000 if short < 70 else 1900)


_CERTAIN = re.compile(
    r"(?<!\d)(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([-/.])(\d{1,2})\6(\d{4})"
    r"|(\d{1,2})[- .]{0,2}([^\W\d_]{3,12})\.?[- ,]{0,2}(\d{4}))(?!\d)"
)


def certain_days(text: str) -> list[date]:
    """The days that a longer text names so that no order is left open: 2024-01-31, 31/01/2024, 31 Jan 2024."""
    days: list[date | None] = []
    if not any(map(str.isdigit, text)):
        return []
    for found in _CERTAIN.finditer(text):
        if found[1]:
            days.append(to_date(Parts("ymd", int(found[1]), int(found[3]), int(found[4])), "YMD"))
        elif found[5]:
            parts = Parts("num", int(found[5]), int(found[7]), int(found[8]))
            read = {day for order in ("DMY", "MDY") if (day := to_date(parts, order))}
            days += read if len(read) == 1 else []
        elif textual := _textual(found[11], found[10], found[9]):
            days.append(to_date(textual, "YMD"))
    return [day for day in days if day]


def to_date(parts: Parts, order: str) -> date | None:
    """The day that the parts mean in an order, None where there is no such day from 1970 to 2099."""
    if parts.shape == "ymd":
        year, month, day = parts.first, parts.second, parts.third
    elif parts.shape == "whole":
        digits = f"{parts.first:08d}"
        width = {"DMY": (2, 2, 4), "MDY": (2, 2, 4), "YMD": (4, 2, 2), "YDM": (4, 2, 2)}[order]
        cut = (digits[: width[0]], digits[width[0] : width[0] + width[1]], digits[width[0] + width[1] :])
        by_letter = {letter: int(piece) for letter, piece in zip(order, cut, strict=True)}
        year, month, day = by_letter["Y"], by_letter["M"], by_letter["D"]
    else:
        by_letter = dict(zip(order, (parts.first, parts.second, parts.third), strict=True))
        year, month, day = by_letter["Y"], by_letter["M"], by_letter["D"]
        if parts.short_year and year < 100:
            year = _year(year)
    if year in _BUDDHIST:
        year -= 543
    if not (1970 <= year <= 2099 and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_date(text: str) -> bool:
    """Whether the text is a day in some order; eight digits of an account number mostly are not."""
    parts = read_parts(text)
    return parts is not None and any(to_date(parts, order) for order in ORDERS)


@dataclass(slots=True)
class DateColumn:
    """A whole column of dates in every order that could be meant."""

    texts: list[str]
    parts: dict[str, Parts | None]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "DateColumn":
        """Read every distinct text of a column once."""
        every = list(texts)
        return cls(every, {text: read_parts(text) for text in dict.fromkeys(every) if text.strip()})

    def days(self, order: str) -> list[date | None]:
        """The column's days in file order; None for blank and for unreadable cells."""
        memo = {text: to_date(parts, order) if parts else None for text, parts in self.parts.items()}
        return [memo.get(text) for text in self.texts]

    def readable(self, order: str) -> set[str]:
        """The distinct texts that are a day in this order."""
        return {text for text, parts in self.parts.items() if parts and to_date(parts, order)}

    @property
    def written(self) -> set[str]:
        """The distinct texts that look like dates at all."""
        return {text for text, parts in self.parts.items() if parts}


def possible_orders(column: DateColumn) -> list[str]:
    """Orders that read as many of the column's dates as any order does."""
    readable = {order: len(column.readable(order)) for order in ORDERS}
    most = max(readable.values(), default=0)
    orders = [order for order in ORDERS if most and readable[order] == most]
    if len(orders) > 1 and "YDM" in orders:
        orders.remove("YDM")  # hardly anybody writes so; it counts where nothing else fits
    if len(orders) > 1 and "YMD" in orders and not _year_may_lead(column):
        orders.remove("YMD")
    return orders


def _year_may_lead(column: DateColumn) -> bool:
    """Two-digit years first (24-01-31) count only where the last number varies as days do and the first hardly does."""
    parts = [p for p in column.parts.values() if p and p.shape == "num"]
    if not parts:
        return any(p and p.shape != "num" for p in column.parts.values())
    return parts[0].separator != "." and len({p.first for p in parts}) <= 2 < len({p.third for p in parts})
