"""Lines that pay a part of an item whose number they quote; the rest stays open."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from core.matching.calibration import share_right
from core.matching.candidates import EARLIEST
from core.matching.evidence import CLEAR_NAME
from core.matching.reading import day_numbers
from core.matching.texts import name_key, name_similarity, read_text, reference_key
from core.matching.values import BankLines, Decision, OpenItems
from core.money import decimal_text

LATEST = 180  # days from the item to a payment on account
PART = "part"  # the kind under which scores are calibrated
_NAMED, _NAMELESS = 0.98, 0.5  # stated scores: the number agrees, and the name does or does not


@dataclass(frozen=True, slots=True)
class PartPayment:
    """A line and the item that it pays in part (positions as given); all of the line is of the item.

    `stated` is the weight that decided, `score` the share of like ones that were right.
    """

    line: int
    item: int
    stated: float
    score: float
    reason: str
    decision: Decision


def find_part_payments(
    lines: BankLines, items: OpenItems, *, excluded: Collection[tuple[str, str]] = ()
) -> list[PartPayment]:
    """Lines of less than what is open of the one item whose number they quote, the earliest lines first.

    Automatic where the name agrees as well. What several lines pay comes to less than the item: those that pay it
    whole are found before (groups.py).

    Args:
        lines, items: what nothing else explains.
        excluded: keys of a line and an item that a person has said do not belong together.
    """
    holders: dict[str, list[int]] = defaultdict(list)
    for item, references in enumerate(items.references):
        for number in {key for reference in references if (key := reference_key(reference))}:
            holders[number].append(item)
    line_day, item_day = day_numbers(lines.booked_on), day_numbers(items.issued_on)
    left = items.amount_minor.tolist()
    found: list[PartPayment] = []
    for line in sorted(range(len(lines)), key=lambda row: (int(line_day[row]), lines.key[row])):
        if lines.transfers_only and lines.transfers_only[line]:
            continue
        quoted = {item for number in read_text(lines.text[line])[1] for item in holders.get(number, ())}
        if len(quoted) != 1:
            continue
        (item,) = quoted
        paid = int(lines.amount_minor[line])
        if (
            _same_account(lines, items, line, item)
            and EARLIEST <= int(line_day[line] - item_day[item]) <= LATEST
            and (0 < paid < left[item] or left[item] < paid < 0)
            and (lines.key[line], items.key[item]) not in excluded
        ):
            found.append(_described(lines, items, line, item, left[item]))
            left[item] -= paid
    return found


def _same_account(lines: BankLines, items: OpenItems, line: int, item: int) -> bool:
    return items.account[item] in ("", lines.account[line]) and items.currency[item] == lines.currency[line]


def _described(lines: BankLines, items: OpenItems, line: int, item: int, open_minor: int) -> PartPayment:
    named = _is_named(lines, items, line, item)
    decision = Decision.AUTO if named else Decision.SUGGEST
    paid, whole = (
        decimal_text(abs(minor), lines.currency[line]) for minor in (int(lines.amount_minor[line]), open_minor)
    )
    reason = f"Pays {paid} of {whole}, its number is in the text, {'same name' if named else 'another name'}."
    stated = _NAMED if named else _NAMELESS
    return PartPayment(line, item, stated, share_right(PART, decision, stated), reason, decision)


def _is_named(lines: BankLines, items: OpenItems, line: int, item: int) -> bool:
    wanted = name_key(items.counterparty[item])
    said = [name for name in (name_key(lines.text[line]), name_key(lines.counterparty[line])) if name]
    if not wanted or not said:
        return False
    alike = name_similarity(said, [wanted] * len(said))
    return bool(alike.max() >= CLEAR_NAME)
