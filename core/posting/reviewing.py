"""What a person decides on entries that wait for review. Each decision is kept as the machine's training signal.

All decisions are all or nothing: if one of the entries was decided meanwhile, nothing changes and the refusal names
it. The rows are locked first, so of two people deciding at once exactly one wins.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, select
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import InvalidInput, NoAccountChosen
from core.posting.lines import Line, Part, entry_lines
from core.posting.open_entries import LockedEntry, OpenCompany, check_bookable, lock_entries, open_company
from core.posting.reproposing import propose_like_lines
from core.posting.reversing import reject_entries
from core.posting.settling import overrule_matches
from core.posting.tax import chosen_taxes, with_tax
from core.posting.writing import (
    BANK_POSITION,
    LineColumns,
    check_balanced,
    in_portions,
    new_keys,
    post_entries,
    write_lines,
)
from core.storage import WriteColumns
from models import Account, AccountRole, EntryStatus, JournalLine, Method, Outcome, Review, TaxLine


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: `review_ids` is what core.posting.undoing.undo takes to take it back."""

    outcome: Outcome
    review_ids: tuple[UUID, ...]
    entry_ids: tuple[UUID, ...]
    account_id: UUID | None  # where the lines went; None for splits, rejections, and proposals of several accounts

    @property
    def count(self) -> int:
        return len(self.entry_ids)


def approve(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
) -> Decision:
    """Post the entries as proposed.

    Raises:
        NoAccountChosen: an entry stands on suspense; it needs an account first.
        EntryNotOpen: an entry does not wait for review any more.
        PeriodClosed, NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    _check_no_suspense(session, company, entries)
    post_entries(session, company_id, [entry.id for entry in entries], now=now, by=caller.user_id)
    decision = write_reviews(
        session, write, caller, company, entries, [Outcome.APPROVED] * len(entries), now=now, comment=comment
    )
    _audit(session, caller, company, "entries approved", entries, now, comment)
    return decision


def change_account(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    account_id: UUID,
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
    tax_code_id: UUID | None = None,
) -> Decision:
    """Book the entries to this account instead of the proposed one, and post them.

    An entry whose proposal named this very account and tax and no other counts as approved, every other as corrected;
    a match that had led to another account falls, and what it settled is open again. Where a proposal was corrected,
    like lines that wait are proposed anew at once (core.posting.reproposing).

    Args:
        tax_code_id: the tax that the amounts contain; it is booked on a line of its own.

    Raises:
        AccountNotBookable: a bank line cannot go to this account.
        EntryNotOpen: an entry does not wait for review any more.
        PeriodClosed, NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    check_bookable(session, company_id, [account_id])
    taxes = chosen_taxes(session, company_id, [tax_code_id])
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    several, taxed = _of_several_accounts(session, entries), _proposed_taxes(session, entries)
    same = {
        entry.id
        for entry in entries
        if entry.proposed_account_id == account_id and entry.id not in several and taxed.get(entry.id) == tax_code_id
    }
    kept = [entry for entry in entries if entry.id in same]
    changed = [entry for entry in entries if entry.id not in same]
    parts = [with_tax([Line(account_id, -entry.amount_minor, tax_code_id)], taxes) for entry in changed]
    _replace_counter_lines(session, write, company_id, changed, parts)
    post_entries(session, company_id, [entry.id for entry in kept], now=now, by=caller.user_id)
    post_entries(session, company_id, [entry.id for entry in changed], now=now, by=caller.user_id, method=Method.MANUAL)
    overrule_matches(session, company_id, [each.transaction_id for each in changed], now=now, by=caller.user_id)
    decision = write_reviews(
        session, write, caller, company, [*changed, *kept],
        [Outcome.CORRECTED] * len(changed) + [Outcome.APPROVED] * len(kept),
        now=now, comment=comment, account_id=account_id,
    )  # fmt: skip
    facts = {"account_id": account_id, "tax_code": taxes[tax_code_id].code if tax_code_id else ""}
    _audit(session, caller, company, "entries booked to another account", entries, now, comment, **facts)
    propose_like_lines(session, caller, company, [each.transaction_id for each in changed], write=write, now=now)
    return decision


def split(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_id: UUID,
    parts: Sequence[Part],
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
) -> Decision:
    """Book one entry to several accounts and post it. How parts share a line: core.posting.lines.entry_lines.

    Raises:
        UnbalancedEntry: the parts do not add up to the bank line.
        AccountNotBookable, EntryNotOpen, PeriodClosed, NotFound, AccessDenied, InvalidInput, InvalidAmount.
    """
    return split_alike(session, caller, company_id, [entry_id], parts, write=write, now=now, comment=comment)


def split_alike(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    parts: Sequence[Part],
    *,
    write: WriteColumns,
    now: datetime,
    comment: str = "",
) -> Decision:
    """Book each of the entries to the same parts and post them; percentages suit lines of different amounts.

    Raises:
        UnbalancedEntry: the parts do not add up to one of the bank lines.
        AccountNotBookable, EntryNotOpen, PeriodClosed, NotFound, AccessDenied, InvalidInput, InvalidAmount.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    check_bookable(session, company_id, [part.account_id for part in parts])
    taxes = chosen_taxes(session, company_id, [part.tax_code_id for part in parts])
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    counter = [
        with_tax(entry_lines(each.amount_minor, each.bank_account_id, parts, each.currency)[1:], taxes)
        for each in entries
    ]
    _replace_counter_lines(session, write, company_id, entries, counter)
    post_entries(session, company_id, [entry.id for entry in entries], now=now, by=caller.user_id, method=Method.MANUAL)
    overrule_matches(session, company_id, [each.transaction_id for each in entries], now=now, by=caller.user_id)
    outcomes = [Outcome.SPLIT] * len(entries)
    decision = write_reviews(session, write, caller, company, entries, outcomes, now=now, comment=comment)
    action = "entry split" if len(entries) == 1 else "entries split"
    _audit(session, caller, company, action, entries, now, comment, parts=len(parts))
    return decision


def reject(
    session: Session,
    caller: Caller,
    company_id: UUID,
    entry_ids: Collection[UUID],
    comment: str,
    *,
    write: WriteColumns,
    now: datetime,
) -> Decision:
    """Leave these bank lines out of the books until the decision is taken back.

    Args:
        comment: why; it cannot be empty, since the bank balance and the books differ by these lines from now on.

    Raises:
        PeriodClosed, EntryNotOpen, NotFound, AccessDenied, InvalidInput.
    """
    if not comment.strip():
        raise InvalidInput("Say in a few words why these lines stay out of the books.")
    company = open_company(session, caller, company_id, Action.REVIEW)
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    reject_entries(session, company_id, [entry.id for entry in entries])
    overrule_matches(session, company_id, [each.transaction_id for each in entries], now=now, by=caller.user_id)
    outcomes = [Outcome.REJECTED] * len(entries)
    decision = write_reviews(session, write, caller, company, entries, outcomes, now=now, comment=comment)
    _audit(session, caller, company, "entries rejected", entries, now, comment)
    return decision


def write_reviews(
    session: Session,
    write: WriteColumns,
    caller: Caller,
    company: OpenCompany,
    entries: Sequence[LockedEntry],
    outcomes: Sequence[Outcome],
    *,
    now: datetime,
    comment: str,
    account_id: UUID | None = None,
) -> Decision:
    """Keep the decisions, one row an entry.

    An approved entry keeps the proposed account unless one is given; one of several accounts names none, as a split.
    """
    keys = new_keys(len(entries))
    several = _of_several_accounts(session, entries)
    chosen = [
        account_id or (entry.proposed_account_id if outcome is Outcome.APPROVED and entry.id not in several else None)
        for entry, outcome in zip(entries, outcomes, strict=True)
    ]
    columns: dict[str, Sequence[Any]] = {
        "id": keys,
        "company_id": [company.id] * len(entries),
        "transaction_id": [entry.transaction_id for entry in entries],
        "entry_id": [entry.id for entry in entries],
        "proposal_id": [entry.proposal_id for entry in entries],
        "reviewer_id": [caller.user_id] * len(entries),
        "outcome": list(outcomes),
        "account_id": chosen,
        "was_automatic": [entry.auto_approved for entry in entries],
        "comment": [comment.strip()] * len(entries),
        "decided_at": [now] * len(entries),
    }
    write(session, Review, columns)
    one = set(chosen)
    entry_ids = tuple(entry.id for entry in entries)
    return Decision(outcomes[0], tuple(keys), entry_ids, one.pop() if len(one) == 1 else None)


def _check_no_suspense(session: Session, company: OpenCompany, entries: Sequence[LockedEntry]) -> None:
    for portion in in_portions(entry.id for entry in entries):
        undecided = session.execute(
            select(col(JournalLine.entry_id))
            .join(Account, col(Account.id) == col(JournalLine.account_id))
            .where(col(JournalLine.entry_id).in_(portion), col(Account.role) == AccountRole.SUSPENSE)
            .limit(1)
        ).scalar_one_or_none()
        if undecided is not None:
            raise NoAccountChosen(company.name_of(undecided))


def _replace_counter_lines(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    entries: Sequence[LockedEntry],
    counter: Sequence[Sequence[Line]],
) -> None:
    """Put these lines in the place of all but the bank's line; the entries still wait for review."""
    if not entries:
        return
    flat = [
        (number, place, line)
        for number, lines in enumerate(counter)
        for place, line in enumerate(lines, BANK_POSITION + 1)
    ]
    columns = LineColumns(
        [number for number, _, _ in flat],
        [place for _, place, _ in flat],
        [line.account_id for _, _, line in flat],
        [line.amount_minor for _, _, line in flat],
        {(number, place): (line.tax_code_id, line.tax_minor) for number, place, line in flat if line.tax_code_id},
    )
    currency = [entry.currency for entry in entries]
    whole = LineColumns(
        [*range(len(entries)), *columns.entry],
        [*[BANK_POSITION] * len(entries), *columns.position],
        [*(entry.bank_account_id for entry in entries), *columns.account_id],
        [*(entry.amount_minor for entry in entries), *columns.amount_minor],
    )
    check_balanced(len(entries), whole, currency)
    entry_ids = [entry.id for entry in entries]
    for portion in in_portions(entry_ids):
        session.execute(
            delete(TaxLine)
            .where(col(TaxLine.company_id) == company_id, col(TaxLine.entry_id).in_(portion))
            .execution_options(synchronize_session=False)
        )
        session.execute(
            delete(JournalLine)
            .where(
                col(JournalLine.company_id) == company_id,
                col(JournalLine.entry_id).in_(portion),
                col(JournalLine.position) > BANK_POSITION,
            )
            .execution_options(synchronize_session=False)
        )
    write_lines(session, write, company_id, entry_ids, columns, currency)


def _of_several_accounts(session: Session, entries: Sequence[LockedEntry]) -> set[UUID]:
    """Those of the entries that are booked to several accounts as proposed, which matches and rules do.

    The line behind a taxed one holds its tax and does not count.
    """
    found: set[UUID] = set()
    is_tax = exists().where(
        col(TaxLine.entry_id) == col(JournalLine.entry_id),
        col(TaxLine.position) == col(JournalLine.position) - 1,
        col(TaxLine.tax_minor) != 0,
    )
    for portion in in_portions(entry.id for entry in entries if entry.proposed_method in (Method.MATCH, Method.RULE)):
        found |= set(
            session.execute(
                select(col(JournalLine.entry_id)).where(
                    col(JournalLine.entry_id).in_(portion), col(JournalLine.position) > BANK_POSITION + 1, ~is_tax
                )
            ).scalars()
        )
    return found


def _proposed_taxes(session: Session, entries: Sequence[LockedEntry]) -> dict[UUID, UUID]:
    """The tax that entries booked to one account contain as proposed, by entry."""
    found: dict[UUID, UUID] = {}
    for portion in in_portions(entry.id for entry in entries):
        rows = session.execute(
            select(col(TaxLine.entry_id), col(TaxLine.tax_code_id)).where(col(TaxLine.entry_id).in_(portion))
        )
        found |= dict(iter(rows))
    return found


def _audit(
    session: Session,
    caller: Caller,
    company: OpenCompany,
    action: str,
    entries: Sequence[LockedEntry],
    now: datetime,
    comment: str,
    **facts: object,
) -> None:
    record(
        session, caller, company_id=company.id, action=action, subject="entry", now=now,
        subject_id=entries[0].id if len(entries) == 1 else None,
        before={"status": EntryStatus.NEEDS_REVIEW},
        after={name: str(value) for name, value in facts.items()} | {"comment": comment.strip()},
        row_count=len(entries), rows_digest=rows_digest((entry.id.hex,) for entry in entries),
    )  # fmt: skip
