"""What nothing settles or explains: payments on account of an item, and lines that turn back an earlier payment."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlmodel import Session

from core.access.audit import record, rows_digest
from core.access.roles import Caller
from core.matching.calibration import WORTH_ASKING
from core.matching.money_back import Movements
from core.matching.part_payments import LATEST as LATEST_PART
from core.matching.part_payments import find_part_payments
from core.matching.reading import day_numbers
from core.matching.refunds import LATEST as LATEST_REFUND
from core.matching.refunds import Refund, find_refunds
from core.matching.texts import Bools
from core.matching.values import BankLines, Decision, Integers, OpenItems
from core.posting.item_settling import reckon_items
from core.posting.named_accounts import default_account
from core.posting.open_entries import OpenCompany
from core.posting.reversing import withdraw_entries
from core.posting.writing import new_keys
from core.reconciliation.earlier import dismissed_refunds, earlier_payments, earlier_sales
from core.reconciliation.loading import Judged, free_lines, judged_matches, open_items
from core.reconciliation.storing import (
    Member,
    write_differences,
    write_matches,
    write_members,
    write_refunds,
)
from core.storage import WriteColumns
from models import AccountPurpose, DifferenceKind, MatchKind, MatchStatus


@dataclass(frozen=True, slots=True)
class Linked:
    """How many were found: in force without a person, and waiting for one."""

    parts: int = 0
    refunds: int = 0
    suggested: int = 0


@dataclass(frozen=True, slots=True)
class _Found:
    """A line and the item that it pays in part, or what it turns back: a payment or a sale. Amounts in its sign."""

    line: UUID
    item: UUID | None
    payment: UUID | None
    sale: UUID | None
    minor: int
    fee_minor: int
    score: float
    reason: str
    sure: bool


def link_lines(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    news: Integers | None,
    *,
    write: WriteColumns,
    now: datetime,
) -> Linked:
    """Keep payments on account and refunds among the free lines that are in no match, sure ones in force.

    Runs after the matching: what settles an item whole goes first. A second call changes nothing. One audit event.

    Args:
        news: days on which a line or an item came, changed or went; only lines that these reach are linked, with those
            around them as rivals. None: all.
    """
    if news is not None and not len(news):
        return Linked()
    lines, items = free_lines(session, company), open_items(session, company.id)
    judged = judged_matches(session, company.id)
    held = {key for keys in judged.suggested for key in keys}
    reached, rivals = _reached(lines, news)
    free = [row for row in rivals.tolist() if lines.key[row] not in held and not lines.transfers_only[row]]
    if not free:
        return Linked()
    parts = _parts(lines.at(free), items.at([row for row, key in enumerate(items.key) if key not in held]), judged)
    paying = {one.line.hex for one in parts}
    fees_id = default_account(session, company.id, AccountPurpose.FEES)

    def kept(one: _Found) -> bool:
        asked = one.sure or one.score >= WORTH_ASKING
        return one.line.hex in reached and asked and bool(fees_id or not one.fee_minor)

    unpaid = [row for row in free if lines.key[row] not in paying]
    found = [*filter(kept, parts), *_refunds(session, company.id, lines, unpaid, kept)]
    if not found:
        return Linked()
    withdraw_entries(session, caller, company, [one.line for one in found if one.sure], now=now)
    _write(session, write, company.id, found, fees_id, now)
    result = Linked(
        sum(one.sure and one.item is not None for one in found),
        sum(one.sure and one.item is None for one in found),
        sum(not one.sure for one in found),
    )
    _audit(session, caller, company.id, found, result, now)
    return result


def _reached(lines: BankLines, news: Integers | None) -> tuple[set[str], Integers]:
    """Keys of the lines that news of these days can concern, and the rows of those lines and of their rivals."""
    if news is None:
        return set(lines.key), np.arange(len(lines))
    day = day_numbers(lines.booked_on)
    reached = _has_near(day, news, LATEST_PART, LATEST_REFUND)
    rivals = _has_near(day, day[reached], LATEST_REFUND, LATEST_REFUND)
    return {lines.key[row] for row in np.flatnonzero(reached).tolist()}, np.flatnonzero(rivals)


def _has_near(day: Integers, others: Integers, before: int, after: int) -> Bools:
    """Of each day whether one of the others lies at most so many days before it or so many after it."""
    if not len(others):
        return np.zeros(len(day), np.bool_)
    known = np.unique(others)
    first = np.minimum(np.searchsorted(known, day - before), len(known) - 1)
    return np.asarray((known[first] >= day - before) & (known[first] <= day + after), np.bool_)


def _parts(lines: BankLines, items: OpenItems, judged: Judged) -> list[_Found]:
    said_no = {(a, b) for group in judged.dismissed if len(group) == 2 for a in group for b in group}
    return [
        _Found(
            UUID(lines.key[one.line]), UUID(items.key[one.item]), None, None, int(lines.amount_minor[one.line]), 0,
            one.score, one.reason, one.decision is Decision.AUTO,
        )
        for one in find_part_payments(lines, items, excluded=said_no)
    ]  # fmt: skip


def _refunds(
    session: Session, company_id: UUID, lines: BankLines, free: Sequence[int], kept: Callable[[_Found], bool]
) -> list[_Found]:
    """What these lines turn back, looked for until nothing more is kept: with each that is, less rivals are left."""
    if not free:
        return []
    days = lines.booked_on[list(free)]
    first_on, last_on = days.min().item(), days.max().item()
    earlier = earlier_payments(session, company_id, first_on, last_on)
    sales = earlier_sales(session, company_id, first_on, last_on)
    excluded = dismissed_refunds(session, company_id)
    found: list[_Found] = []
    left = list(free)
    while left:
        later = Movements.of_lines(lines, left)
        more = {
            one: told
            for one in find_refunds(later, earlier, sales, excluded=excluded)
            if kept(told := _told(one, later, earlier, sales))
        }
        if not more:
            break
        found += more.values()
        earlier, sales = _less(earlier, sales, more)
        gone = {one.line for one in more}
        left = [row for place, row in enumerate(left) if place not in gone]
    return found


def _less(earlier: Movements, sales: Movements, refunds: Iterable[Refund]) -> tuple[Movements, Movements]:
    """Payments and sales without what these turn back."""
    amount = np.concatenate([earlier.amount, sales.amount])
    for one in refunds:
        amount[one.target] += one.minor
    return (
        replace(earlier, amount=amount[: len(earlier)]),
        replace(sales, amount=amount[len(earlier) :]),
    )


def _told(one: Refund, later: Movements, earlier: Movements, sales: Movements) -> _Found:
    of_payment = one.target < len(earlier)
    return _Found(
        UUID(later.key[one.line]), None, UUID(earlier.key[one.target]) if of_payment else None,
        None if of_payment else UUID(sales.key[one.target - len(earlier)]),
        one.minor, one.fee_minor, one.score, one.reason, one.decision is Decision.AUTO,
    )  # fmt: skip


def _write(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    found: Sequence[_Found],
    fees_id: UUID | None,
    now: datetime,
) -> None:
    keys = new_keys(len(found))
    columns: dict[str, Sequence[object]] = {
        "kind": [MatchKind.SETTLEMENT] * len(found),
        "status": [MatchStatus.CONFIRMED if one.sure else MatchStatus.SUGGESTED for one in found],
        "score": [one.score for one in found],
        "difference_minor": [one.fee_minor for one in found],
        "reason": [one.reason for one in found],
    }
    write_matches(session, write, company_id, keys, columns, now)
    pairs = list(zip(keys, found, strict=True))
    members: list[Member] = [(key, one.line, None, 0) for key, one in pairs]
    members += [(key, None, one.item, one.minor) for key, one in pairs if one.item]
    write_members(session, write, company_id, members)
    back = [(key, one.payment, one.sale, one.minor) for key, one in pairs if not one.item]
    write_refunds(session, write, company_id, back)
    if fees_id:
        fees = [(key, DifferenceKind.FEE, fees_id, one.fee_minor) for key, one in pairs if one.fee_minor]
        write_differences(session, write, company_id, fees)
    reckon_items(session, company_id, [key for key, one in pairs if one.item])


def _audit(
    session: Session, caller: Caller, company_id: UUID, found: Collection[_Found], result: Linked, now: datetime
) -> None:
    covered = [
        ("confirmed" if one.sure else "suggested", one.line.hex, (one.item or one.payment or one.sale or one.line).hex)
        for one in found
    ]
    record(
        session, caller, company_id=company_id, action="lines linked", subject="match", now=now,
        after={"parts": result.parts, "refunds": result.refunds, "suggested": result.suggested},
        row_count=len(covered), rows_digest=rows_digest(covered),
    )  # fmt: skip
