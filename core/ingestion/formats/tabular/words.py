"""What words in headers and cells mean. The words themselves stand in words.toml."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
_NO_ACCENT_FORM = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "Ae", "ı": "i", "đ": "d", "ð": "d", "þ": "th"}
)


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Lower case, no accents, every run of other characters one space: "Naam / Omschrijving" → "naam omschrijving"."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text.translate(_NO_ACCENT_FORM))
    # Hangul is taken apart by NFKD as letters with accents are, and has to be put together again.
    plain = unicodedata.normalize("NFC", "".join(c for c in plain.casefold() if not unicodedata.combining(c)))
    return re.sub(r"[\W_]+", " ", plain).strip()


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_HEADERS = {
    role: (_any_of(words["whole"]), _any_of(words["part"]), _any_of(words["never"]))
    for role, words in _WORDS["headers"].items()
}
_PARENS = re.compile(r"\s*[(\[（]([^)\]）]*)[)\]）]")
# The currency behind a header's word, which says nothing of the column's role: "Gutschrift in CHF", "Débit euros".
_UNIT = re.compile(
    r"\s+(?:(?:in|en)\s+)?(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|RSD|RUB|UAH|TRY|ILS|AED|SAR|QAR|KWD|EGP"
    r"|MAD|ZAR|NGN|KES|INR|PKR|LKR|BDT|SGD|HKD|MYR|IDR|THB|PHP|VND|JPY|CNY|KRW|TWD|AUD|NZD|CAD|BRL|MXN|ARS|CLP|COP|PEN"
    r"|[Ee]uros?|EUROA?|[€£$])\s*$"
)


@lru_cache(maxsize=4096)
def header_roles(header: str) -> dict[str, int]:
    """Which roles a header's words speak for, with their weight: 4 the whole header, 2 a part of it."""
    whole, core = fold(header), fold(_UNIT.sub("", _PARENS.sub(" ", header)))
    found: dict[str, int] = {}
    for role, (exact, part, never) in _HEADERS.items():
        if exact.fullmatch(whole) or (exact.fullmatch(core) and not never.search(whole)):
            found[role] = 4
        elif part.search(whole) and not never.search(whole):
            found[role] = 2
    return found


def header_currency(header: str, codes: frozenset[str]) -> str:
    """The code that a header names: "Amount (EUR)", "Betrag in EUR", "Paid Out (SEK)"; "" where it names none."""
    for inner in _PARENS.findall(header):
        if inner.strip().upper() in codes and len(inner.strip()) == 3:
            return str(inner.strip().upper())
        if inner.strip() in ("€", "£"):
            return {"€": "EUR", "£": "GBP"}[inner.strip()]
    words = re.findall(r"\b[A-Z]{3}\b", header)
    if named := next((word for word in words if word in codes and len(words) == 1 and word != header.strip()), ""):
        return named
    return "EUR" if re.search(r"\w\W+euro[as]?$", fold(header)) else ""


_CENTS = re.compile(r"(?<!per )\b(?:euro ?|us )?(?:cents?|pence|centimes|centavos|centesimi|minor(?: units?)?)\b")


@lru_cache(maxsize=4096)
def counts_in_hundredths(header: str) -> bool:
    """Whether a header says that its amounts are whole numbers of cents: "amount_cents", "Amount (pence)"."""
    return bool(_CENTS.search(fold(header)))


_OUT = frozenset(_WORDS["directions"]["out"])
_IN = frozenset(_WORDS["directions"]["in"])

_SIGNS = {"+": 1, "-": -1, "\u2212": -1}


def direction_of(word: str) -> int:
    """1 for a word or sign that says money in, -1 for money out, 0 for any other."""
    if word in _SIGNS:
        return _SIGNS[word]
    plain = fold(word)
    return 1 if plain in _IN else -1 if plain in _OUT else 0


_OUT_TEXT = re.compile(rf"\b(?:{'|'.join(_WORDS['texts']['out'])})\b")
_IN_TEXT = re.compile(rf"\b(?:{'|'.join(_WORDS['texts']['in'])})\b")


def text_direction(text: str) -> int:
    """What the words of a line suggest: 1 money in, -1 money out, 0 nothing or both."""
    plain = fold(text)
    return bool(_IN_TEXT.search(plain)) - bool(_OUT_TEXT.search(plain))


_REPAID_TEXT = _any_of(_WORDS["texts"]["repaid"])


def is_repayment(text: str) -> bool:
    """Whether a line thanks for a payment or says that it arrived, as those do that pay a card off."""
    return bool(_REPAID_TEXT.search(fold(text)))


_PENDING = _any_of(_WORDS["status"]["pending"])
_VOID = _any_of(_WORDS["status"]["void"])
_SETTLED = _any_of(_WORDS["status"]["settled"])
# "not booked", "unposted", "nicht gebucht", "non contabilizzato": a word for booked, denied.
_UNSETTLED = re.compile(
    r"\b(?:not(?: yet)?|nicht|noch nicht|non|nie|niet|ikke|ej|inte)\s(?:\w+\s)?"
    r"(?:booked|posted|settled|completed?|gebucht|contabilizzat[oa]|comptabilisee?|geboekt|bokfort|bogfort)\b"
    r"|\b(?:un(?:booked|posted|settled)|ungebucht)\b"
)


def status_kind(word: str) -> str:
    """ "pending" where a status says that the line waits, "unbooked" that it is not booked, "void" never, else ""."""
    plain = fold(word)
    if _UNSETTLED.search(plain):
        return "unbooked"
    if _SETTLED.search(plain):
        return ""
    return "void" if _VOID.search(plain) else "pending" if _PENDING.search(plain) else ""


_STATUS = re.compile("|".join(f"(?:{each.pattern})" for each in (_UNSETTLED, _SETTLED, _VOID, _PENDING)))
_NO_STATUS = frozenset({"true", "false"})


@lru_cache(maxsize=4096)
def is_status(word: str) -> bool:
    """Whether a whole cell is a word that says whether a line is booked, whatever the header above it."""
    plain = fold(word)
    return plain not in _NO_STATUS and bool(_STATUS.fullmatch(plain))


_OPENING = _any_of(_WORDS["balances"]["opening"])
_CLOSING = _any_of(_WORDS["balances"]["closing"])


def balance_kind(text: str) -> str:
    """ "opening" or "closing" where the text names such a balance, else ""."""
    plain = fold(text)
    return "opening" if _OPENING.search(plain) else "closing" if _CLOSING.search(plain) else ""


_BALANCE_WORDS = re.compile(
    r"balance|saldo|kontostand|solde|egyenleg|zustatek|zostatok|stav|stanje|jaak|atlikums|likutis|остаток|余额|残高"
    r"|bakiye(?:si)?|forward|ubertrag|bal\b|fwd|^[bc] f$"
)
_TOTAL_WORDS = re.compile(
    r"(?:grand |sub ?)?totals?|summen?|zwischensumme|gesamt\w*|totale|totaal|итого|обороты?|suma|celkem|razem|osszesen"
    r"|合计|小计|合計|toplam|turnover|umsatze?|carry over"
    r"|kaive|apgrozijums|apyvarta|obraty?|promet|ukupno|yhteensa|i alt|transaction totals?|totals? transactions?"
)
_LONGEST_BALANCE = 60
_SPREAD = re.compile(r"\b[^\W\d_](?: [^\W\d_]){3,}\b")  # "S A L D O"


@lru_cache(maxsize=4096)
def states_balance(text: str) -> bool:
    """Whether a text is the name of an opening or closing balance or of a total, not the text of a line."""
    plain = _unspread(text)
    return bool(_TOTAL_WORDS.fullmatch(_letters(plain)) or (balance_kind(plain) and _BALANCE_WORDS.search(plain)))


@lru_cache(maxsize=4096)
def may_be_sum(text: str) -> bool:
    """Whether a text is no more than "Total" or "Balance", which shops and means of payment are called, too."""
    words = _letters(_unspread(text))
    return bool(_TOTAL_WORDS.fullmatch(words) or _BALANCE_WORDS.fullmatch(words))


def _unspread(text: str) -> str:
    """The folded text with "s a l d o" as one word; "" where it is too long to be a name."""
    plain = fold(text) if len(text) <= _LONGEST_BALANCE else ""
    return _SPREAD.sub(lambda spread: spread[0].replace(" ", ""), plain)


def _letters(plain: str) -> str:
    return re.sub(r"[\d ]+", " ", plain).strip()


CURRENCY_NAMES = {
    "人民币": "CNY",
    "rmb": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "日元": "JPY",
    "英镑": "GBP",
    "euro": "EUR",
    "us dollar": "USD",
    "руб": "RUB",
    "円": "JPY",
    "원": "KRW",
    "zloty": "PLN",
}
