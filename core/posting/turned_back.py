"""What matches turn back, and the accounts that it was booked to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.posting.lines import parts_by_weight
from core.posting.tax import TaxRate, tax_in
from core.posting.writing import BANK_POSITION, in_portions
from models import EntryStatus, JournalEntry, JournalLine, MatchRefund, OpenItem, TaxCode, TaxLine

Parts = list[tuple[UUID, int]]  # accounts with amounts


def turned_back_payments(session: Session, company_id: UUID, match_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, int]]:
    """Of matches that turn back a bank line: the line and how much of it, in the sign of the refund."""
    found: dict[UUID, tuple[UUID, int]] = {}
    for portion in in_portions(match_ids):
        rows = session.execute(
            select(col(MatchRefund.match_id), col(MatchRefund.transaction_id), col(MatchRefund.amount_minor)).where(
                col(MatchRefund.company_id) == company_id,
                col(MatchRefund.match_id).in_(portion),
                col(MatchRefund.transaction_id).is_not(None),
            )
        )
        found |= {match_id: (line, int(minor)) for match_id, line, minor in rows}
    return found


def turned_back_amounts(
    session: Session, company_id: UUID, match_ids: Collection[UUID]
) -> Iterator[tuple[UUID, UUID, int]]:
    """(match, account, amount) of what these matches turn back, as far as it is posted; sales go by their items."""
    payments = turned_back_payments(session, company_id, match_ids)
    posted = counter_parts(session, company_id, {line for line, _ in payments.values()}, EntryStatus.POSTED)
    for match_id, (line, minor) in sorted(payments.items()):
        if parts := posted.get(line):
            yield from ((match_id, account_id, share) for account_id, share in parts_by_weight(minor, parts))
    for portion in in_portions(match_ids):
        rows = session.execute(
            select(col(MatchRefund.match_id), col(OpenItem.account_id), col(MatchRefund.amount_minor))
            .join(OpenItem, col(OpenItem.id) == col(MatchRefund.open_item_id))
            .where(col(MatchRefund.company_id) == company_id, col(MatchRefund.match_id).in_(portion))
            .order_by(col(MatchRefund.id))
        )
        yield from ((match_id, account_id, int(minor)) for match_id, account_id, minor in rows)


def counter_parts(
    session: Session, company_id: UUID, line_ids: Collection[UUID], status: EntryStatus
) -> dict[UUID, Parts]:
    """Of bank lines with an entry of this status: what it books beside the bank's own line, in the bank line's sign."""
    found: dict[UUID, Parts] = defaultdict(list)
    for portion in in_portions(line_ids):
        rows = session.execute(
            select(col(JournalEntry.transaction_id), col(JournalLine.account_id), col(JournalLine.amount_minor))
            .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
            .where(
                col(JournalEntry.company_id) == company_id,
                col(JournalEntry.transaction_id).in_(portion),
                col(JournalEntry.status) == status,
                col(JournalLine.position) > BANK_POSITION,
            )
            .order_by(col(JournalLine.entry_id), col(JournalLine.position))
        )
        for line, account_id, minor in rows:
            found[line].append((account_id, -int(minor)))
    return dict(found)


def taxes_of(session: Session, company_id: UUID, line_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, TaxRate]]:
    """Of bank lines booked whole to one account with one tax, posted or not: the account and the tax.

    Left out are those whose code has another rate by now, since a refund gives back the tax that was paid.
    """
    behind = (
        select(func.count())
        .where(col(JournalLine.entry_id) == col(TaxLine.entry_id), col(JournalLine.position) > BANK_POSITION)
        .correlate(TaxLine)
        .scalar_subquery()
    )
    found: dict[UUID, tuple[UUID, TaxRate]] = {}
    for portion in in_portions(line_ids):
        rows = session.execute(
            select(
                col(JournalEntry.transaction_id), col(JournalLine.account_id),
                col(TaxLine.net_minor), col(TaxLine.tax_minor), behind,
                col(TaxCode.id), col(TaxCode.code), col(TaxCode.rate_bp), col(TaxCode.account_id),
            )
            .join(TaxLine, col(TaxLine.entry_id) == col(JournalEntry.id))
            .join(TaxCode, col(TaxCode.id) == col(TaxLine.tax_code_id))
            .join(
                JournalLine,
                (col(JournalLine.entry_id) == col(TaxLine.entry_id))
                & (col(JournalLine.position) == col(TaxLine.position)),
            )
            .where(
                col(JournalEntry.company_id) == company_id,
                col(JournalEntry.transaction_id).in_(portion),
                col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW]),
            )
        )  # fmt: skip
        for line, account_id, net, tax, lines, *code in rows:
            rate = TaxRate(*code)
            if lines == 1 + (tax != 0) and tax_in(net + tax, rate.rate_bp) == tax:
                found[line] = account_id, rate
    return found
