"""What open lines refer to without settling it: items that they pay in part, earlier payments that they turn back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.matching.link_csv import TrueLink
from core.matching.money_back import Movements
from core.matching.part_payments import PART, find_part_payments
from core.matching.payouts import SALE_KINDS
from core.matching.refunds import REFUND, find_refunds
from core.matching.reliability import reliability
from core.matching.set_csv import Group
from core.matching.values import BankLines, Decision, Matching, OpenItems

_KINDS = {"refund": REFUND, "chargeback": REFUND, "part": PART}  # kinds of true links, by which they are found as


@dataclass(frozen=True, slots=True)
class Link:
    """By keys: a line and what it pays in part or turns back, by how much in the line's sign."""

    bank_id: str
    target_id: str
    kind: str  # REFUND or PART
    minor: int
    currency: str
    stated: float
    score: float
    reason: str
    decision: Decision


def find_links(lines: BankLines, items: OpenItems, found: Matching) -> list[Link]:
    """Part payments and refunds among what the matching left open; any line may be turned back."""
    free = list(found.open_lines)
    open_items = list(found.open_items)
    parts = find_part_payments(lines.at(free), items.at(open_items))
    links = [
        Link(
            lines.key[line := free[one.line]], items.key[open_items[one.item]], PART, int(lines.amount_minor[line]),
            lines.currency[line], one.stated, one.score, one.reason, one.decision,
        )
        for one in parts
    ]  # fmt: skip
    paying = {one.line for one in parts}
    later = Movements.of_lines(lines, [line for place, line in enumerate(free) if place not in paying])
    earlier = Movements.of_lines(lines)
    sold = [row for row, kind in enumerate(items.kind) if kind in SALE_KINDS and items.amount_minor[row] > 0]
    sales = Movements.of_items(items, sold)
    keys = [*earlier.key, *sales.key]
    return links + [
        Link(
            later.key[one.line], keys[one.target], REFUND, one.minor, later.currency[one.line], one.stated, one.score,
            one.reason, one.decision,
        )
        for one in find_refunds(later, earlier, sales)
    ]  # fmt: skip


def links_right(links: Sequence[Link], truth: Sequence[TrueLink], groups: Sequence[Group]) -> list[bool]:
    """Of each link whether it is true; also right is a part of an item that several lines pay whole.

    Args:
        groups: of lines and items that settle each other.
    """
    known = {(one.bank_id, one.target_id, _KINDS[one.kind], one.minor) for one in truth}
    parts = {(line, item) for lines, items in groups if len(items) == 1 for line in lines for item in items}
    return [
        (link.bank_id, link.target_id, link.kind, link.minor) in known
        or (link.kind == PART and (link.bank_id, link.target_id) in parts)
        for link in links
    ]


def links_measured(links: Sequence[Link], truth: Sequence[TrueLink], groups: Sequence[Group]) -> dict[str, Any]:
    """By true kind how many there are and how many of them were found, by found kind how many were right."""
    seen = list(zip(links, links_right(links, truth, groups), strict=True))
    of_line = {one.bank_id: one.kind for one in truth}
    figures: dict[str, Any] = {}
    for kind in sorted({one.kind for one in truth}):
        wanted = sum(one.kind == kind for one in truth)
        hits = [link.decision for link, right in seen if right and of_line.get(link.bank_id) == kind]
        auto = sum(decision is Decision.AUTO for decision in hits)
        figures[kind] = {"true": wanted, "recall": _share(len(hits), wanted), "auto_recall": _share(auto, wanted)}
    for kind in (REFUND, PART):
        found = [right for link, right in seen if link.kind == kind]
        auto_found = [right for link, right in seen if link.kind == kind and link.decision is Decision.AUTO]
        figures[f"found as {kind}"] = {
            "proposed": len(found), "precision": _share(sum(found), len(found)),
            "auto": len(auto_found), "auto_precision": _share(sum(auto_found), len(auto_found)),
        }  # fmt: skip
    scores = reliability([link.score for link in links], [right for _, right in seen])
    return figures | {"brier": scores["brier"], "ece": scores["ece"]}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None
