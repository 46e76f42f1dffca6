"""A second look at entries that are posted: they were right, or they are reversed and booked anew."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import EntryNotOpen, InvalidInput
from core.posting.closed_statements import check_statements_open
from core.posting.lines import Line
from core.posting.open_entries import LockedEntry, OpenCompany, check_bookable, lock_entries, open_company
from core.posting.preparing import prepare_entries
from core.posting.reversing import write_reversals
from core.posting.reviewing import Decision, write_reviews
from core.posting.settling import overrule_matches
from core.posting.tax import chosen_taxes, with_tax
from core.posting.writing import (
    BANK_POSITION,
    NewEntries,
    in_portions,
    new_keys,
    one_line_each,
    post_entries,
    write_entries,
)
from core.storage import WriteColumns
from models import EntryStatus, JournalLine, Method, Outcome, Review, TaxLine


def correct_posted(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_id: UUID,
    account_id: UUID,
    *,
    write: WriteColumns,
    now: datetime,
    booked_on: date | None = None,
    comment: str = "",
    tax_code_id: UUID | None = None,
) -> Decision:
    """Reverse a posted entry and book its bank line to another account, linked to the reversed entry.

    The decision remembers whether the entry had been posted by the policy; that is how the precision of what is
    posted alone is measured. An earlier decision on the same line is replaced by this one.

    Above the company's limit for one person the entry is reversed just so, and the new one is prepared: it waits in
    Review for a second person (core.posting.preparing).

    Args:
        booked_on: the day of the reversal and of the new entry; without it the day of the original.
        tax_code_id: the tax that the amount contains.

    Raises:
        PeriodClosed: that day falls in a closed period.
        StatementClosed: the new entry would wait, and the bank line lies in a closed statement.
        EntryNotOpen: the entry is not posted (any more).
        AccountNotBookable, NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    check_bookable(session, company_id, [account_id])
    taxes = chosen_taxes(session, company_id, [tax_code_id])
    (entry,) = entries = lock_entries(session, company, [entry_id], EntryStatus.POSTED)
    if booked_as(session, entry_id) == ([account_id], tax_code_id):
        raise InvalidInput("The entry is booked to that account already; choose another.")
    if company.needs_second(entry.amount_minor, entry.currency):
        lines = with_tax([Line(account_id, -entry.amount_minor, tax_code_id)], taxes)
        return _prepare(session, caller, company, entry, lines, write=write, now=now, booked_on=booked_on, said=comment)
    write_reversals(session, caller, company, entries, write=write, now=now, booked_on=booked_on)
    (key,) = new_keys(1)
    new = NewEntries(
        id=[key],
        transaction_id=[entry.transaction_id],
        booked_on=[booked_on or entry.booked_on],
        currency=[entry.currency],
        method=[Method.MANUAL],
        lines=one_line_each(
            [entry.bank_account_id], [account_id], [entry.amount_minor], taxes=dict(enumerate(taxes.values()))
        ),
        optional={"proposal_id": [entry.proposal_id], "replaces_id": [entry_id]},
    )
    write_entries(session, write, company_id, new, now=now)
    post_entries(session, company_id, [key], now=now, by=caller.user_id)
    overrule_matches(session, company_id, [entry.transaction_id], now=now, by=caller.user_id)
    automatic = entry.auto_approved or _was_automatic(session, company_id, entry.transaction_id)
    _replace_decisions(session, company_id, [entry.transaction_id], now=now)
    decided = [replace(entry, auto_approved=automatic)]
    decision = write_reviews(
        session, write, caller, company, decided, [Outcome.CORRECTED], now=now, comment=comment, account_id=account_id
    )
    record(
        session, caller, company_id=company_id, action="posted entry corrected", subject="entry", subject_id=entry_id,
        now=now,
        after={
            "new_entry": str(key), "account_id": str(account_id), "comment": comment.strip(),
            "tax_code": taxes[tax_code_id].code if tax_code_id else "",
        },
    )  # fmt: skip
    return decision


def _prepare(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    entry: LockedEntry,
    lines: Sequence[Line],
    *,
    write: WriteColumns,
    now: datetime,
    booked_on: date | None,
    said: str,
) -> Decision:
    check_statements_open(session, company.id, [entry.transaction_id])
    write_reversals(session, caller, company, [entry], write=write, now=now, booked_on=booked_on)
    _replace_decisions(session, company.id, [entry.transaction_id], now=now)
    keys = prepare_entries(
        session, caller, company, [entry], [lines], write=write, now=now, comment=said, booked_on=booked_on
    )
    return Decision(Outcome.CORRECTED, (), (), lines[0].account_id, (entry.id,), keys)


def confirm_posted(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
) -> Decision:
    """A person looked at entries that the policy had posted and found them right; the books do not change.

    Raises:
        EntryNotOpen: an entry is not posted (any more), or a person decided on it before.
        NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    entries = lock_entries(session, company, entry_ids, EntryStatus.POSTED)
    decided = _decided(session, company_id, [entry.transaction_id for entry in entries])
    for entry in entries:
        if not entry.auto_approved or entry.transaction_id in decided:
            raise EntryNotOpen(company.name_of(entry.id), "decided by a person")
    outcomes = [Outcome.APPROVED] * len(entries)
    decision = write_reviews(session, write, caller, company, entries, outcomes, now=now, comment=comment)
    record(
        session, caller, company_id=company_id, action="posted entries confirmed", subject="entry", now=now,
        after={"entries": len(entries)}, row_count=len(entries),
        rows_digest=rows_digest((entry.id.hex,) for entry in entries),
    )  # fmt: skip
    return decision


def booked_as(session: Session, entry_id: UUID) -> tuple[list[UUID], UUID | None]:
    """The accounts against which an entry is booked, those of its taxes left out, and its tax code."""
    taxes = session.execute(
        select(col(TaxLine.position), col(TaxLine.tax_code_id), col(TaxLine.tax_minor)).where(
            col(TaxLine.entry_id) == entry_id
        )
    ).all()
    behind = [place + 1 for place, _, tax in taxes if tax]
    accounts = session.execute(
        select(col(JournalLine.account_id)).where(
            col(JournalLine.entry_id) == entry_id,
            col(JournalLine.position) > BANK_POSITION,
            col(JournalLine.position).not_in(behind),
        )
    ).scalars()
    return list(accounts), taxes[0][1] if taxes else None


def _was_automatic(session: Session, company_id: UUID, transaction_id: UUID) -> bool:
    """The policy had posted the line before it was corrected; a second correction does not wipe that out."""
    found = session.execute(
        select(func.count(col(Review.id))).where(
            col(Review.company_id) == company_id,
            col(Review.transaction_id) == transaction_id,
            col(Review.undone_at).is_(None),
            col(Review.was_automatic),
        )
    )
    return bool(found.scalar_one())


def _decided(session: Session, company_id: UUID, transaction_ids: Sequence[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for portion in in_portions(transaction_ids):
        found |= set(
            session.execute(
                select(col(Review.transaction_id)).where(
                    col(Review.company_id) == company_id,
                    col(Review.transaction_id).in_(portion),
                    col(Review.undone_at).is_(None),
                )
            ).scalars()
        )
    return found


def _replace_decisions(session: Session, company_id: UUID, transaction_ids: Sequence[UUID], *, now: datetime) -> None:
    """Earlier decisions on these lines are not in force any more."""
    session.execute(
        update(Review)
        .where(
            col(Review.company_id) == company_id,
            col(Review.transaction_id).in_(transaction_ids),
            col(Review.undone_at).is_(None),
        )
        .values(undone_at=now)
        .execution_options(synchronize_session=False)
    )
