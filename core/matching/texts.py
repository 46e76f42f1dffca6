"""What bank texts and book items say about each other: names, document numbers, words of transfers, account tails."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

NO_NAME = -1.0  # similarity where one side names nobody

_WORD = re.compile(r"[^\W_]+(?:[&'.-][^\W_]+)*", re.UNICODE)
_OPENING = re.compile(
    r"(?:ACH|BACS|BANK|BILL|BILLPAY|CARD|CCD|CHECKCARD|CHEQUE|CREDIT|DEBIT|DEPOSIT|DIRECT|EFT|ELECTRONIC|FASTER|FPI|FPO"
    r"|FROM|GIRO|INCOMING|MOBILE|ONLINE|ORDER|OUTGOING|PAYMENT|PMT|POS|PPD|PURCHASE|RECEIVED|RECURRING|SEPA|STANDING|TO"
    r"|VISA|WIRE|WITHDRAWAL|ZELLE)"
)
_FORM = re.compile(r"(?:AG|BV|CO|COMPANY|CORP|CORPORATION|GMBH|INC|LIMITED|LLC|LLP|LP|LTD|NV|PLC|PTY|SA)\.?")
# A document number: digits, perhaps in groups, behind letters or a sign; the words before it may announce it.
_NUMBER = re.compile(
    r"(?<![A-Z0-9])(?:\b(?:INVOICE|INV|BILL|ORDER|REF|RE|NO)[ .:#]{1,2})?"
    r"#?(?:[A-Z]{1,6}[-/]?)?(?:\d+[-/])*\d{3,}(?![A-Z0-9])",
    re.ASCII,
)
_MARKED = re.compile(r"#|[A-Z]")
_TRANSFER = re.compile(
    r"\b(?:TRANSFERS?|TRF|TFR|XFER|XFR|TRSF|UMBUCHUNG|VIREMENT|INTERNAL|OWN ACCOUNT|SWEEP|PAYOFF|THANK YOU|PYMT"
    r"|(?:TO|FROM) (?:SAV|SAVINGS|CHK|CHECKING|SHARE)|PAYMENT RECEIVED|(?:CARD|AUTOMATIC|ONLINE|MOBILE) PAYMENT"
    r"|CREDIT CARD|CRD EPAY|E-?PAY(?:MENT)?|AUTO ?PAY|DIRECTPAY|CARDMEMBER|CARD SERV\w*)\b"
)
_TAIL = re.compile(r"(?<!\d)(?:[X*.…]+ ?)?(\d{4})(?!\d)")


@lru_cache(maxsize=262_144)
def name_key(text: str) -> str:
    """The name in a bank text or of an item: upper case, without payment words, company forms and numbers."""
    words = [word for word in _WORD.findall(_NUMBER.sub(" ", text.upper())) if not _is_number(word)]
    start, end = 0, len(words)
    while start < end - 1 and _OPENING.fullmatch(words[start]):
        start += 1
    while end > start + 1 and _FORM.fullmatch(words[end - 1]):
        end -= 1
    return " ".join(words[start:end])


def _is_number(word: str) -> bool:
    return sum(sign.isdigit() for sign in word) * 2 > len(word)


@lru_cache(maxsize=262_144)
def document_numbers(text: str) -> tuple[str, ...]:
    """Document numbers in a text as letters and digits only: "RE-2044/INV 17" has RE2044 and INV17.

    A number is at least four digits alone, or digits marked by letters or a sign before them, which then are kept.
    """
    return tuple(dict.fromkeys(_plain(found) for found in _NUMBER.findall(text.upper())))


def _plain(number: str) -> str:
    return re.sub(r"[^A-Z0-9#]", "", number).replace("INVOICE", "INV")


@lru_cache(maxsize=262_144)
def reference_key(reference: str) -> str:
    """An item's own number in the form of `document_numbers`; "" where it is too short to prove anything."""
    key = _plain(reference.upper())
    return key if sum(sign.isdigit() for sign in key) >= 3 and len(key) >= 4 else ""


def is_marked(number: str) -> bool:
    """The number says by letters or a sign that it is a document's, unlike the bare numbers of terminals."""
    return bool(_MARKED.match(number))


def neighbours_swapped(number: str) -> list[str]:
    """The number with two neighbouring digits in the other order, every way."""
    return [
        number[:i] + number[i + 1] + number[i] + number[i + 2 :]
        for i in range(len(number) - 1)
        if number[i] != number[i + 1] and number[i].isdigit() and number[i + 1].isdigit()
    ]


def name_similarity(left: Sequence[str], right: Sequence[str]) -> Floats:
    """How alike two columns of name keys are, pair by pair: 0 … 1, or NO_NAME where one is empty.

    The best of: edit similarity; the same after cutting to the shorter (banks cut names); words in another order or
    left out; initials. rapidfuzz measures them in bulk.
    """
    if not len(left):
        return np.zeros(0)
    heads = [min(len(a), len(b)) for a, b in zip(left, right, strict=True)]
    cut_left = [a[:n] for a, n in zip(left, heads, strict=True)]
    cut_right = [b[:n] for b, n in zip(right, heads, strict=True)]
    whole = _similar(left, right, fuzz.ratio)
    cut = np.where(np.array(heads) >= 5, _similar(cut_left, cut_right, fuzz.ratio), 0.0)
    words = np.where(np.array(heads) >= 5, 0.95 * _similar(left, right, fuzz.token_set_ratio), 0.0)
    short = np.array([_is_short_form(a, b) for a, b in zip(left, right, strict=True)], np.float64)
    best = np.maximum.reduce([whole, 0.98 * cut, words, 0.8 * short])
    return np.where(np.array(heads) > 0, best, NO_NAME)


def _similar(left: Sequence[str], right: Sequence[str], scorer: Any) -> Floats:
    return np.asarray(process.cpdist(left, right, scorer=scorer, workers=1), np.float64) / 100


def _is_short_form(left: str, right: str) -> bool:
    """One side is the first word of the other, or its initials (a company form at the end may be missing)."""
    short, long = sorted((left, right), key=len)
    if not 2 <= len(short) < len(long) or short[0] != long[0]:
        return False
    words = long.split()
    if words[0] == short:
        return True
    initials = "".join(word[0] for word in words)
    letters = re.sub(r"[^A-Z]", "", short)
    return len(initials) > 1 and letters[: len(initials)] == initials and len(letters) <= len(initials) + 1


@lru_cache(maxsize=262_144)
def speaks_of_transfer(text: str) -> bool:
    """The bank's text has a word of own transfers or card payments."""
    return bool(_TRANSFER.search(text.upper()))


@lru_cache(maxsize=262_144)
def account_tails(text: str) -> frozenset[str]:
    """Four digits standing alone in a text, as banks print the end of the other account's number."""
    return frozenset(_TAIL.findall(text.upper()))
