"""Lines and items that a person puts together, and what becomes of a difference between the two sides."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlmodel import Session

from core.access.roles import Action, Caller
from core.categorization.company_policy import policy_of
from core.errors import MatchRefused
from core.matching.fees import can_be_fee
from core.money import decimal_text
from core.posting.named_accounts import default_account
from core.posting.open_entries import OpenCompany, open_company
from core.posting.settling import BY_HAND
from core.posting.writing import new_keys
from core.reconciliation.deciding import put_in_force
from core.reconciliation.exchanges import check_exchange
from core.reconciliation.members import MemberItem, MemberLine, Members, check_free, items_with, lines_with
from core.reconciliation.storing import write_differences, write_members
from core.storage import WriteColumns
from models import AccountPurpose, DifferenceKind, Match, MatchKind, MatchStatus


class Rest(StrEnum):
    """What becomes of the difference between the lines and what is open of the items."""

    NONE = "none"  # there is none
    LEFT_OPEN = "left_open"  # the lines pay a part; the rest stays open, of the latest item first
    FEE = "fee"  # the processor kept it: booked to the account for fees
    WRITTEN_OFF = "written_off"  # booked to the account for small differences, within the policy's limit


_BOOKED = {
    Rest.FEE: (DifferenceKind.FEE, AccountPurpose.FEES),
    Rest.WRITTEN_OFF: (DifferenceKind.ADJUSTMENT, AccountPurpose.ADJUSTMENTS),
}


def match_by_hand(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_ids: Collection[UUID],
    open_item_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
    rest: Rest = Rest.NONE,
) -> UUID:
    """Match the chosen lines with the chosen items, or two lines of own accounts as a transfer; the match's id.

    A transfer may be an exchange of one currency for another, near the rate of the day.

    Args:
        rest: what becomes of a difference; without one it is not used.

    Raises:
        MatchRefused: the sums differ and `rest` does not allow for it, two lines are no transfer, or a member is taken.
        RateMissing, ExchangeAccountMissing: see core.posting.valuing.
        PeriodClosed, NotFound, AccessDenied.
    """
    company = open_company(session, caller, company_id, Action.RECONCILE)
    lines, items = lines_with(session, company_id, transaction_ids), items_with(session, company_id, open_item_ids)
    crossing = not items and len({line.currency for line in lines}) == 2 and _are_two_accounts(lines)
    if crossing:
        check_exchange(session, company_id, company.base_currency, lines)
    difference = 0 if crossing else _difference(lines, items)
    settled = {item.id: item.open_minor for item in items}
    if difference and rest is Rest.LEFT_OPEN:
        settled, difference = part_payment(sum(line.amount_minor for line in lines), items), 0
    account_id = _account_for(session, caller, company, rest, difference, lines, items) if difference else None
    members = Members(lines, items, settled, difference)
    match = Match(
        id=new_keys(1)[0],
        company_id=company_id,
        kind=MatchKind.SETTLEMENT if items else MatchKind.TRANSFER,
        status=MatchStatus.SUGGESTED,
        score=1.0,
        difference_minor=difference,
        reason=BY_HAND,
        created_at=now,
    )
    session.add(match)
    session.flush()
    write_members(
        session, write, company_id,
        [*((match.id, line.id, None, 0) for line in lines), *((match.id, None, key, settled[key]) for key in settled)],
    )  # fmt: skip
    facts: dict[str, object] = {"settled": {item.number: settled[item.id] for item in items}}
    if account_id:
        write_differences(session, write, company_id, [(match.id, _BOOKED[rest][0], account_id, difference)])
        facts |= {"difference_minor": difference, "difference": str(_BOOKED[rest][0]), "account_id": str(account_id)}
    check_free(session, company, match.id, members)
    put_in_force(session, caller, company, match, members, write=write, now=now, action="matched by hand", **facts)
    return match.id


def part_payment(paid_minor: int, items: Sequence[MemberItem]) -> dict[UUID, int]:
    """How a payment of less than all that is open is shared: item → part, the oldest item first, in full.

    Raises MatchRefused where the payment is larger, goes the other way or would leave an item nothing.
    """
    sign = 1 if paid_minor > 0 else -1
    left = abs(paid_minor)
    whole = sum(item.open_minor for item in items)
    if any(item.open_minor * sign <= 0 for item in items):
        raise MatchRefused("a part payment settles items that all go the way of the bank lines")
    if left > abs(whole):
        raise MatchRefused("the lines come to more than is open; there is no rest to leave")
    parts: dict[UUID, int] = {}
    for item in items:
        part = min(left, abs(item.open_minor))
        if not part:
            raise MatchRefused(f"nothing of the payment is left for {item.number}; take it out of the selection")
        parts[item.id] = sign * part
        left -= part
    return parts


def _difference(lines: Sequence[MemberLine], items: Sequence[MemberItem]) -> int:
    """Lines less what is open of the items. Raises MatchRefused for what can never be matched."""
    if not lines:
        raise MatchRefused("choose at least one bank line")
    for item in items:
        if not item.open_minor:
            raise MatchRefused(f"{item.number} is settled already")
    currencies = {line.currency for line in lines} | {item.currency for item in items}
    if len(currencies) > 1:
        raise MatchRefused(f"they are in different currencies ({', '.join(sorted(currencies))})")
    if not items and not _are_two_accounts(lines):
        raise MatchRefused("a transfer has two lines, of two bank accounts; to settle something choose open items too")
    difference = sum(line.amount_minor for line in lines) - sum(item.open_minor for item in items)
    if difference and not items:
        raise _apart(difference, lines[0].currency)
    return difference


def _are_two_accounts(lines: Sequence[MemberLine]) -> bool:
    return len(lines) == 2 and lines[0].bank_account_id != lines[1].bank_account_id


def _apart(difference: int, currency: str) -> MatchRefused:
    amount = decimal_text(difference, currency)
    return MatchRefused(f"the two sides differ by {amount} {currency}; choose what makes up the difference")


def _account_for(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    rest: Rest,
    difference: int,
    lines: Sequence[MemberLine],
    items: Sequence[MemberItem],
) -> UUID:
    """The account that a difference is booked to. Raises MatchRefused where it cannot be booked."""
    currency = lines[0].currency
    if rest is Rest.FEE:
        if not can_be_fee(-difference, [item.open_minor for item in items]):
            raise MatchRefused(f"{decimal_text(-difference, currency)} {currency} is no fee that a processor keeps")
    elif rest is Rest.WRITTEN_OFF:
        limit = policy_of(session, caller, company.id).adjustment_limit_minor
        if currency != company.base_currency:
            raise MatchRefused(f"differences are written off in {company.base_currency} alone")
        if abs(difference) > limit:
            allowed = f"{decimal_text(limit, currency)} {currency}"
            raise MatchRefused(f"the policy lets a person write off {allowed} at the most")
    else:
        raise _apart(difference, currency)
    purpose = _BOOKED[rest][1]
    account_id = default_account(session, company.id, purpose)
    if account_id is None:
        raise MatchRefused(f"the company has named no account for {purpose}; choose one in Settings")
    return account_id
