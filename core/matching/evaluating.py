"""Measure matching on a set whose truth is known."""

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from core.matching.link_csv import TrueLink
from core.matching.links import Link, find_links, links_measured
from core.matching.matching import find_matches
from core.matching.reliability import reliability
from core.matching.runners_up import BEST_OF_LINE
from core.matching.set_csv import Group
from core.matching.values import BankLines, Decision, Matching, OpenItems, ProposedMatch
from core.money import decimal_text


def evaluate(
    lines: BankLines,
    items: OpenItems,
    truth: Sequence[Group] | None,
    true_links: Sequence[TrueLink] | None = None,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> dict[str, Any]:
    """Match and describe, ready for JSON; with the truth also how right it was.

    A match counts as right when it has exactly the lines and items of a group of the truth. `precision` and `recall`
    cover all matches, `auto_…` those that would be in force without a person; `suggest_recall_at_3` is the share of
    the groups that the automatic matches leave which are among the three best suggestions of one of their lines.
    `links` are part payments and refunds among what the matching left open; `links_measured` says how right they are.
    `brier` and `ece` say how true the scores of all matches are, `suggest_…` those of the suggestions alone.
    """
    started = clock()
    found = find_matches(lines, items)
    links = find_links(lines, items, found)
    seconds = clock() - started
    answer: dict[str, Any] = {
        "lines": len(lines), "items": len(items),
        "matches": [_described(match, lines, items) for match in found.matches],
        "alternatives": [_described(match, lines, items) for match in found.alternatives],
        "notes": {lines.key[line]: note for line, note in sorted(found.notes.items())},
        "links": [_link_described(link) for link in links],
        "open_lines": len(found.open_lines), "open_items": len(found.open_items), "seconds": round(seconds, 3),
    }  # fmt: skip
    if truth is not None:
        answer |= _measured(found, lines, items, truth)
    if true_links is not None:
        answer["links_measured"] = links_measured(links, true_links, truth or ())
    return answer


def _described(match: ProposedMatch, lines: BankLines, items: OpenItems) -> dict[str, Any]:
    return {
        "bank_ids": [lines.key[i] for i in match.lines],
        "item_ids": [items.key[j] for j in match.items],
        "kind": str(match.kind),
        "score": round(match.score, 4),
        "difference": decimal_text(match.difference_minor, lines.currency[match.lines[0]]),
        "reason": match.reason,
        "decision": str(match.decision),
    }


def _link_described(link: Link) -> dict[str, Any]:
    return {
        "bank_id": link.bank_id, "target_id": link.target_id, "kind": link.kind,
        "amount": decimal_text(link.minor, link.currency),
        "score": round(link.score, 4), "reason": link.reason, "decision": str(link.decision),
    }  # fmt: skip


def _group(match: ProposedMatch, lines: BankLines, items: OpenItems) -> Group:
    return frozenset(lines.key[i] for i in match.lines), frozenset(items.key[j] for j in match.items)


def _measured(found: Matching, lines: BankLines, items: OpenItems, truth: Sequence[Group]) -> dict[str, Any]:
    every = [_group(match, lines, items) for match in found.matches]
    auto = [_group(m, lines, items) for m in found.matches if m.decision is Decision.AUTO]
    true = set(truth)
    left = true - set(auto)
    near = left & _best_suggestions(found, lines, items)
    return {
        "true_matches": len(true),
        "precision": _share(_hits(every, true), len(every)),
        "recall": _share(_hits(every, true), len(true)),
        "auto_matches": len(auto),
        "auto_precision": _share(_hits(auto, true), len(auto)),
        "auto_recall": _share(_hits(auto, true), len(true)),
        "suggest_recall_at_3": _share(len(near), len(left)),
        **_scores_held_against(found, every, true),
        "by_kind": _by_shape(every, auto, true),
    }


def _scores_held_against(found: Matching, groups: Sequence[Group], true: Collection[Group]) -> dict[str, Any]:
    """How true the scores are; `groups` are those of the matches, in order."""
    seen = [(one.score, group in true, one.decision) for one, group in zip(found.matches, groups, strict=True)]
    doubtful = [(score, right) for score, right, decision in seen if decision is Decision.SUGGEST]
    whole = reliability([score for score, _, _ in seen], [right for _, right, _ in seen])
    part = reliability([score for score, _ in doubtful], [right for _, right in doubtful])
    return {
        "brier": whole["brier"], "ece": whole["ece"],
        "suggest_brier": part["brier"], "suggest_ece": part["ece"], "calibration": whole["bins"],
    }  # fmt: skip


def _best_suggestions(found: Matching, lines: BankLines, items: OpenItems) -> set[Group]:
    """The groups among the best suggestions of any of their lines."""
    by_line: dict[int, list[ProposedMatch]] = {}
    for match in (*found.matches, *found.alternatives):
        for line in match.lines:
            by_line.setdefault(line, []).append(match)
    best: set[Group] = set()
    for listed in by_line.values():
        ranked = sorted(listed, key=lambda match: -match.score)[:BEST_OF_LINE]
        best |= {_group(match, lines, items) for match in ranked}
    return best


def _by_shape(every: Sequence[Group], auto: Sequence[Group], true: Collection[Group]) -> dict[str, Any]:
    """The same figures by the shape of the group: "1:1", "1:n", "n:1", "n:m" or "transfer"."""
    shapes: dict[str, Any] = {}
    for shape in sorted({_shape(group) for group in (*every, *true)}):
        proposed, certain, wanted = (
            {group for group in groups if _shape(group) == shape} for groups in (every, auto, true)
        )
        shapes[shape] = {
            "true": len(wanted), "proposed": len(proposed), "auto": len(certain),
            "precision": _share(len(proposed & wanted), len(proposed)),
            "recall": _share(len(proposed & wanted), len(wanted)),
            "auto_precision": _share(len(certain & wanted), len(certain)),
            "auto_recall": _share(len(certain & wanted), len(wanted)),
        }  # fmt: skip
    return shapes


def _shape(group: Group) -> str:
    lines, items = group
    if not items:
        return "transfer"
    return f"{'1' if len(lines) == 1 else 'n'}:{'1' if len(items) == 1 else ('n' if len(lines) == 1 else 'm')}"


def _hits(groups: Iterable[Group], true: Collection[Group]) -> int:
    return sum(group in true for group in groups)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 5) if whole else None
