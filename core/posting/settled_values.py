"""Open items in another currency that were in the books: settled at the value with which they were entered.

An item that names a receivable or payable was booked when it was issued, at the rate of that day; its payment clears
that value, and the difference to what the money is worth now is a realised exchange gain or loss. An item that names
income or expense was in no book before: it counts when the money moves, at the rate of that day, and nothing is gained
or lost.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.errors import ExchangeAccountMissing
from core.exchange.rates import KnownRates, convert, share
from core.posting.foreign_entries import ForeignEntry, ValuedLine, rate_on
from models import Account, AccountType, MatchMember, OpenItem

Settled = dict[tuple[UUID, UUID], tuple[int, int]]  # (match, account) → what is settled there, and what it was worth
_BOOKED = (AccountType.ASSET, AccountType.LIABILITY)


def settled_worth(
    session: Session, company_id: UUID, base: str, rates: KnownRates, match_ids: Collection[UUID]
) -> Settled:
    """What the items of these matches on receivables and payables were worth when they were issued.

    Raises:
        RateMissing: rates of their currency are known, but none for the day of issue.
    """
    rows = session.execute(
        select(
            col(MatchMember.match_id), col(OpenItem.account_id), col(MatchMember.settled_minor),
            col(OpenItem.currency), col(OpenItem.issued_on),
        )
        .join(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
        .join(Account, col(Account.id) == col(OpenItem.account_id))
        .where(
            col(MatchMember.company_id) == company_id,
            col(MatchMember.match_id).in_(match_ids),
            col(Account.type).in_(_BOOKED),
        )
    )  # fmt: skip
    found: Settled = {}
    for match_id, account_id, settled, currency, issued_on in rows:
        if currency != base and rates.covers(currency):
            amount, worth = found.get((match_id, account_id), (0, 0))
            value = convert(settled, rate_on(rates, currency, issued_on).rate, currency, base)
            found[match_id, account_id] = amount + settled, worth + value
    return found


def settle_at_worth(entry: ForeignEntry, settled: Settled, exchange_id: UUID | None) -> None:
    """Value the lines of an entry that clear items at what those were worth; a line takes up the difference.

    Raises:
        ExchangeAccountMissing: there is a difference, and the company names no account for it.
    """
    for line in entry.lines[1:]:
        amount, worth = settled.get((entry.match_id, line.account_id), (0, 0)) if entry.match_id else (0, 0)
        if amount:
            line.base_minor = share(worth, line.amount_minor, amount)
    rest = -sum(line.base_minor or 0 for line in entry.lines)
    if rest and exchange_id is None:
        raise ExchangeAccountMissing
    if rest and exchange_id:
        place = entry.lines[-1].position + 1
        entry.lines.append(ValuedLine(place, exchange_id, 0, entry.bank_line.currency, rest))
        entry.is_rewritten = True
