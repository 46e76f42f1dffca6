"""The proof of statements: opening + lines = closing, each closing the next one's opening, the ledger at the closing.

Values in, values out; core.reconciliation.proofs loads them. Money is in minor units of the bank account's currency.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from uuid import UUID

MOST_DAYS_WITHOUT_LINES = 7  # statements that state no period begin with their first line, a few days late


class Cause(StrEnum):
    """Why the ledger and the statement differ; the amounts of all causes add up to the difference."""

    OPENING = "opening"  # the balance before the first statement is not, or not so, in the books
    WAITING = "waiting"  # lines that wait for review
    UNBOOKED = "unbooked"  # lines without an entry
    LEFT_OUT = "left_out"  # lines that a reviewer left out of the books
    DELETED = "deleted"  # lines of statements that a person deleted on purpose
    OTHER_ENTRIES = "other_entries"  # entries on the bank's ledger account that no statement line led to
    OTHER_DAYS = "other_days"  # corrections that are booked on another day than their line
    STATEMENTS = "statements"  # statements missing in between, overlapping, or not adding up


@dataclass(frozen=True, slots=True)
class CauseShare:
    """What one cause contributes to ledger - closing, and from how many lines or entries (0 where none are counted)."""

    cause: Cause
    amount_minor: int
    count: int = 0


@dataclass(frozen=True, slots=True)
class Stated:
    """One statement of one bank account as the file, or the bookkeeper, states it. None: a balance is not stated."""

    key: UUID
    first_on: date
    last_on: date
    opening_minor: int | None
    closing_minor: int | None
    lines_minor: int  # sum of the statement's lines
    line_count: int


class DayTotals:
    """Amounts and counts by day, summed over any stretch of days."""

    def __init__(self, by_day: Mapping[date, tuple[int, int]] | None = None) -> None:
        """`by_day`: day → (minor units, count)."""
        rows = sorted((by_day or {}).items())
        self._days = [day for day, _ in rows]
        self._minor = [0, *accumulate(minor for _, (minor, _) in rows)]
        self._count = [0, *accumulate(count for _, (_, count) in rows)]

    def through(self, day: date) -> tuple[int, int]:
        """Minor units and count of this day and all before."""
        at = bisect_right(self._days, day)
        return self._minor[at], self._count[at]

    def within(self, first_on: date, last_on: date) -> tuple[int, int]:
        """Minor units and count from the first to the last day, both included."""
        minor, count = self.through(last_on)
        before_minor, before_count = self.through(first_on - timedelta(days=1))
        return minor - before_minor, count - before_count


@dataclass(frozen=True)
class AccountTotals:
    """What is stored of one bank account, by day."""

    posted: DayTotals = field(default_factory=DayTotals)  # live lines with a posted entry
    waiting: DayTotals = field(default_factory=DayTotals)  # with an entry that waits for review
    left_out: DayTotals = field(default_factory=DayTotals)  # left out by a reviewer
    unbooked: DayTotals = field(default_factory=DayTotals)  # none of these
    deleted: DayTotals = field(default_factory=DayTotals)  # deleted on purpose, so no longer live
    ledger_of_lines: DayTotals = field(default_factory=DayTotals)  # ledger, from entries of its own lines
    ledger_of_others: DayTotals = field(default_factory=DayTotals)  # ledger, from all other entries

    def stored(self, first_on: date, last_on: date) -> tuple[int, int]:
        """Sum and count of all live lines of these days."""
        parts = [part.within(first_on, last_on) for part in (self.posted, self.waiting, self.left_out, self.unbooked)]
        return sum(minor for minor, _ in parts), sum(count for _, count in parts)


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof of one statement.

    `opening_carried`: the statement states no opening, the closing of the one before it stands in. `difference_minor`
    = opening + lines - closing, None while a balance is unknown. `missing_lines`: lines of the statement that are not
    stored (any more); `deleted_lines`: lines of its days that a person deleted. `ledger_minor`: balance of the ledger
    account at the end of the last day; `ledger_difference` = ledger - closing = the sum of `causes`.
    """

    stated: Stated
    opening_minor: int | None
    opening_carried: bool
    difference_minor: int | None
    missing_lines: int
    deleted_lines: int
    stored_lines: int
    posted_lines: int
    ledger_minor: int
    ledger_difference_minor: int | None
    causes: tuple[CauseShare, ...]
    chain: tuple[str, ...]  # what does not fit to the statement before, in sentences

    @property
    def is_proved(self) -> bool:
        """Opening + lines = closing, and every line is there."""
        return self.difference_minor == 0 and self.missing_lines == 0


def prove(statements: Sequence[Stated], totals: AccountTotals) -> list[Proof]:
    """Prove the statements of one bank account, in the order of their days."""
    ordered = sorted(statements, key=lambda one: (one.first_on, one.last_on, one.key))
    first_opening = _first_opening(ordered, totals)
    proofs: list[Proof] = []
    before: Stated | None = None
    for stated in ordered:
        opening, carried = _opening(stated, before)
        ledger = totals.ledger_of_lines.through(stated.last_on)[0] + totals.ledger_of_others.through(stated.last_on)[0]
        _, stored_lines = totals.stored(stated.first_on, stated.last_on)
        closing = stated.closing_minor
        proofs.append(
            Proof(
                stated=stated,
                opening_minor=opening,
                opening_carried=carried,
                difference_minor=None if opening is None or closing is None else opening + stated.lines_minor - closing,
                missing_lines=max(0, stated.line_count - stored_lines),
                deleted_lines=totals.deleted.within(stated.first_on, stated.last_on)[1],
                stored_lines=stored_lines,
                posted_lines=totals.posted.within(stated.first_on, stated.last_on)[1],
                ledger_minor=ledger,
                ledger_difference_minor=None if closing is None else ledger - closing,
                causes=() if closing is None else _causes(ordered[0], stated, closing, first_opening, totals),
                chain=_chain(before, stated),
            )
        )
        before = stated if before is None or stated.last_on >= before.last_on else before
    return proofs


def prove_through(statements: Sequence[Stated], totals: AccountTotals, day: date) -> Proof | None:
    """The account on any day, as the proof of the statement that the day lies in or comes after, cut at that day.

    Its lines are those stored from its first day on. None before the first statement.
    """
    ordered = sorted(statements, key=lambda one: (one.first_on, one.last_on, one.key))
    begun = [one for one in ordered if one.first_on <= day]
    if not begun:
        return None
    last = begun[-1]
    lines, count = totals.stored(last.first_on, day)
    if day == last.last_on:
        cut = last
    elif day > last.last_on and last.closing_minor is not None:
        after = totals.stored(last.last_on + timedelta(days=1), day)[0]
        cut = replace(last, last_on=day, closing_minor=last.closing_minor + after, lines_minor=lines, line_count=count)
    else:
        closing = None if last.opening_minor is None else last.opening_minor + lines
        cut = replace(last, last_on=day, closing_minor=closing, lines_minor=lines, line_count=count)
    return next(proof for proof in prove([*begun[:-1], cut], totals) if proof.stated.key == last.key)


def _opening(stated: Stated, before: Stated | None) -> tuple[int | None, bool]:
    """The stated opening, else the closing of the statement that ended before this one began."""
    if stated.opening_minor is not None:
        return stated.opening_minor, False
    if before is not None and before.closing_minor is not None and before.last_on < stated.first_on:
        return before.closing_minor, True
    return None, False


def _first_opening(ordered: Sequence[Stated], totals: AccountTotals) -> int:
    """The balance before the first statement: stated, else worked back from the first stated closing; else 0."""
    if not ordered:
        return 0
    if ordered[0].opening_minor is not None:
        return ordered[0].opening_minor
    for stated in ordered:
        if stated.closing_minor is not None:
            return stated.closing_minor - totals.stored(date.min + timedelta(days=1), stated.last_on)[0]
    return 0


def _causes(
    first: Stated, stated: Stated, closing: int, first_opening: int, totals: AccountTotals
) -> tuple[CauseShare, ...]:
    """ledger - closing, taken apart: every amount below is exact and together they make the whole difference."""
    last_on = stated.last_on
    posted, _ = totals.posted.through(last_on)
    parts = {
        Cause.WAITING: totals.waiting.through(last_on),
        Cause.UNBOOKED: totals.unbooked.through(last_on),
        Cause.LEFT_OUT: totals.left_out.through(last_on),
    }
    lines = posted + sum(minor for minor, _ in parts.values())
    unexplained = first_opening + lines - closing
    deleted, deleted_count = totals.deleted.through(last_on)
    if abs(unexplained + deleted) < abs(unexplained):  # a line that was no line of the bank is missed by no statement
        parts[Cause.DELETED] = (deleted, deleted_count)
        unexplained += deleted
    eve = min(first.first_on - timedelta(days=1), last_on)
    others_before, count_before = totals.ledger_of_others.through(eve)
    others, others_count = totals.ledger_of_others.through(last_on)
    shares = [
        CauseShare(Cause.OPENING, others_before - first_opening),
        *(CauseShare(cause, -minor, count) for cause, (minor, count) in parts.items()),
        CauseShare(Cause.OTHER_ENTRIES, others - others_before, others_count - count_before),
        CauseShare(Cause.OTHER_DAYS, totals.ledger_of_lines.through(last_on)[0] - posted),
        CauseShare(Cause.STATEMENTS, unexplained),
    ]
    return tuple(share for share in shares if share.amount_minor or (share.count and share.cause in parts))


def _chain(before: Stated | None, stated: Stated) -> tuple[str, ...]:
    """Overlaps, and balances that do not continue where the statement before ended."""
    if before is None:
        return ()
    found: list[str] = []
    overlap = (before.last_on - stated.first_on).days + 1
    if overlap > 0:
        found.append(
            f"It overlaps the statement through {before.last_on} by {overlap} day{'' if overlap == 1 else 's'}."
        )
    elif before.closing_minor is not None and stated.opening_minor is not None:
        if before.closing_minor != stated.opening_minor:
            found.append(
                f"It does not begin with the closing balance of {before.last_on}: a statement in between is missing."
            )
    elif (gap := (stated.first_on - before.last_on).days - 1) > MOST_DAYS_WITHOUT_LINES:
        found.append(f"{gap} days without any statement lie between {before.last_on} and {stated.first_on}.")
    return tuple(found)
