"""From what the matching proposes to what changes in the books: new matches, upgraded and replaced suggestions."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core.matching.calibration import WORTH_ASKING
from core.matching.values import BankLines, Decision, Kind, OpenItems, ProposedMatch
from core.reconciliation.loading import Judged
from models import MatchStatus


@dataclass(frozen=True)
class Plan:
    """What a run changes: matches to write, suggestions that turned out certain, suggestions that others replace."""

    new: list[tuple[ProposedMatch, MatchStatus]]
    upgraded: list[tuple[UUID, ProposedMatch]]
    replaced: list[UUID]

    def __bool__(self) -> bool:
        return bool(self.new or self.upgraded or self.replaced)

    def certain(self) -> list[ProposedMatch]:
        """The matches that are in force from now on."""
        return [
            *(match for match, status in self.new if status is MatchStatus.CONFIRMED),
            *(match for _, match in self.upgraded),
        ]


def member_keys(match: ProposedMatch, lines: BankLines, items: OpenItems) -> frozenset[str]:
    """The keys of the lines and items of a match."""
    return frozenset([*(lines.key[i] for i in match.lines), *(items.key[j] for j in match.items)])


def plan_matches(
    found: Sequence[ProposedMatch], lines: BankLines, items: OpenItems, judged: Judged, *, books_fees: bool
) -> Plan:
    """What differs is kept only where it is a processor's fee and the company has an account for fees."""
    holder = {key: match_id for keys, match_id in judged.suggested.items() for key in keys}
    plan = Plan([], [], [])
    gone: set[UUID] = set()
    kept = [match for match in found if not match.difference_minor or (match.kind is Kind.PAYOUT and books_fees)]
    for match in kept:
        keys = member_keys(match, lines, items)
        if match.decision is not Decision.AUTO:
            continue
        same = judged.suggested.get(keys)
        if same is None:
            plan.new.append((match, MatchStatus.CONFIRMED))
        else:
            plan.upgraded.append((same, match))
        gone |= {holder[key] for key in keys if key in holder and holder[key] != same}
    plan.replaced.extend(sorted(gone))
    for match in kept:
        held = any(key in holder for key in member_keys(match, lines, items))
        worth = match.in_order or match.score >= WORTH_ASKING
        if match.decision is not Decision.AUTO and not held and worth:
            plan.new.append((match, MatchStatus.SUGGESTED))
    return plan


def judged_after(plan: Plan, keys: Sequence[UUID], lines: BankLines, items: OpenItems, judged: Judged) -> Judged:
    """What is judged once the plan is stored, its new matches under these keys."""
    gone = {*plan.replaced, *(match_id for match_id, _ in plan.upgraded)}
    replaced = set(plan.replaced)
    waiting = {
        member_keys(match, lines, items): key
        for key, (match, status) in zip(keys, plan.new, strict=True)
        if status is MatchStatus.SUGGESTED
    }
    return Judged(
        judged.dismissed | {group for group, match_id in judged.suggested.items() if match_id in replaced},
        {group: match_id for group, match_id in judged.suggested.items() if match_id not in gone} | waiting,
    )
