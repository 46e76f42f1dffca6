"""From what was chosen to proposals with a probability, a decision and a reason that a bookkeeper can check."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from core.matching.choosing import CERTAIN, CERTAIN_GROUP
from core.matching.evidence import CLEAR_NAME, CLEAR_WORDS, Evidence
from core.matching.groups import FEATURES, Groups
from core.matching.payouts import Payout
from core.matching.quoting import Quoted
from core.matching.reading import Read
from core.matching.texts import Bools, Floats
from core.matching.values import Decision, Integers, Kind, ProposedMatch

_SAID: dict[int, str] = {
    Quoted.EXACT: "its number is in the text",
    Quoted.SWAPPED: "its number is in the text with two digits swapped",
    Quoted.OTHER: "the text quotes another number",
}
_SAME_NAME, _SAME_WORDS = 1001, 1000  # above any percentage


@dataclass(frozen=True)
class Pairs:
    """Pairs of one kind with their evidence: (line, item) for settlements, (line out, line in) for transfers."""

    kind: Kind
    i: Integers
    j: Integers
    evidence: Evidence
    probability: Floats

    def of(self, mask: Bools) -> "Pairs":
        """Those that the mask keeps."""
        return self.at(np.flatnonzero(mask))

    def at(self, places: Integers) -> "Pairs":
        """Those at these places."""
        found = self.evidence
        part = Evidence(
            found.weight[places], found.clear[places], found.similarity[places],
            found.shared[places], found.quoted[places],
        )  # fmt: skip
        return Pairs(self.kind, self.i[places], self.j[places], part, self.probability[places])


class Proposer:
    """Describes matches of what was read, with the positions that lines and items were given in."""

    def __init__(self, read: Read) -> None:
        self._read, self._line, self._item = read, read.line_order, read.item_order

    def pairs(self, pairs: Pairs, *, decide: bool = True) -> list[ProposedMatch]:
        """Settlements or transfers; those that are not to be decided are suggestions."""
        is_transfer = pairs.kind is Kind.TRANSFER
        day, other = self._read.line.day, (self._read.line if is_transfer else self._read.item).day
        certain = (pairs.probability >= CERTAIN) & pairs.evidence.clear & decide
        lags = (other[pairs.j] - day[pairs.i] if is_transfer else day[pairs.i] - other[pairs.j]).tolist()
        reasons = _transfer_reasons(pairs, lags) if is_transfer else _settlement_reasons(pairs, lags)
        left, right = self._line[pairs.i].tolist(), (self._line if is_transfer else self._item)[pairs.j].tolist()
        return [
            ProposedMatch(
                (i, j) if is_transfer else (i,), () if is_transfer else (j,), pairs.kind, score, 0, reason,
                Decision.AUTO if sure else Decision.SUGGEST,
            )
            for i, j, score, reason, sure in zip(
                left, right, pairs.probability.tolist(), reasons, certain.tolist(), strict=True
            )
        ]  # fmt: skip

    def in_order(self, pairs: Pairs, lines: Integers, items: Integers) -> list[ProposedMatch]:
        """Settlements of lines and items that are alike, how many of each there are; never certain."""
        why = "{} {} payments and {} items are alike, paired in the order of their days."
        alike = zip(self.pairs(pairs, decide=False), lines.tolist(), items.tolist(), strict=True)
        return [replace(match, reason=why.format(match.reason, *counts), in_order=True) for match, *counts in alike]

    def group(self, groups: Groups, group: int, probability: float) -> ProposedMatch:
        """A batch or partial payments; the sums agree to the cent."""
        certain = probability >= CERTAIN_GROUP and bool(groups.sole[group])
        facts = dict(zip(FEATURES, groups.features[group].tolist(), strict=True))
        count, strange = round(facts["size"]), round(facts["unclear"])
        whole = "items add up to the line" if groups.kind is Kind.BATCH else "lines add up to the item"
        named = "name or number of all agree" if not strange else f"{strange} of them without its name or number"
        others = round(float(np.exp(facts["sets"]))) - 1
        rivals = f", {others} other combination{'' if others == 1 else 's'} would too" if others else ""
        return ProposedMatch(
            self._lines(groups.lines[group]), self._items(groups.items[group]), groups.kind, probability, 0,
            f"{count} {whole} to the cent, {named}{rivals}.", Decision.AUTO if certain else Decision.SUGGEST,
        )  # fmt: skip

    def payout(self, payout: Payout) -> ProposedMatch:
        """A processor's payout less its fee."""
        rows = list(payout.items)
        item = self._read.item
        gross = int(np.where(item.incoming[rows], item.amount[rows], -item.amount[rows]).sum())
        days = len(np.unique(item.day[rows]))
        when = "one day" if days == 1 else f"{days} days"
        count = f"{len(payout.items)} sale{'' if len(payout.items) == 1 else 's'}"
        how = "exactly the processor's fee" if payout.exact else "about a usual fee"
        return ProposedMatch(
            self._lines([payout.line]), self._items(payout.items), Kind.PAYOUT, payout.probability,
            int(self._read.line.amount[payout.line]) - gross,
            f"The text names the processor; {count} of {when} less {how}.",
            Decision.AUTO if payout.exact else Decision.SUGGEST,
        )  # fmt: skip

    def _lines(self, rows: Sequence[int]) -> tuple[int, ...]:
        return tuple(self._line[list(rows)].tolist())

    def _items(self, rows: Sequence[int]) -> tuple[int, ...]:
        return tuple(self._item[list(rows)].tolist())


def _settlement_reasons(pairs: Pairs, lags: Sequence[int]) -> list[str]:
    alike = pairs.evidence.similarity
    named = np.where(alike >= CLEAR_NAME, _SAME_NAME, np.rint(100 * alike).astype(np.int64))
    named[(alike < CLEAR_NAME) & (pairs.evidence.shared >= CLEAR_WORDS)] = _SAME_WORDS
    columns = pairs.evidence.quoted.tolist(), named.tolist(), lags
    return [_settlement_reason(quoted, name, lag) for quoted, name, lag in zip(*columns, strict=True)]


@cache
def _settlement_reason(quoted: int, named: int, lag: int) -> str:
    facts = ["Same amount", *([_SAID[quoted]] if quoted in _SAID else [])]
    if named == _SAME_NAME:
        facts.append("same name")
    elif named == _SAME_WORDS:
        facts.append("the words of its name are in the text")
    elif named >= 0:
        facts.append(f"names {named}% alike")
    facts.append(_days_apart(lag, "after it was issued", "before it was issued"))
    return ", ".join(facts) + "."


def _transfer_reasons(pairs: Pairs, lags: Sequence[int]) -> list[str]:
    said = ("no word of a transfer in the texts", "the text speaks of a transfer")
    return [
        f"Opposite amounts on two own accounts, {said[clear]}, {_days_apart(lag, 'later', 'earlier')}."
        for clear, lag in zip(pairs.evidence.clear.tolist(), lags, strict=True)
    ]


def _days_apart(lag: int, after: str, before: str) -> str:
    if lag == 0:
        return "same day"
    count = f"{abs(lag)} day{'' if abs(lag) == 1 else 's'}"
    return f"{count} {after if lag > 0 else before}"
