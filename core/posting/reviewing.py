"""What a person decides on entries that wait for review. Each decision is kept as the machine's training signal.

All decisions are all or nothing: if one of the entries was decided meanwhile, nothing changes and the refusal names
it. The rows are locked first, so of two people deciding at once exactly one wins.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import InvalidInput, NoAccountChosen, SecondPersonNeeded
from core.posting.counter_lines import of_several_accounts, proposed_taxes, replace_counter_lines
from core.posting.lines import Line, Part, entry_lines
from core.posting.open_entries import LockedEntry, OpenCompany, check_bookable, lock_entries, open_company
from core.posting.prepared import prepared_corrections
from core.posting.preparing import apart, prepare_entries
from core.posting.reproposing import propose_like_lines
from core.posting.reversing import reject_entries
from core.posting.settling import overrule_matches
from core.posting.tax import chosen_taxes, with_tax
from core.posting.writing import in_portions, new_keys, post_entries
from core.storage import WriteColumns
from models import Account, AccountRole, EntryStatus, JournalLine, Method, Outcome, Review

SINGLE = (Outcome.APPROVED, Outcome.CORRECTED)  # decisions that book a line to one account


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided: `review_ids` is what core.posting.undoing.undo takes to take it back."""

    outcome: Outcome
    review_ids: tuple[UUID, ...]
    entry_ids: tuple[UUID, ...]
    account_id: UUID | None  # where the lines went; None for splits, rejections, and proposals of several accounts
    held_ids: tuple[UUID, ...] = ()  # of the entries asked for, those that somebody else has to approve; see preparing
    preparation_ids: tuple[UUID, ...] = ()  # what core.posting.unpreparing.take_back_preparations takes

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
    """Post the entries as proposed. What the caller prepared goes on waiting for another person.

    Raises:
        SecondPersonNeeded: the caller prepared all of them.
        NoAccountChosen: an entry stands on suspense; it needs an account first.
        EntryNotOpen: an entry does not wait for review any more.
        PeriodClosed, NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    _check_no_suspense(session, company, entries)
    entries, own = _without_own(caller, entries)
    post_entries(session, company_id, [entry.id for entry in entries], now=now, by=caller.user_id)
    decision = write_reviews(session, write, caller, company, *_approved(session, entries), now=now, comment=comment)
    _audit(session, caller, company, "entries approved", entries, now, comment)
    return replace(decision, held_ids=own)


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
    like lines that wait are proposed anew at once (core.posting.reproposing). Above the company's limit for one person
    the others are prepared and wait for a second (core.posting.preparing).

    Args:
        tax_code_id: the tax that the amounts contain; it is booked on a line of its own.

    Raises:
        AccountNotBookable: a bank line cannot go to this account.
        SecondPersonNeeded: the caller had prepared all of them just so.
        EntryNotOpen: an entry does not wait for review any more.
        PeriodClosed, NotFound, AccessDenied, InvalidInput.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    check_bookable(session, company_id, [account_id])
    taxes = chosen_taxes(session, company_id, [tax_code_id])
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    several, taxed = of_several_accounts(session, entries), proposed_taxes(session, entries)
    same = {
        entry.id
        for entry in entries
        if entry.proposed_account_id == account_id and entry.id not in several and taxed.get(entry.id) == tax_code_id
    }
    kept, own = _without_own(caller, [each for each in entries if each.id in same], needed=len(same) == len(entries))
    counter = {
        each.id: with_tax([Line(account_id, -each.amount_minor, tax_code_id)], taxes)
        for each in entries
        if each.id not in same
    }
    changed, prepared = apart(company, caller, [each for each in entries if each.id in counter])
    preparation_ids = prepare_entries(
        session, caller, company, prepared, [counter[each.id] for each in prepared],
        write=write, now=now, comment=comment,
    )  # fmt: skip
    replace_counter_lines(session, write, company_id, changed, [counter[each.id] for each in changed])
    post_entries(session, company_id, [entry.id for entry in kept], now=now, by=caller.user_id)
    post_entries(session, company_id, [entry.id for entry in changed], now=now, by=caller.user_id, method=Method.MANUAL)
    overrule_matches(session, company_id, [each.transaction_id for each in changed], now=now, by=caller.user_id)
    approved, outcomes = _approved(session, kept)
    decision = write_reviews(
        session, write, caller, company, [*changed, *approved], [Outcome.CORRECTED] * len(changed) + outcomes,
        now=now, comment=comment, account_id=account_id,
    )  # fmt: skip
    facts = {"account_id": account_id, "tax_code": taxes[tax_code_id].code if tax_code_id else ""}
    _audit(session, caller, company, "entries booked to another account", [*changed, *kept], now, comment, **facts)
    propose_like_lines(session, caller, company, [each.transaction_id for each in changed], write=write, now=now)
    held = (*own, *(each.id for each in prepared))
    return replace(decision, held_ids=held, preparation_ids=preparation_ids)


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

    Above the company's limit for one person they are prepared and wait for a second (core.posting.preparing).

    Raises:
        UnbalancedEntry: the parts do not add up to one of the bank lines.
        AccountNotBookable, EntryNotOpen, PeriodClosed, NotFound, AccessDenied, InvalidInput, InvalidAmount.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    check_bookable(session, company_id, [part.account_id for part in parts])
    taxes = chosen_taxes(session, company_id, [part.tax_code_id for part in parts])
    entries = lock_entries(session, company, entry_ids, EntryStatus.NEEDS_REVIEW)
    company.check_open(entry.booked_on for entry in entries)
    counter = {
        each.id: with_tax(entry_lines(each.amount_minor, each.bank_account_id, parts, each.currency)[1:], taxes)
        for each in entries
    }
    entries, prepared = apart(company, caller, entries)
    preparation_ids = prepare_entries(
        session, caller, company, prepared, [counter[each.id] for each in prepared],
        write=write, now=now, comment=comment,
    )  # fmt: skip
    replace_counter_lines(session, write, company_id, entries, [counter[each.id] for each in entries])
    post_entries(session, company_id, [entry.id for entry in entries], now=now, by=caller.user_id, method=Method.MANUAL)
    overrule_matches(session, company_id, [each.transaction_id for each in entries], now=now, by=caller.user_id)
    outcomes = [Outcome.SPLIT] * len(entries)
    decision = write_reviews(session, write, caller, company, entries, outcomes, now=now, comment=comment)
    action = "entry split" if len(entries) == 1 else "entries split"
    _audit(session, caller, company, action, entries, now, comment, parts=len(parts))
    return replace(decision, held_ids=tuple(each.id for each in prepared), preparation_ids=preparation_ids)


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
    """Keep the decisions, one row an entry; none where there are no entries.

    An approved entry keeps the proposed account unless one is given; one of several accounts names none, as a split.
    """
    keys = new_keys(len(entries))
    several = of_several_accounts(session, entries)
    chosen = [
        account_id or (entry.proposed_account_id if outcome in SINGLE and entry.id not in several else None)
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
    account = one.pop() if len(one) == 1 else None if entries else account_id
    return Decision(outcomes[0] if outcomes else Outcome.CORRECTED, tuple(keys), entry_ids, account)


def _approved(session: Session, entries: Sequence[LockedEntry]) -> tuple[list[LockedEntry], list[Outcome]]:
    """The approved entries and what each approval says: a prepared correction found what the policy posted wrong."""
    wrong = prepared_corrections(session, entries)
    return (
        [replace(entry, auto_approved=True) if entry.id in wrong else entry for entry in entries],
        [Outcome.CORRECTED if entry.id in wrong else Outcome.APPROVED for entry in entries],
    )


def _without_own(
    caller: Caller, entries: Sequence[LockedEntry], *, needed: bool = True
) -> tuple[list[LockedEntry], tuple[UUID, ...]]:
    """The entries without those that the caller prepared, and these. Raises SecondPersonNeeded if nothing is left."""
    free = [entry for entry in entries if not entry.waits_for_other_than(caller.user_id)]
    own = tuple(entry.id for entry in entries if entry.waits_for_other_than(caller.user_id))
    if needed and own and not free:
        raise SecondPersonNeeded(len(own))
    return free, own


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
    if not entries:
        return
    record(
        session, caller, company_id=company.id, action=action, subject="entry", now=now,
        subject_id=entries[0].id if len(entries) == 1 else None,
        before={"status": EntryStatus.NEEDS_REVIEW},
        after={name: str(value) for name, value in facts.items()} | {"comment": comment.strip()},
        row_count=len(entries), rows_digest=rows_digest((entry.id.hex,) for entry in entries),
    )  # fmt: skip
