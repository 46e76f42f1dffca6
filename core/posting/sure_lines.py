"""The lines that wait although the machine is quite sure of them: shown by account before a person takes them all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.errors import InvalidInput
from core.posting.bookings import WAITS_FOR_MATCH
from core.posting.queue import waiting_lines
from core.posting.queue_filter import MILLION, QueueFilter
from models import Account, AccountRole, WaitingGroup, WaitingLine


@dataclass(frozen=True, slots=True)
class SureAccount:
    """What would go to one account in one currency, and why those lines had waited."""

    account: str  # code and name
    currency: str
    lines: int
    sum_minor: int  # money in > 0
    least_confidence: float
    hold_reasons: tuple[str, ...]  # without repetition, the most frequent first


@dataclass(frozen=True, slots=True)
class SureLines:
    """All waiting lines at or above a confidence. `entry_ids` is what core.posting.reviewing.approve takes."""

    entry_ids: tuple[UUID, ...]
    accounts: tuple[SureAccount, ...]  # in the order of their codes
    sizes_minor: dict[str, int]  # currency → sum of the sizes of all lines, money in and out alike


def sure_lines(
    session: Session, caller: Caller, company_id: UUID, *, at_least: float, filters: QueueFilter | None = None
) -> SureLines:
    """The waiting lines whose own confidence is at least this, whatever else makes them wait.

    Never among them: lines on suspense, lines without a confidence, and lines with a suggested match, since how sure
    the account is says nothing about whether the line settles an open item. Unlike the level of a group, which is
    that of its mean, the confidence of each line decides; `filters.level` is not looked at.

    Args:
        at_least: a share in (0, 1].

    Raises:
        NotFound, AccessDenied: the caller may not see this company.
        InvalidInput: the share is none.
    """
    caller.require(company_id, Action.READ)
    if not 0 < at_least <= 1:
        raise InvalidInput(f"{at_least} is no confidence; give a share above 0 and up to 1.")
    line, group = WaitingLine, WaitingGroup
    rows = session.execute(
        select(
            col(line.entry_id), col(Account.code), col(Account.name), col(group.currency), col(line.amount_minor),
            col(line.sure_millionths), col(line.hold_reason),
        )
        .select_from(line)
        .join(group, col(group.id) == col(line.group_id))
        .join(Account, col(Account.id) == col(group.account_id))
        .where(
            *waiting_lines(session, company_id, replace(filters or QueueFilter(), level=None)),
            col(line.sure_millionths) >= round(at_least * MILLION),
            col(line.hold_reason) != WAITS_FOR_MATCH,
            col(Account.role).is_distinct_from(AccountRole.SUSPENSE),
        )
        .order_by(col(Account.code), col(group.currency), col(line.entry_id))
    ).all()  # fmt: skip
    grouped: dict[tuple[str, str], list[tuple[int, float, str]]] = {}
    sizes: dict[str, int] = {}
    for _, code, name, currency, amount, millionths, hold_reason in rows:
        confidence = millionths / MILLION
        grouped.setdefault((f"{code} {name}", currency), []).append((amount, confidence, hold_reason))
        sizes[currency] = sizes.get(currency, 0) + abs(amount)
    accounts = tuple(_account(account, currency, lines) for (account, currency), lines in grouped.items())
    return SureLines(tuple(row[0] for row in rows), accounts, sizes)


def _account(account: str, currency: str, lines: Sequence[tuple[int, float, str]]) -> SureAccount:
    reasons = [reason for _, _, reason in lines if reason]
    return SureAccount(
        account, currency, len(lines), sum(amount for amount, _, _ in lines), min(sure for _, sure, _ in lines),
        tuple(sorted(set(reasons), key=lambda reason: (-reasons.count(reason), reason))),
    )  # fmt: skip
