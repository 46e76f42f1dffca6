"""How Review writes what others wrote: payees and bank texts, without reading them as Markdown."""

import re
from collections.abc import Mapping, Sequence

from core.categorization.policy import Hold
from core.posting.bookings import WAITS_FOR_MATCH, WAITS_FOR_SECOND
from core.posting.group_detail import GroupDetail, PastLine
from core.posting.queue_filter import Level
from core.posting.reproposing import HELD as LIKE_DECIDED
from core.posting.turning_back import WAITS_FOR_PAYMENT
from models import Outcome
from ui.words import count, money

LEVEL_STATES = {Level.LIKELY: "likely", Level.UNSURE: "unsure", Level.GUESS: "guess", Level.NO_BASIS: "none"}
HOLDS: Mapping[str, str] = {
    Hold.NO_BASIS: "Nothing like it",
    Hold.ALWAYS_REVIEW: "Always reviewed",
    Hold.MATERIALITY: "Over the limit",
    Hold.NEW_COUNTERPARTY: "New payee",
    Hold.CONFIDENCE: "Not sure enough",
    Hold.SPLIT: "Split does not fit",
    Hold.TAX: "Tax code not in use",
    Hold.METHOD: "Held after errors",
    Hold.PAID_TWICE: "Paid twice?",
    Hold.ODD_AMOUNT: "Unusual amount",
    Hold.ODD_ACCOUNT: "Unusual account",
    Hold.ODD_DAY: "Unusual day and sum",
    WAITS_FOR_MATCH: "Suggested match",
    WAITS_FOR_SECOND: "Second person",
    WAITS_FOR_PAYMENT: "Payment comes first",
    LIKE_DECIDED: "Like line decided",
}
OUTCOMES = {
    Outcome.APPROVED: "Approved",
    Outcome.CORRECTED: "Changed",
    Outcome.SPLIT: "Split",
    Outcome.REJECTED: "Left out",
}


def evidence(text: str) -> str:
    """The text in code type, exactly as written, back-ticks included."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if "`" in text else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def why_it_waits(reason: str) -> str:
    """The hold reason in two or three words, for a cell."""
    return HOLDS.get(reason, sentence(reason).removesuffix("."))


def held(lines: int) -> str:
    """What became of lines that one person prepared, as a sentence."""
    waits, them = ("1 line waits", "it") if lines == 1 else (f"{lines:,} lines wait", "them")
    return f"{waits} for a second pair of eyes: you prepared {them}, so someone else has to approve {them}."


def sentence(text: str) -> str:
    """The words with a capital at the start and a full stop."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""


def measured(detail: GroupDetail) -> str:
    """What people decided on such lines, as a sentence; nothing where nobody did."""
    if not detail.decided:
        return ""
    lines = count(detail.decided, "such line")
    return f"Of {lines} a person decided, {detail.to_first:,} went to the first account."


def decided_by(past: PastLine) -> str:
    """Approved, Dana Whitfield."""
    word = OUTCOMES[past.outcome]
    return f"{word}, {past.decided_by}" if past.decided_by else word


def sizes(minor: Mapping[str, int]) -> str:
    """Amounts of one or several currencies for prose: $1,204.50 and €80.00."""
    return " and ".join(money(size, currency, sign=True) for currency, size in sorted(minor.items()))


def one_currency(currencies: Sequence[str]) -> str | None:
    """The currency that all share; None where they differ."""
    return currencies[0] if len(set(currencies)) == 1 else None
