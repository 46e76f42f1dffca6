"""Lines that a rule splits over several accounts, to the last cent."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.categorization.rules import Rule, RulePart
from core.posting.lines import allocate, whole_weights


@dataclass(frozen=True, slots=True)
class Split:
    """(account key, amount in the sign of the line) a part, summing to the line; parts of nothing are left out.

    `fits` is false where the fixed amounts are larger than the line, so that the rest runs the other way.
    """

    parts: tuple[tuple[str, int], ...]
    fits: bool


def split_lines(rules: Sequence[Rule], rule_of: NDArray[np.int32], amount_minor: NDArray[np.int64]) -> dict[int, Split]:
    """The splits of n lines by number of the line; `rule_of` (n,) is the rule that decides each, -1 for none."""
    splitting = np.array([*(bool(rule.parts) for rule in rules), False])
    return {
        line: split_amount(int(amount_minor[line]), rules[rule_of[line]].parts)
        for line in np.flatnonzero(splitting[rule_of]).tolist()
    }


def split_amount(amount_minor: int, parts: Sequence[RulePart]) -> Split:
    """One line over the parts of a checked rule: fixed amounts first, percentages of the rest, no cent left over."""
    sign = -1 if amount_minor < 0 else 1
    rest = amount_minor - sign * sum(part.amount_minor or 0 for part in parts)
    shares = iter(allocate(rest, whole_weights([part.percent for part in parts if part.percent is not None])))
    amounts = [next(shares) if part.amount_minor is None else sign * part.amount_minor for part in parts]
    placed = tuple((part.account, amount) for part, amount in zip(parts, amounts, strict=True) if amount)
    return Split(placed or ((parts[0].account, amount_minor),), rest * sign >= 0)
