"""The whole matching of one company's free lines and items: pure, bounded in time, the same for any order of rows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import permutations

import numpy as np

from core.matching.background import Background
from core.matching.calibration import calibrated
from core.matching.candidates import settlement_pairs, transfer_pairs
from core.matching.choosing import CERTAIN, WORTH, probabilities
from core.matching.evidence import settlement_evidence, transfer_evidence
from core.matching.payouts import find_payouts, learned_fees
from core.matching.proposing import Pairs, Proposer
from core.matching.reading import Read
from core.matching.taking import Choice
from core.matching.texts import Floats
from core.matching.values import BankLines, Integers, Kind, Matching, OpenItems, OwnAccounts


def find_matches(
    lines: BankLines,
    items: OpenItems,
    *,
    own: OwnAccounts | None = None,
    excluded: Collection[frozenset[str]] = (),
    background: Background | None = None,
) -> Matching:
    """Propose which lines settle which items and which are the two sides of a transfer between own accounts.

    Args:
        own: what texts may say of the company's own accounts.
        excluded: groups of keys (of lines and items) that a person has said do not belong together.
        background: what is known of more rows than these; None: as these say.

    Returns:
        Positions refer to the rows as given. Every line and every item is in one match or open. A match is automatic
        only when a name, number or word ties it and nothing else comes near; ties are suggestions. A score says how
        many of like matches were right (see calibration.py).
    """
    return calibrated(uncalibrated_matches(lines, items, own=own, excluded=excluded, background=background))


def uncalibrated_matches(
    lines: BankLines,
    items: OpenItems,
    *,
    own: OwnAccounts | None = None,
    excluded: Collection[frozenset[str]] = (),
    background: Background | None = None,
) -> Matching:
    """`find_matches` with the scores that decided, which come only near probabilities."""
    read = Read.of(lines, items)
    if background:
        read = replace(read, rarity=background.rarity, party_rarity=background.party_rarity)
    fees = background.fees if background else learned_fees(read, {})
    settlements, transfers = _weighed(read, own or OwnAccounts(), excluded)
    payouts = [
        payout
        for payout in find_payouts(read, fees)
        if not excluded or read.keys([payout.line], payout.items) not in excluded
    ]
    chosen = Choice(read, Proposer(read))
    chosen.take_pairs(transfers, least=CERTAIN)
    chosen.take_payouts(payouts, exact=True)
    chosen.take_pairs(transfers, least=0.5)
    chosen.take_pairs(settlements.of(settlements.evidence.clear), least=CERTAIN)
    chosen.search_groups(settlements, excluded)
    chosen.take_groups(least=0.5)
    chosen.take_in_order(settlements)
    chosen.take_pairs(settlements, least=WORTH)
    chosen.take_groups(least=WORTH)
    chosen.take_payouts(payouts, exact=False)
    chosen.take_pairs(transfers, least=WORTH)
    return chosen.result([settlements, transfers])


def _weighed(read: Read, own: OwnAccounts, excluded: Collection[frozenset[str]]) -> tuple[Pairs, Pairs]:
    """Settlement and transfer pairs with probabilities; what else a line could be counts against both."""
    line_keys = [read.lines.key[row] for row in read.line_order.tolist()]
    item_keys = [read.items.key[row] for row in read.item_order.tolist()]
    i, j = _allowed(settlement_pairs(read), line_keys, item_keys, excluded)
    a, b = _allowed(transfer_pairs(read), line_keys, line_keys, excluded)
    settles, moves = settlement_evidence(read, i, j), transfer_evidence(read, own, a, b)
    count = len(read.line)
    settling = _total(i, settles.weight, count)
    moving = _total(a, moves.weight, count) + _total(b, moves.weight, count)
    return (
        Pairs(Kind.SETTLEMENT, i, j, settles, probabilities(settles.weight, i, j, moving, np.zeros(len(read.item)))),
        Pairs(Kind.TRANSFER, a, b, moves, probabilities(moves.weight, a, b, settling, settling)),
    )


def _total(rows: Integers, weight: Floats, count: int) -> Floats:
    """Sum of the weights of each of `count` rows."""
    return np.asarray(np.bincount(rows, weight, minlength=count), np.float64) if len(rows) else np.zeros(count)


def _allowed(
    pairs: tuple[Integers, Integers], left: Sequence[str], right: Sequence[str], excluded: Collection[frozenset[str]]
) -> tuple[Integers, Integers]:
    i, j = pairs
    if not excluded:
        return pairs
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
