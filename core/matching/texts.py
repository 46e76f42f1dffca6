"""What bank texts and book items say about each other: names, document numbers, words of transfers, account tails."""

import re
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from core.matching.values import Integers

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

SHORT_FORM = 0.8  # similarity of a name and its initials or its first word alone
STARTS_ALIKE = 0.8
HEAD = 5  # letters of the shorter name from which it is compared with the start of the longer
WORKERS = 2  # threads of rapidfuzz, which holds no lock
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
    r"((?<![A-Z0-9])(?:#?[A-Z]{1,6}[-/]?|#|\b(?:INVOICE|INV|BILL|ORDER|REF|RE|NO)[ .:#]{1,2}(?=\d))?"
    r"(?:\d+[-/])*\d{3,}(?![A-Z0-9]))",
    re.ASCII,
)
_DIGITS = re.compile(r"[0-9]{3}")  # in every document number
_SIGNS = re.compile(r"[^A-Z0-9#]")
_THREE_DIGITS = re.compile(r"(?:[^0-9]*[0-9]){3}")
_MASK = re.compile(r"X+\d")
_MARKED = re.compile(r"#|[A-Z]")
_TRANSFER = re.compile(
    r"\b(?:TRANSFERS?|TRF|TFR|XFER|XFR|TRSF|UMBUCHUNG|VIREMENT|INTERNAL|OWN ACCOUNT|SWEEP|PAYOFF|THANK YOU|PYMT"
    r"|(?:TO|FROM) (?:SAV|SAVINGS|CHK|CHECKING|SHARE)|PAYMENT RECEIVED|(?:CARD|AUTOMATIC|ONLINE|MOBILE) PAYMENT"
    r"|CREDIT CARD|CRD EPAY|E-?PAY(?:MENT)?|AUTO ?PAY|DIRECTPAY|CARDMEMBER|CARD SERV\w*)\b"
)
_TAIL = re.compile(r"(?<!\d)(?:[X*.…]+ ?)?(\d{4})(?!\d)")


def read_text(text: str) -> tuple[str, tuple[str, ...]]:
    """The name and the document numbers in a text, by `name_key` and `document_numbers`, in one go."""
    parts = _NUMBER.split(text.upper()) if _DIGITS.search(text) else [text.upper()]
    return _name(" ".join(parts[::2])), tuple(dict.fromkeys(map(_plain, parts[1::2])))


def name_key(text: str) -> str:
    """The name in a bank text or of an item: upper case, without payment words, company forms and numbers."""
    return read_text(text)[0]


def _name(text: str) -> str:
    words = [word for word in _WORD.findall(text) if word.isalpha() or not _is_number(word)]
    start, end = 0, len(words)
    while start < end - 1 and _OPENING.fullmatch(words[start]):
        start += 1
    while end > start + 1 and _FORM.fullmatch(words[end - 1]):
        end -= 1
    return " ".join(words[start:end])


def _is_number(word: str) -> bool:
    return sum(map(str.isdigit, word)) * 2 > len(word)


def document_numbers(text: str) -> tuple[str, ...]:
    """Document numbers in a text as letters and digits only: "RE-2044/INV 17" has RE2044 and INV17.

    A number is at least four digits alone, or digits marked by letters or a sign before them, which then are kept.
    """
    return read_text(text)[1]


def _plain(number: str) -> str:
    letters = number if number.isalnum() and number.isascii() else _SIGNS.sub("", number)
    return letters.replace("INVOICE", "INV")


def reference_key(reference: str) -> str:
    """An item's own number in the form of `document_numbers`; "" where it is too short to prove anything."""
    key = _plain(reference.upper())
    return key if len(key) >= 4 and _THREE_DIGITS.match(key) else ""


def is_marked(number: str) -> bool:
    """The number says by letters or a sign that it is a document's, unlike bare or masked ones (XXXX4705)."""
    return bool(_MARKED.match(number)) and not _MASK.match(number)


def name_similarity(left: Sequence[str], right: Sequence[str]) -> Floats:
    """How alike two columns of name keys are, pair by pair: 0 … 1, or NO_NAME where one is empty.

    The best of: edit similarity; the same after cutting to the shorter (banks cut names); words in another order or
    left out; initials. rapidfuzz measures them in bulk.
    """
    if not len(left):
        return np.zeros(0)
    whole = _similar(left, right, fuzz.ratio)
    heads = [min(len(a), len(b)) for a, b in zip(left, right, strict=True)]
    more = np.flatnonzero((whole < 1.0) & (np.array(heads) >= HEAD)).tolist()  # equal names need no second look
    a, b, n = [left[pair] for pair in more], [right[pair] for pair in more], [heads[pair] for pair in more]
    cut = _similar(_cut(a, n), _cut(b, n), fuzz.ratio)
    best = whole.copy()
    best[more] = np.maximum.reduce([whole[more], 0.98 * cut, 0.95 * _similar(a, b, fuzz.token_set_ratio)])
    for pair in np.flatnonzero((best < SHORT_FORM) & _same_initial(left, right)).tolist():
        if _is_short_form(left[pair], right[pair]):
            best[pair] = SHORT_FORM
    return np.where(np.array(heads) > 0, best, NO_NAME)


def starts_alike(left: Sequence[str], right: Sequence[str], a: Integers, b: Integers) -> Bools:
    """Of the names a on the left and b on the right, pair by pair: cut to the shorter one, they are alike."""
    lengths = [np.array([len(name) for name in names], np.int64) for names in (left, right)]
    heads = np.minimum(lengths[0][a], lengths[1][b])
    least = 100 * STARTS_ALIKE  # tells the measure to give up early
    return _similar(_heads(left, a, heads), _heads(right, b, heads), fuzz.ratio, least) >= STARTS_ALIKE


def _heads(names: Sequence[str], places: Integers, lengths: Integers) -> list[str]:
    """The first letters of the names at these places; pairs are many and heads few, so each is cut once."""
    width = int(lengths.max(initial=0)) + 1
    distinct, which = np.unique(places * width + lengths, return_inverse=True)
    heads = np.array([names[place // width][: place % width] for place in distinct.tolist()], np.object_)
    return cast(list[str], heads[which].tolist())


def _cut(names: Sequence[str], lengths: Sequence[int]) -> list[str]:
    return [name[:length] for name, length in zip(names, lengths, strict=True)]


def _same_initial(left: Sequence[str], right: Sequence[str]) -> Bools:
    return np.array([a[:1] == b[:1] for a, b in zip(left, right, strict=True)], np.bool_)


def _similar(left: Sequence[str], right: Sequence[str], scorer: Any, least: float | None = None) -> Floats:
    """0 … 1, pair by pair; 0 where it is below `least` percent."""
    found = process.cpdist(left, right, scorer=scorer, score_cutoff=least, workers=WORKERS)
    return np.asarray(found, np.float64) / 100


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


def speaks_of_transfer(text: str) -> bool:
    """The bank's text has a word of own transfers or card payments."""
    return bool(_TRANSFER.search(text.upper()))


def account_tails(text: str) -> frozenset[str]:
    """Four digits standing alone in a text, as banks print the end of the other account's number."""
    return frozenset(_TAIL.findall(text.upper()))
