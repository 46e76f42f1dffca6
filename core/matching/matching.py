"""The whole matching of one company's free lines and items: pure, bounded in time, the same for any order of rows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from core.matching.candidates import settlement_pairs, transfer_pairs
from core.matching.choosing import CERTAIN, WORTH, probabilities
from core.matching.evidence import settlement_evidence, transfer_evidence
from core.matching.paid_twice import paid_twice
from core.matching.payouts import find_payouts
from core.matching.proposing import Pairs
from core.matching.taking import Choice
from core.matching.texts import Floats
from core.matching.values import BankLines, Integers, Kind, Matching, OpenItems, OwnAccounts, ProposedMatch


def find_matches(
    lines: BankLines,
    items: OpenItems,
    *,
    own: OwnAccounts | None = None,
    excluded: Collection[frozenset[str]] = (),
) -> Matching:
    """Propose which lines settle which items and which are the two sides of a transfer between own accounts.

    Args:
        own: what texts may say of the company's own accounts.
        excluded: groups of keys (of lines and items) that a person has said do not belong together.

    Returns:
        Positions refer to the rows as given. Every line and every item is in one match or open. A match is automatic
        only when a name, number or word ties it and nothing else comes near; ties are suggestions.
    """
    line_order, item_order = _by_key(lines.key), _by_key(items.key)
    sorted_lines, sorted_items = lines.at(line_order), items.at(item_order)
    settlements, transfers = _weighed(sorted_lines, sorted_items, own or OwnAccounts(), excluded)
    payouts = [
        payout
        for payout in find_payouts(sorted_lines, sorted_items)
        if frozenset([sorted_lines.key[payout.line], *(sorted_items.key[i] for i in payout.items)]) not in excluded
    ]
    chosen = Choice(sorted_lines, sorted_items)
    chosen.take_pairs(transfers, least=CERTAIN)
    chosen.take_payouts(payouts, exact=True)
    chosen.take_pairs(transfers, least=0.5)
    chosen.take_pairs(settlements.of(settlements.evidence.clear), least=CERTAIN)
    chosen.search_groups(settlements, excluded)
    chosen.take_groups(least=0.5)
    chosen.take_pairs(settlements, least=WORTH)
    chosen.take_groups(least=WORTH)
    chosen.take_payouts(payouts, exact=False)
    chosen.take_pairs(transfers, least=WORTH)
    found = chosen.result([settlements, transfers])
    notes = paid_twice(sorted_lines, found.matches, found.open_lines)
    return _in_given_order(replace(found, notes=notes), line_order, item_order)


def _weighed(
    lines: BankLines, items: OpenItems, own: OwnAccounts, excluded: Collection[frozenset[str]]
) -> tuple[Pairs, Pairs]:
    """Settlement and transfer pairs with probabilities; what else a line could be counts against both."""
    i, j = _allowed(settlement_pairs(lines, items), lines.key, items.key, excluded)
    a, b = _allowed(transfer_pairs(lines), lines.key, lines.key, excluded)
    settles, moves = settlement_evidence(lines, items, i, j), transfer_evidence(lines, own, a, b)
    count = len(lines)
    settling = _total(i, settles.weight, count)
    moving = _total(a, moves.weight, count) + _total(b, moves.weight, count)
    return (
        Pairs(Kind.SETTLEMENT, i, j, settles, probabilities(settles.weight, i, j, moving, np.zeros(len(items)))),
        Pairs(Kind.TRANSFER, a, b, moves, probabilities(moves.weight, a, b, settling, settling)),
    )


def _total(rows: Integers, weight: Floats, count: int) -> Floats:
    """Sum of the weights of each of `count` rows."""
    return np.asarray(np.bincount(rows, weight, minlength=count), np.float64) if len(rows) else np.zeros(count)


def _allowed(
    pairs: tuple[Integers, Integers], left: Sequence[str], right: Sequence[str], excluded: Collection[frozenset[str]]
) -> tuple[Integers, Integers]:
    i, j = pairs
    of_left = {key: row for row, key in enumerate(left)}
    of_right = {key: row for row, key in enumerate(right)}
    width = max(len(right), 1)
    barred = [
        of_left[a] * width + of_right[b]
        for group in excluded
        if len(group) == 2
        for a, b in permutations(group)
        if a in of_left and b in of_right
    ]
    kept = ~np.isin(i * width + j, np.array(barred, np.int64))
    return i[kept], j[kept]


def _by_key(keys: Sequence[str]) -> Integers:
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def _in_given_order(found: Matching, line_order: Integers, item_order: Integers) -> Matching:
    line, item = line_order.tolist(), item_order.tolist()

    def placed(match: ProposedMatch) -> ProposedMatch:
        lines, items = tuple(line[row] for row in match.lines), tuple(item[row] for row in match.items)
        return ProposedMatch(
            lines, items, match.kind, match.score, match.difference_minor, match.reason, match.decision
        )

    return Matching(
        tuple(map(placed, found.matches)),
        tuple(sorted(line[row] for row in found.open_lines)),
        tuple(sorted(item[row] for row in found.open_items)),
        tuple(map(placed, found.alternatives)),
        {line[row]: note for row, note in found.notes.items()},
    )
