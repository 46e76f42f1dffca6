"""From what was chosen to proposals with a probability, a decision and a reason that a bookkeeper can check."""

from dataclasses import dataclass

import numpy as np

from core.matching.choosing import CERTAIN, CERTAIN_GROUP
from core.matching.evidence import CLEAR_NAME, CLEAR_WORDS, Evidence, Quoted
from core.matching.groups import FEATURES, Groups
from core.matching.payouts import Payout
from core.matching.texts import Bools, Floats
from core.matching.values import BankLines, Decision, Integers, Kind, OpenItems, ProposedMatch

_SAID: dict[int, str] = {
    Quoted.EXACT: "its number is in the text",
    Quoted.SWAPPED: "its number is in the text with two digits swapped",
    Quoted.OTHER: "the text quotes another number",
}


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
        found = self.evidence
        part = Evidence(
            found.weight[mask], found.clear[mask], found.similarity[mask], found.shared[mask], found.quoted[mask]
        )
        return Pairs(self.kind, self.i[mask], self.j[mask], part, self.probability[mask])


class Proposer:
    """Describes matches of these lines and items."""

    def __init__(self, lines: BankLines, items: OpenItems) -> None:
        self._lines, self._items = lines, items

    def pair(self, pairs: Pairs, pair: int) -> ProposedMatch:
        """A settlement or a transfer."""
        i, j = int(pairs.i[pair]), int(pairs.j[pair])
        score = float(pairs.probability[pair])
        certain = score >= CERTAIN and bool(pairs.evidence.clear[pair])
        decision = Decision.AUTO if certain else Decision.SUGGEST
        if pairs.kind is Kind.TRANSFER:
            return ProposedMatch((i, j), (), pairs.kind, score, 0, self._transfer_reason(i, j, pairs, pair), decision)
        return ProposedMatch((i,), (j,), pairs.kind, score, 0, self._settlement_reason(i, j, pairs, pair), decision)

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
            groups.lines[group], groups.items[group], groups.kind, probability, 0,
            f"{count} {whole} to the cent, {named}{rivals}.", Decision.AUTO if certain else Decision.SUGGEST,
        )  # fmt: skip

    def payout(self, payout: Payout) -> ProposedMatch:
        """A processor's payout less its fee."""
        gross = sum(int(self._items.amount_minor[item]) for item in payout.items)
        count = f"{len(payout.items)} sale{'' if len(payout.items) == 1 else 's'}"
        how = "exactly the processor's fee" if payout.exact else "about a usual fee"
        return ProposedMatch(
            (payout.line,), payout.items, Kind.PAYOUT, payout.probability,
            int(self._lines.amount_minor[payout.line]) - gross,
            f"The text names the processor; {count} of one day less {how}.",
            Decision.AUTO if payout.exact else Decision.SUGGEST,
        )  # fmt: skip

    def _settlement_reason(self, i: int, j: int, pairs: Pairs, pair: int) -> str:
        quoted, alike = int(pairs.evidence.quoted[pair]), float(pairs.evidence.similarity[pair])
        lag = int((self._lines.booked_on[i] - self._items.issued_on[j]).astype(np.int64))
        facts = ["Same amount"]
        if quoted in _SAID:
            facts.append(_SAID[quoted])
        if alike >= CLEAR_NAME:
            facts.append("same name")
        elif pairs.evidence.shared[pair] >= CLEAR_WORDS:
            facts.append("the words of its name are in the text")
        elif alike >= 0:
            facts.append(f"names {round(100 * alike)}% alike")
        facts.append(_days_apart(lag, "after it was issued", "before it was issued"))
        return ", ".join(facts) + "."

    def _transfer_reason(self, i: int, j: int, pairs: Pairs, pair: int) -> str:
        lag = int((self._lines.booked_on[j] - self._lines.booked_on[i]).astype(np.int64))
        clear = "the text speaks of a transfer" if pairs.evidence.clear[pair] else "no word of a transfer in the texts"
        return f"Opposite amounts on two own accounts, {clear}, {_days_apart(lag, 'later', 'earlier')}."


def _days_apart(lag: int, after: str, before: str) -> str:
    if lag == 0:
        return "same day"
    count = f"{abs(lag)} day{'' if abs(lag) == 1 else 's'}"
    return f"{count} {after if lag > 0 else before}"
