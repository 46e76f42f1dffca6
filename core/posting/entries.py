"""Booking: every bank line without an entry gets its proposal and its balanced entry, in bulk.

A confirmed match comes first: a line that settles an open item goes to the item's account (cash basis: what moved on
the bank is booked), a line of an own transfer to the clearing account. The rest goes to rules and model. What the
policy lets through is posted, everything else waits for review; where nobody knows, on the suspense account.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select, update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.postings import note_posted
from core.access.roles import Action, Caller
from core.assurance.draw import draw_re_reviews
from core.categorization.anomalies import Payments
from core.categorization.proposing import Proposer, load_proposer
from core.categorization.reviewed import booked_payments
from core.ingestion.shown_names import as_shown, shown_names
from core.posting.bookings import (
    Bookings,
    UnbookedLines,
    book_matched,
    book_proposed,
    hold_all,
    hold_foreign,
    hold_matched_by_hand,
    undecided,
)
from core.posting.named_transfers import book_named_transfers, own_bank_accounts
from core.posting.odd_lines import hold_odd
from core.posting.open_entries import OpenCompany, account_with_role, open_company
from core.posting.preparing import note_matched_by_hand
from core.posting.reversing import withdraw_entries
from core.posting.settling import matches_of_lines
from core.posting.tax import tax_rates
from core.posting.turning_back import book_turned_back
from core.posting.valuing import keeps_currencies, value_entries
from core.posting.writing import (
    NewEntries,
    digest_rows,
    in_portions,
    new_keys,
    one_line_each,
    post_entries,
    write_entries,
)
from core.storage import WriteColumns
from models import (
    AccountRole,
    BankAccount,
    EntryStatus,
    JournalEntry,
    Method,
    Outcome,
    Proposal,
    Review,
    Transaction,
)


@dataclass(frozen=True, slots=True)
class BookingResult:
    """How many lines were booked and how: entries = auto_approved + confirmed + needs_review, and also the sum of by_….

    `auto_approved` were posted by the policy, `confirmed` because a person had confirmed their match.
    `in_closed_period` counts lines left alone because their day is locked.
    """

    entries: int = 0
    auto_approved: int = 0
    confirmed: int = 0
    needs_review: int = 0
    by_match: int = 0
    by_rule: int = 0
    by_model: int = 0
    by_none: int = 0
    in_closed_period: int = 0


def book_company(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    write: WriteColumns,
    now: datetime,
    transaction_ids: Collection[UUID] | None = None,
    hold: str = "",
) -> BookingResult:
    """Book every live line that has no entry and that nobody rejected; one audit event for all.

    Args:
        transaction_ids: only these lines; None means all of the company.
        hold: why the policy posts none of these lines, where it shall not.

    Raises:
        NotFound, AccessDenied: the caller may not upload here; or the chart lacks suspense or clearing.
        UnbalancedEntry: asserted of the whole batch before anything is written.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    unbooked = _unbooked(company, transaction_ids)
    locked = _count_locked(session, company, unbooked)
    lines = _load(session, company, unbooked)
    if not len(lines):
        return BookingResult(in_closed_period=locked)
    proposer = load_proposer(session, caller, company_id)
    past = booked_payments(session, caller, company_id, min(lines.booked_on))
    bookings = _decide(session, company, lines, proposer, unbooked, past)
    if hold:
        hold_all(bookings, hold)
    _write(session, write, caller, company, lines, bookings, proposer, now)
    return _result(bookings, locked)


def rebook_lines(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
    hold: str = "",
) -> BookingResult:
    """Propose anew for lines whose entries wait for review, for instance since a match was confirmed or dismissed.

    Lines that are posted, or that a person rejected, stay as they are. `hold` is that of `book_company`.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    withdraw_entries(session, caller, company, transaction_ids, now=now)
    return book_company(session, caller, company_id, write=write, now=now, transaction_ids=transaction_ids, hold=hold)


def _unbooked(company: OpenCompany, transaction_ids: Collection[UUID] | None) -> Select[Any]:
    """Selects the ids of live lines without a live entry that no person rejected."""
    live = exists().where(
        col(JournalEntry.transaction_id) == col(Transaction.id),
        col(JournalEntry.status).in_([EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED]),
    )
    rejected = exists().where(
        col(Review.transaction_id) == col(Transaction.id),
        col(Review.outcome) == Outcome.REJECTED,
        col(Review.undone_at).is_(None),
    )
    query = select(col(Transaction.id)).where(
        col(Transaction.company_id) == company.id, col(Transaction.reverted_at).is_(None), ~live, ~rejected
    )
    return query if transaction_ids is None else query.where(col(Transaction.id).in_(transaction_ids))


def _count_locked(session: Session, company: OpenCompany, unbooked: Select[Any]) -> int:
    if company.closed_through_on is None:
        return 0
    closed = unbooked.where(col(Transaction.booked_on) <= company.closed_through_on).subquery()
    count: int = session.execute(select(func.count()).select_from(closed)).scalar_one()
    return count


def _load(session: Session, company: OpenCompany, unbooked: Select[Any]) -> UnbookedLines:
    query = unbooked.join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id)).with_only_columns(
        col(Transaction.id), col(Transaction.amount_minor), col(Transaction.currency), col(Transaction.booked_on),
        col(BankAccount.account_id), col(BankAccount.code), col(Transaction.description),
        col(Transaction.counterparty),
    )  # fmt: skip
    if company.closed_through_on is not None:
        query = query.where(col(Transaction.booked_on) > company.closed_through_on)
    rows = session.execute(query.order_by(col(Transaction.booked_on), col(Transaction.row))).all()
    columns: Any = zip(*rows, strict=True) if rows else [()] * 8
    lines = UnbookedLines(*columns)
    return replace(lines, counterparty=as_shown(lines.counterparty, shown_names(session, company.id)))


def _decide(
    session: Session,
    company: OpenCompany,
    lines: UnbookedLines,
    proposer: Proposer,
    unbooked: Select[Any],
    past: Payments,
) -> Bookings:
    """Matches first, then rules and model; nothing on suspense or out of the ordinary is posted alone."""
    suspense_id = account_with_role(session, company.id, AccountRole.SUSPENSE)
    bookings = undecided(len(lines), suspense_id)
    clearing_id = account_with_role(session, company.id, AccountRole.TRANSFER_CLEARING)
    matches = matches_of_lines(session, company.id, unbooked)
    others = book_matched(
        bookings, lines, matches, accounts=proposer.accounts, policy=proposer.policy, clearing_id=clearing_id
    )
    if others:
        book_proposed(
            bookings, lines, others, proposer.propose(lines.to_categorise(others)), matches,
            rule_ids=proposer.rule_ids, model_version_id=proposer.model_version_id, policy=proposer.policy,
            tax_rates=tax_rates(session, company.id),
        )  # fmt: skip
        own = own_bank_accounts(session, company.id)
        book_named_transfers(bookings, lines, others, own, accounts=proposer.accounts, policy=proposer.policy)
    hold_foreign(bookings, lines, company.base_currency)
    hold_odd(bookings, lines, past, proposer.accounts, clearing_id=clearing_id)
    book_turned_back(session, company.id, bookings, lines, matches)
    hold_matched_by_hand(bookings, lines, company)
    for i, account_id in enumerate(bookings.account_id):
        if account_id == suspense_id:
            bookings.auto[i], bookings.confirmed_by[i] = False, None
    return bookings


def _write(
    session: Session,
    write: WriteColumns,
    caller: Caller,
    company: OpenCompany,
    lines: UnbookedLines,
    bookings: Bookings,
    proposer: Proposer,
    now: datetime,
) -> None:
    proposal_ids = _write_proposals(session, write, company.id, lines, bookings, proposer, now)
    made = [(lines.transaction_id[i], proposal_ids[i], person) for i, person in bookings.prepared_by.items()]
    note_matched_by_hand(session, write, company.id, made, now=now)
    columns = one_line_each(
        lines.ledger_account_id, bookings.account_id, lines.amount_minor, bookings.parts, bookings.taxes
    )
    entries = NewEntries(
        id=new_keys(len(lines)),
        transaction_id=lines.transaction_id,
        booked_on=lines.booked_on,
        currency=lines.currency,
        method=bookings.method,
        lines=columns,
        optional={
            "proposal_id": proposal_ids,
            "auto_approved": bookings.auto,
            "memo": [bookings.memo.get(i, "") for i in range(len(lines))],
        },
    )
    write_entries(session, write, company.id, entries, now=now)
    automatic = [key for key, auto in zip(entries.id, bookings.auto, strict=True) if auto]
    if keeps_currencies(session, company.id):
        for portion in in_portions(automatic):
            value_entries(session, company.id, portion)
    _post_automatic(session, company.id, now)
    note_posted(session, company.id, automatic)
    _post_confirmed(session, company.id, entries.id, bookings, now)
    alone = [i for i, auto in enumerate(bookings.auto) if auto and i not in bookings.parts]
    draw_re_reviews(
        session, write, company.id, [entries.id[i] for i in alone], [lines.amount_minor[i] for i in alone],
        proposer.policy, now=now,
    )  # fmt: skip
    result = _result(bookings, 0)
    record(
        session, caller, company_id=company.id, action="lines booked", subject="entry", now=now,
        after={
            "entries": result.entries, "auto_approved": result.auto_approved, "confirmed": result.confirmed,
            "by_match": result.by_match, "by_rule": result.by_rule, "by_model": result.by_model,
        },
        row_count=len(lines), rows_digest=rows_digest(digest_rows(entries.id, columns)),
    )  # fmt: skip


def _write_proposals(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    lines: UnbookedLines,
    bookings: Bookings,
    proposer: Proposer,
    now: datetime,
) -> list[UUID]:
    count = len(lines)
    keys = new_keys(count)
    columns = {
        "id": keys,
        "company_id": [company_id] * count,
        "transaction_id": lines.transaction_id,
        "account_id": bookings.account_id,
        "method": list(map(str, bookings.method)),
        "confidence": bookings.confidence,
        "reason": bookings.reason,
        "hold_reason": bookings.hold_reason,
        "alternatives": bookings.alternatives,
        "rule_id": bookings.rule_id,
        "match_id": bookings.match_id,
        "model_version_id": bookings.model_version_id,
        "policy": [proposer.policy.to_dict()] * count,
        "created_at": [now] * count,
    }
    write(session, Proposal, columns)
    return keys


def _post_automatic(session: Session, company_id: UUID, now: datetime) -> None:
    """Only entries of this booking can be marked as automatic and still wait: nothing else leaves them so."""
    session.execute(
        update(JournalEntry)
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW,
            col(JournalEntry.auto_approved),
        )
        .values(status=EntryStatus.POSTED, posted_at=now)
        .execution_options(synchronize_session=False)
    )


def _post_confirmed(
    session: Session, company_id: UUID, entry_ids: Sequence[UUID], bookings: Bookings, now: datetime
) -> None:
    people: dict[UUID, list[UUID]] = {}
    for entry_id, person in zip(entry_ids, bookings.confirmed_by, strict=True):
        if person is not None:
            people.setdefault(person, []).append(entry_id)
    for person, confirmed in people.items():
        post_entries(session, company_id, confirmed, now=now, by=person)


def _result(bookings: Bookings, in_closed_period: int) -> BookingResult:
    methods = Counter(bookings.method)
    auto, confirmed = sum(bookings.auto), sum(person is not None for person in bookings.confirmed_by)
    return BookingResult(
        entries=len(bookings),
        auto_approved=auto,
        confirmed=confirmed,
        needs_review=len(bookings) - auto - confirmed,
        by_match=methods[Method.MATCH],
        by_rule=methods[Method.RULE],
        by_model=methods[Method.MODEL],
        by_none=methods[Method.NONE],
        in_closed_period=in_closed_period,
    )
