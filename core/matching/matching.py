"""The whole matching of one company's free lines and items: pure, bounded in time, the same for any order of rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

import numpy as np

from core.matching.candidates import settlement_pairs, transfer_pairs
from core.matching.choosing import CERTAIN, WORTH, choose, probabilities
from core.matching.evidence import CLEAR_NAME, CLEAR_WORDS, Evidence, Quoted, settlement_evidence, transfer_evidence
from core.matching.payouts import Payout, find_payouts
from core.matching.texts import Bools, Floats
from core.matching.values import BankLines, Decision, Integers, Kind, Matching, OpenItems, OwnAccounts, ProposedMatch

BEST_OF_LINE = 3  # suggestions shown for a line, the chosen one included
FAINT = 0.02  # probability below which an alternative is not worth a look


@dataclass(frozen=True)
class _Pairs:
    """Pairs of one kind with their evidence: (line, item) for settlements, (line out, line in) for transfers."""

    kind: Kind
    i: Integers
    j: Integers
    evidence: Evidence
    probability: Floats

    def of(self, mask: Bools) -> "_Pairs":
        found = self.evidence
        part = Evidence(
            found.weight[mask], found.clear[mask], found.similarity[mask], found.shared[mask], found.quoted[mask]
        )
        return _Pairs(self.kind, self.i[mask], self.j[mask], part, self.probability[mask])


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
    sorted_lines, sorted_items = _reordered_lines(lines, line_order), _reordered_items(items, item_order)
    settlements, transfers = _weighed(sorted_lines, sorted_items, own or OwnAccounts(), excluded)
    payouts = [
        payout
        for payout in find_payouts(sorted_lines, sorted_items)
        if frozenset([sorted_lines.key[payout.line], *(sorted_items.key[i] for i in payout.items)]) not in excluded
    ]
    chosen = _Choice(sorted_lines, sorted_items)
    chosen.take_pairs(transfers, least=CERTAIN)
    chosen.take_payouts(payouts, exact=True)
    chosen.take_pairs(transfers, least=0.5)
    chosen.take_pairs(settlements, least=WORTH)
    chosen.take_payouts(payouts, exact=False)
    chosen.take_pairs(transfers, least=WORTH)
    return chosen.result([settlements, transfers], line_order, item_order)


def _weighed(
    lines: BankLines, items: OpenItems, own: OwnAccounts, excluded: Collection[frozenset[str]]
) -> tuple[_Pairs, _Pairs]:
    """Settlement and transfer pairs with probabilities; what else a line could be counts against both."""
    i, j = _allowed(settlement_pairs(lines, items), lines.key, items.key, excluded)
    a, b = _allowed(transfer_pairs(lines), lines.key, lines.key, excluded)
    settles, moves = settlement_evidence(lines, items, i, j), transfer_evidence(lines, own, a, b)
    count = len(lines)
    settling = _total(i, settles.weight, count)
    moving = _total(a, moves.weight, count) + _total(b, moves.weight, count)
    return (
        _Pairs(Kind.SETTLEMENT, i, j, settles, probabilities(settles.weight, i, j, moving, np.zeros(len(items)))),
        _Pairs(Kind.TRANSFER, a, b, moves, probabilities(moves.weight, a, b, settling, settling)),
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


class _Choice:
    """The matches taken so far, and which lines and items are still free."""

    def __init__(self, lines: BankLines, items: OpenItems) -> None:
        self._lines, self._items = lines, items
        self._free_lines, self._free_items = np.ones(len(lines), np.bool_), np.ones(len(items), np.bool_)
        self._taken: list[ProposedMatch] = []

    def take_pairs(self, pairs: _Pairs, *, least: float) -> None:
        """Choose among the free pairs of at least this probability."""
        partners = self._free_lines if pairs.kind is Kind.TRANSFER else self._free_items
        free = pairs.of(self._free_lines[pairs.i] & partners[pairs.j] & (pairs.probability >= least))
        picked = choose(free.evidence.weight, free.probability, free.i, free.j)
        for pair in np.flatnonzero(picked).tolist():
            self._take(self._proposed(free, pair))

    def take_payouts(self, payouts: Sequence[Payout], *, exact: bool) -> None:
        for payout in sorted(payouts, key=lambda one: (-one.probability, one.line, one.items)):
            free = self._free_lines[payout.line] and all(self._free_items[item] for item in payout.items)
            if free and payout.exact == exact:
                self._take(self._paid_out(payout))

    def result(self, kinds: Sequence[_Pairs], line_order: Integers, item_order: Integers) -> Matching:
        """Everything in the caller's positions."""
        alternatives = self._alternatives(kinds)
        return Matching(
            tuple(_placed(match, line_order, item_order) for match in self._taken),
            tuple(sorted(line_order[self._free_lines].tolist())),
            tuple(sorted(item_order[self._free_items].tolist())),
            tuple(_placed(match, line_order, item_order) for match in alternatives),
        )

    def _take(self, match: ProposedMatch) -> None:
        self._free_lines[list(match.lines)] = False
        self._free_items[list(match.items)] = False
        self._taken.append(match)

    def _alternatives(self, kinds: Sequence[_Pairs]) -> list[ProposedMatch]:
        """For each line that has no automatic match the best pairs beside the chosen one."""
        settled = {line for match in self._taken if match.decision is Decision.AUTO for line in match.lines}
        taken = {(match.kind, match.lines, match.items) for match in self._taken}
        by_line: dict[int, list[tuple[float, ProposedMatch]]] = {}
        for pairs in kinds:
            worth = pairs.of(pairs.probability >= FAINT)
            for pair in np.argsort(-worth.probability, kind="stable").tolist():
                line, share = int(worth.i[pair]), float(worth.probability[pair])
                listed = by_line.setdefault(line, [])
                if line in settled or len(listed) >= 2 * BEST_OF_LINE:
                    continue
                match = replace(self._proposed(worth, pair), decision=Decision.SUGGEST)
                if (match.kind, match.lines, match.items) not in taken and not settled.intersection(match.lines):
                    listed.append((share, match))
        return [
            match
            for _, listed in sorted(by_line.items())
            for _, match in sorted(listed, key=lambda one: -one[0])[: BEST_OF_LINE - 1]
        ]

    def _proposed(self, pairs: _Pairs, pair: int) -> ProposedMatch:
        i, j = int(pairs.i[pair]), int(pairs.j[pair])
        score = float(pairs.probability[pair])
        certain = score >= CERTAIN and bool(pairs.evidence.clear[pair])
        decision = Decision.AUTO if certain else Decision.SUGGEST
        if pairs.kind is Kind.TRANSFER:
            return ProposedMatch((i, j), (), pairs.kind, score, 0, self._transfer_reason(i, j, pairs, pair), decision)
        reason = self._settlement_reason(i, j, pairs, pair)
        return ProposedMatch((i,), (j,), pairs.kind, score, 0, reason, decision)

    def _paid_out(self, payout: Payout) -> ProposedMatch:
        gross = sum(int(self._items.amount_minor[item]) for item in payout.items)
        count = f"{len(payout.items)} sale{'' if len(payout.items) == 1 else 's'}"
        how = "exactly the usual fee" if payout.exact else "about a usual fee"
        return ProposedMatch(
            (payout.line,), payout.items, Kind.PAYOUT, payout.probability,
            int(self._lines.amount_minor[payout.line]) - gross,
            f"The text names the processor; {count} of one day less {how}.",
            Decision.AUTO if payout.exact else Decision.SUGGEST,
        )  # fmt: skip

    def _settlement_reason(self, i: int, j: int, pairs: _Pairs, pair: int) -> str:
        quoted, alike = Quoted(int(pairs.evidence.quoted[pair])), float(pairs.evidence.similarity[pair])
        lag = int((self._lines.booked_on[i] - self._items.issued_on[j]).astype(np.int64))
        said = {
            Quoted.EXACT: "its number is in the text",
            Quoted.SWAPPED: "its number is in the text with two digits swapped",
            Quoted.OTHER: "the text quotes another number",
        }
        facts = ["Same amount"]
        if quoted in said:
            facts.append(said[quoted])
        if alike >= CLEAR_NAME:
            facts.append("same name")
        elif pairs.evidence.shared[pair] >= CLEAR_WORDS:
            facts.append("the words of its name are in the text")
        elif alike >= 0:
            facts.append(f"names {round(100 * alike)}% alike")
        facts.append(_days_apart(lag, "after it was issued", "before it was issued"))
        return ", ".join(facts) + "."

    def _transfer_reason(self, i: int, j: int, pairs: _Pairs, pair: int) -> str:
        lag = int((self._lines.booked_on[j] - self._lines.booked_on[i]).astype(np.int64))
        clear = "the text speaks of a transfer" if pairs.evidence.clear[pair] else "no word of a transfer in the texts"
        return f"Opposite amounts on two own accounts, {clear}, {_days_apart(lag, 'later', 'earlier')}."


def _days_apart(lag: int, after: str, before: str) -> str:
    if lag == 0:
        return "same day"
    count = f"{abs(lag)} day{'' if abs(lag) == 1 else 's'}"
    return f"{count} {after if lag > 0 else before}"


def _by_key(keys: Sequence[str]) -> Integers:
    return np.array(sorted(range(len(keys)), key=keys.__getitem__), np.int64)


def _reordered_lines(lines: BankLines, order: Integers) -> BankLines:
    rows = order.tolist()
    return BankLines(
        key=[lines.key[r] for r in rows],
        account=[lines.account[r] for r in rows],
        booked_on=lines.booked_on[order],
        amount_minor=lines.amount_minor[order],
        currency=[lines.currency[r] for r in rows],
        text=[lines.text[r] for r in rows],
        counterparty=[lines.counterparty[r] for r in rows],
        transfers_only=[lines.transfers_only[r] for r in rows] if lines.transfers_only else (),
    )


def _reordered_items(items: OpenItems, order: Integers) -> OpenItems:
    rows = order.tolist()
    return OpenItems(
        key=[items.key[r] for r in rows],
        account=[items.account[r] for r in rows],
        issued_on=items.issued_on[order],
        amount_minor=items.amount_minor[order],
        currency=[items.currency[r] for r in rows],
        counterparty=[items.counterparty[r] for r in rows],
        references=[items.references[r] for r in rows],
        kind=[items.kind[r] for r in rows],
    )


def _placed(match: ProposedMatch, line_order: Integers, item_order: Integers) -> ProposedMatch:
    return replace(
        match,
        lines=tuple(line_order[list(match.lines)].tolist()),
        items=tuple(item_order[list(match.items)].tolist()),
    )
