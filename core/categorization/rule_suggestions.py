"""Which rules standing decisions speak for: a counterparty always booked to one account, or always so at one amount."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.categorization.fitting import Labelled
from core.categorization.rule_conditions import AmountIs, DirectionIs, TextIs

Side = tuple[str, bool]  # a counterparty in lower case, and whether money comes in

# Decisions, all the same, from which a rule is suggested; one less where the amounts are the same too. In the year that
# the simulated companies live, accepting all that is suggested, two instead of three for every payee let four points
# more be posted alone and 1.9 % of it be wrong, not 0.8 %; what is generally known tells where fewer are enough.
AGREEING = 3
# So many fewer where it is generally known, not so many if the rule decides over a guard; more where otherwise known.
KNOWN_SO, KNOWN_GUARDED, KNOWN_OTHERWISE = 2, 1, 2
LIKE = 3  # a rule that few decisions speak for reaches amounts up to so many times theirs, and down to that part
ABOVE = 3, 2  # a standing rule reaches so many times the largest amount decided, as a fraction
NEAR = 11, 10  # amounts that are about one: the largest over the least, as a fraction
ROUND_TO = 100_00  # minor units to which that is rounded up


@dataclass(frozen=True, slots=True)
class RuleSuggestion:
    """A counterparty whose lines of one direction people always booked to one account, by no rule so far; with
    `least_minor` and `most_minor`, those within these amounts."""

    counterparty: str
    account_id: UUID
    account: str  # code and name
    decisions: int
    money_in: bool
    least_minor: int | None = None
    most_minor: int | None = None

    @property
    def key(self) -> tuple[str, bool, UUID]:
        """What is dismissed together."""
        return self.counterparty, self.money_in, self.account_id

    @property
    def conditions(self) -> tuple[TextIs | DirectionIs | AmountIs, ...]:
        amount = () if self.most_minor is None else (AmountIs(self.least_minor, self.most_minor),)
        return (
            TextIs(self.counterparty, "equals", "counterparty"), DirectionIs("in" if self.money_in else "out"), *amount,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class StandingLimits:
    """From where a rule decides more than the policy's guards let pass, so that it states the largest amount."""

    accounts: Collection[str]  # keys of those that a person always looks at
    materiality_minor: int

    def apply_to(self, account: str, largest_minor: int) -> bool:
        """Whether a guard would hold lines to this account, or such as are somewhat larger than this."""
        return account in self.accounts or _well_above(largest_minor) > self.materiality_minor


def agreeing_decisions(
    decided: Labelled,
    taken: NDArray[np.bool_],
    *,
    agreeing: int,
    standing: StandingLimits | None = None,
    known: Mapping[Side, frozenset[str]] | None = None,
) -> list[RuleSuggestion]:
    """The rules that at least so many decisions speak for without exception, accounts not named yet.

    Where a counterparty's lines of one direction are too few or went to several accounts, those of one amount may still
    agree, and one decision less is enough: a rent paid by check, a fixed fee. Where the guards hold the account, so may
    those of about one amount: what a tax office takes for one tax.

    Args:
        decided: account keys are str(account id).
        taken: (n,) lines that a rule decides. Where it decides all of a counterparty's, or one of an amount, nothing
            is suggested.
        standing: where rules shall state the largest amount, so that they decide in place of the policy's guards;
            elsewhere an amount would only be outgrown.
        known: the accounts that general knowledge leads lines of a side to. Where it is the decided one alone, it
            counts as two more decisions, as one for a guarded account; where it is another, or several, as two less.
    """
    size: list[int] = np.abs(decided.lines.amount_minor).tolist()
    sides: dict[Side, list[int]] = defaultdict(list)
    for row, side in enumerate(zip(decided.lines.counterparty, (decided.lines.amount_minor > 0).tolist(), strict=True)):
        sides[side].append(row)
    found: list[RuleSuggestion] = []
    for (name, money_in), rows in sides.items():
        of = _Decided([decided.account[row] for row in rows], [size[row] for row in rows], taken[rows].tolist())
        if not name:
            continue
        guarded = standing is not None and standing.apply_to(of.account[0], max(of.size))
        if of.agree(_needed(agreeing, of.account[0], (known or {}).get((name.lower(), money_in)), guarded=guarded)):
            least, most = None, _well_above(max(of.size)) if guarded else None
            if len(rows) < agreeing and not guarded:
                least, most = -(-min(of.size) // LIKE), max(of.size) * LIKE
                most = min(most, standing.materiality_minor) if standing else most
            found.append(RuleSuggestion(name, UUID(of.account[0]), "", len(rows), money_in, least, most))
            continue
        for alike in of.by_amount(standing):
            least, most = _around(alike.size)
            if alike.agree(agreeing - 1) and not any(alike.taken) and of.only(alike.account[0], least, most):
                account = UUID(alike.account[0])
                found.append(RuleSuggestion(name, account, "", len(alike.size), money_in, least, most))
    return found


@dataclass(frozen=True, slots=True)
class _Decided:
    """The decisions on one counterparty's lines of one direction, or some of them, as columns."""

    account: list[str]
    size: list[int]
    taken: list[bool]

    def agree(self, least: int) -> bool:
        """Whether they are enough, all for one account, and not all decided by rules anyway."""
        return len(self.account) >= least and len(set(self.account)) == 1 and not all(self.taken)

    def only(self, account: str, least_minor: int, most_minor: int) -> bool:
        """Whether those within these amounts all went to this account."""
        columns = zip(self.account, self.size, strict=True)
        return all(each == account for each, size in columns if least_minor <= size <= most_minor)

    def by_amount(self, standing: StandingLimits | None) -> list["_Decided"]:
        """Those of one amount each; with the ones less than a tenth above it where the guards hold the account."""
        groups: list[list[int]] = []
        for row in sorted(range(len(self.size)), key=lambda row: (self.size[row], self.account[row])):
            smallest = self.size[groups[-1][0]] if groups else None
            near = standing is not None and standing.apply_to(self.account[row], self.size[row])
            if smallest is not None and self.size[row] * NEAR[1] <= smallest * (NEAR[0] if near else NEAR[1]):
                groups[-1].append(row)
            else:
                groups.append([row])
        return [self.take(rows) for rows in groups]

    def take(self, rows: Sequence[int]) -> "_Decided":
        return _Decided(
            [self.account[row] for row in rows], [self.size[row] for row in rows], [self.taken[row] for row in rows]
        )


def _needed(agreeing: int, account: str, known: frozenset[str] | None, *, guarded: bool) -> int:
    """How many decisions for this account speak for a rule, by what is generally known of the payee."""
    if not known:
        return agreeing
    if known != {account}:
        return agreeing + KNOWN_OTHERWISE
    return agreeing - (KNOWN_GUARDED if guarded else KNOWN_SO)


def _around(sizes: Sequence[int]) -> tuple[int, int]:
    """The amounts a rule for these is for: the very one where they are equal, else a tenth beyond on either side."""
    least, most = min(sizes), max(sizes)
    return (least, most) if least == most else (least * NEAR[1] // NEAR[0], -(-most * NEAR[0] // NEAR[1]))


def _well_above(minor: int) -> int:
    times, over = ABOVE
    return -(-minor * times // (over * ROUND_TO)) * ROUND_TO
