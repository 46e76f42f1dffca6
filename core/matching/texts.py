"""What bank texts and book items say about each other: names, document numbers, words of transfers, account tails."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix

from core.matching.values import Integers

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

STEM = 4  # first letters by which words are compared
TELLING = 4.0  # weight that the words of a name need together to say anything: one word that 1 name in 55 has
_PAIRS_AT_ONCE = 500_000  # of the sparse product, to bound memory
SHORT_FORM = 0.8  # similarity of a name and its initials or its first word alone
STARTS_ALIKE = 0.8
NO_NAME = -1.0  # similarity where one side names nobody

_WORD = re.compile(r"[^\W_]+(?:[&'.-][^\W_]+)*", re.UNICODE)
_OPENING = re.compile(
    r"(?:ACH|BACS|BANK|BILL|BILLPAY|CARD|CCD|CHECKCARD|CHEQUE|CREDIT|DEBIT|DEPOSIT|DIRECT|EFT|ELECTRONIC|FASTER|FPI|FPO"
    r"|FROM|GIRO|INCOMING|MOBILE|ONLINE|ORDER|OUTGOING|PAYMENT|PMT|POS|PPD|PURCHASE|RECEIVED|RECURRING|SEPA|STANDING|TO"
    r"|VISA|WIRE|WITHDRAWAL|ZELLE)"
)
_FORM = re.compile(r"(?:AG|BV|CO|COMPANY|CORP|CORPORATION|GMBH|INC|LIMITED|LLC|LLP|LP|LTD|NV|PLC|PTY|SA)\.?")
# A document number: digits, perhaps in groups, behind letters or a sign; or bare digits behind a word that says so.
_NUMBER = re.compile(
    r"(?<![A-Z0-9])(?:#?[A-Z]{1,6}[-/]?|#|\b(?:INVOICE|INV|BILL|ORDER|REF|RE|NO)[ .:#]{1,2}(?=\d))?"
    r"(?:\d+[-/])*\d{3,}(?![A-Z0-9])",
    re.ASCII,
)
_MASK = re.compile(r"X+\d")
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
    """The number says by letters or a sign that it is a document's, unlike bare or masked ones (XXXX4705)."""
    return bool(_MARKED.match(number)) and not _MASK.match(number)


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
    best = np.maximum.reduce([whole, 0.98 * cut, words])
    for pair in np.flatnonzero(best < SHORT_FORM).tolist():
        if _is_short_form(left[pair], right[pair]):
            best[pair] = SHORT_FORM
    return np.where(np.array(heads) > 0, best, NO_NAME)


def starts_alike(left: Sequence[str], right: Sequence[str]) -> Bools:
    """Pair by pair: cut to the shorter one, the names are alike."""
    heads = [min(len(a), len(b)) for a, b in zip(left, right, strict=True)]
    cut_left = [a[:n] for a, n in zip(left, heads, strict=True)]
    cut_right = [b[:n] for b, n in zip(right, heads, strict=True)]
    return np.asarray(_similar(cut_left, cut_right, fuzz.ratio) >= STARTS_ALIKE, np.bool_)


def _similar(left: Sequence[str], right: Sequence[str], scorer: Any) -> Floats:
    return np.asarray(process.cpdist(left, right, scorer=scorer, workers=1), np.float64) / 100


def _is_short_form(left: str, right: str) -> bool:
    """One side is the first word of the other, or its initials (a company form at the end may be missing)."""
    if left[:1] != right[:1]:
        return False
    short, long = (left, right) if len(left) < len(right) else (right, left)
    if not 2 <= len(short) < len(long):
        return False
    words = long.split()
    if words[0] == short:
        return True
    initials = "".join(word[0] for word in words)
    letters = re.sub(r"[^A-Z]", "", short)
    return len(initials) > 1 and letters[: len(initials)] == initials and len(letters) <= len(initials) + 1


def words_shared(left: Sequence[str], right: Sequence[str], a: Integers, b: Integers) -> Floats:
    """Of the words of name b how much stands in name a, pair by pair: 0 … 1.

    Words count by how rare they are among all these names, so that "family" or "company" says little and a surname
    much; they are compared by their first letters, because banks cut them. A name of common words alone stays low.

    Args:
        a, b: positions in `left` and `right`, a pair each.
    """
    words = [[stems(name) for name in names] for names in (left, right)]
    known = Counter(stem for names in words for stems in names for stem in stems)
    place = {stem: column for column, stem in enumerate(known)}
    total = len(left) + len(right)
    weight = np.array([np.log(total / count) + 0.1 for count in known.values()])
    has, asks = (_table(names, place) for names in words)
    asks = asks.multiply(weight[np.newaxis, :]).tocsr() if len(weight) else asks
    asked = np.asarray(asks.sum(axis=1)).ravel()
    shared = np.zeros(len(a))
    for start in range(0, len(a), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        shared[part] = np.asarray(has[a[part]].multiply(asks[b[part]]).sum(axis=1)).ravel()
    return np.asarray(shared / np.maximum(asked[b], TELLING), np.float64)


def stems(name: str) -> list[str]:
    """The words of a name by their first letters, each once; words of one or two letters say nothing."""
    return list(dict.fromkeys(word[:STEM] for word in name.split() if len(word) > 2))


def _table(names: Sequence[Sequence[str]], place: dict[str, int]) -> Any:
    """A row a name, a column a stem, 1 where the name has it."""
    rows = [row for row, stems in enumerate(names) for _ in stems]
    columns = [place[stem] for stems in names for stem in stems]
    ones = np.ones(len(rows))
    return csr_matrix((ones, (rows, columns)), shape=(len(names), len(place)))  # type: ignore[no-untyped-call]


@lru_cache(maxsize=262_144)
def speaks_of_transfer(text: str) -> bool:
    """The bank's text has a word of own transfers or card payments."""
    return bool(_TRANSFER.search(text.upper()))


@lru_cache(maxsize=262_144)
def account_tails(text: str) -> frozenset[str]:
    """Four digits standing alone in a text, as banks print the end of the other account's number."""
    return frozenset(_TAIL.findall(text.upper()))
