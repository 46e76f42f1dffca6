"""What words in tables of open items mean. The words themselves stand in words.toml."""

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.ingestion.formats.tabular.words import fold

_WORDS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
_NOTHING = "(?!)"
_PARENS = re.compile(r"\s*[(\[][^)\]]*[)\]]")


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or _NOTHING)


_WHOLE = {
    role: {word: 5 - at / len(of["whole"]) for at, word in enumerate(of["whole"])}
    for role, of in _WORDS["headers"].items()
}
_PART = {role: (_any_of(of["part"]), _any_of(of["never"])) for role, of in _WORDS["headers"].items()}
_KINDS: dict[str, str] = {word: kind for kind, words in _WORDS["kinds"].items() for word in words}
_FILES = {kind: re.compile(rf"\b(?:{'|'.join(words)})(?!\w)") for kind, words in _WORDS["files"].items()}
_PAID, _VOID = _any_of(_WORDS["statuses"]["paid"]), _any_of(_WORDS["statuses"]["void"])
_TOTAL, _FORWARD = _any_of(_WORDS["rows"]["total"]), _any_of(_WORDS["rows"]["forward"])
_PROCESSORS = {fold(name): name for name in _WORDS["processors"]["names"]}


@lru_cache(maxsize=4096)
def item_roles(header: str) -> dict[str, float]:
    """Which roles a header's words speak for, with their weight: above 4 the whole header, 2 a part of it.

    Of whole headers those that say more weigh more: "Invoice date" before "Date".
    """
    whole, core = fold(header), fold(_PARENS.sub(" ", header))
    found: dict[str, float] = {}
    for role, words in _WHOLE.items():
        part, never = _PART[role]
        if weight := words.get(whole) or words.get(core):
            found[role] = weight
        elif part.search(whole) and not never.search(whole):
            found[role] = 2
    return found


def kind_word(text: str) -> str:
    """What a word of a type column says: invoice, bill, credit, bill_credit, payout, payroll, payment; "" unknown."""
    return _KINDS.get(fold(text), "")


def kinds_spoken_for(text: str) -> set[str]:
    """The kinds (invoice, bill, payout, payroll) that the words of a title, a header or a file's name speak for."""
    plain = fold(text)
    return {kind for kind, words in _FILES.items() if words.search(plain)}


def is_paid(status: str) -> bool:
    return bool(_PAID.fullmatch(fold(status)))


def is_void(status: str) -> bool:
    """Whether a status says that nothing is expected: void, draft, failed."""
    return bool(_VOID.fullmatch(fold(status)))


def is_total(text: str) -> bool:
    """Whether a row that begins so adds others up."""
    return bool(_TOTAL.fullmatch(fold(text)))


def is_forward(text: str) -> bool:
    """Whether a row that begins so states a balance from before or after."""
    return bool(_FORWARD.fullmatch(fold(text)))


def processor_in(text: str) -> str:
    """The payment processor that a text names; "" where it names none or several."""
    words = set(fold(text).split())
    found = {name for plain, name in _PROCESSORS.items() if plain in words}
    return found.pop() if len(found) == 1 else ""
