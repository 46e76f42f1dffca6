"""Loading for matching: free bank lines, open items, what texts may call the own accounts, pairs already judged."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlmodel import Session, col

from core.ingestion.shown_names import as_shown, shown_names
from core.matching.values import BankLines, OpenItems, OwnAccounts
from core.posting.named_transfers import own_bank_accounts
from core.posting.open_entries import OpenCompany
from core.reconciliation.line_states import LineStates
from models import (
    Account,
    AccountRole,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchMember,
    MatchStatus,
    OpenItem,
    Transaction,
)


def matched_lines(company_id: UUID) -> Select[Any]:
    """Selects the ids of lines in a confirmed match."""
    line = col(MatchMember.transaction_id)
    return (
        select(line)
        .join(Match, col(Match.id) == col(MatchMember.match_id))
        .where(col(Match.company_id) == company_id, col(Match.status) == MatchStatus.CONFIRMED, line.is_not(None))
    )


def lines_in_clearing(company_id: UUID) -> Select[Any]:
    """Selects the ids of lines whose posted entry goes to the transfer clearing account."""
    return (
        select(col(JournalEntry.transaction_id))
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalEntry.company_id) == company_id,
            col(JournalEntry.transaction_id).is_not(None),
            col(JournalEntry.status) == EntryStatus.POSTED,
            col(Account.role) == AccountRole.TRANSFER_CLEARING,
        )
    )


def free_lines(session: Session, company: OpenCompany) -> BankLines:
    """Live lines of open periods that no confirmed match explains: those without a posted entry, and posted ones whose
    other side the transfer clearing account still waits for (they can only be a side of a transfer)."""
    states = LineStates([company.id])
    is_posted = states.entry("posted")
    query = states.joined(
        select(
            col(Transaction.id), col(Transaction.bank_account_id), col(Transaction.booked_on),
            col(Transaction.amount_minor), col(Transaction.currency), col(Transaction.description),
            col(Transaction.reference), col(Transaction.counterparty), is_posted.label("posted"),
        )
        .where(
            col(Transaction.company_id) == company.id,
            col(Transaction.reverted_at).is_(None),
            col(Transaction.id).not_in(matched_lines(company.id)),
            ~states.decision("rejected"),
            ~is_posted | col(Transaction.id).in_(lines_in_clearing(company.id)),
        )
        .order_by(col(Transaction.id))
    )  # fmt: skip
    if company.closed_through_on is not None:
        query = query.where((col(Transaction.booked_on) > company.closed_through_on) | is_posted)
    rows = session.execute(query).all()
    names = shown_names(session, company.id)
    return BankLines(
        key=[row[0].hex for row in rows],
        account=[row[1].hex for row in rows],
        booked_on=np.array([row[2] for row in rows], "datetime64[D]"),
        amount_minor=np.array([row[3] for row in rows], np.int64),
        currency=[row[4] for row in rows],
        text=[f"{row[5]} {row[6]}".rstrip() for row in rows],
        counterparty=as_shown([row[7] for row in rows], names),
        transfers_only=[bool(row[8]) for row in rows],
    )


def open_items(session: Session, company_id: UUID) -> OpenItems:
    """Items of which something is open, with that as their amount."""
    rows = session.execute(
        select(
            col(OpenItem.id), col(OpenItem.issued_on), col(OpenItem.amount_minor) - col(OpenItem.settled_minor),
            col(OpenItem.currency),
            col(OpenItem.counterparty), col(OpenItem.number), col(OpenItem.reference), col(OpenItem.kind),
        )
        .where(
            col(OpenItem.company_id) == company_id,
            col(OpenItem.status) == ItemStatus.OPEN,
            col(OpenItem.removed_at).is_(None),
        )
        .order_by(col(OpenItem.id))
    ).all()  # fmt: skip
    return OpenItems(
        key=[row[0].hex for row in rows],
        account=[""] * len(rows),
        issued_on=np.array([row[1] for row in rows], "datetime64[D]"),
        amount_minor=np.array([row[2] for row in rows], np.int64),
        currency=[row[3] for row in rows],
        counterparty=[row[4] for row in rows],
        references=[[number, reference] if reference else [number] for *_, number, reference, _ in rows],
        kind=[str(row[7]) for row in rows],
    )


def own_accounts(session: Session, company_id: UUID) -> OwnAccounts:
    """Per bank account what bank texts may call it."""
    return OwnAccounts({one.id.hex: one.tails for one in own_bank_accounts(session, company_id)})


@dataclass(frozen=True)
class Judged:
    """Matches that exist already, as groups of member keys (hex)."""

    dismissed: frozenset[frozenset[str]]
    suggested: dict[frozenset[str], UUID]


def judged_matches(session: Session, company_id: UUID) -> Judged:
    """What people dismissed, which is not proposed again, and what is suggested at present."""
    rows = session.execute(
        select(
            col(Match.id), col(Match.status), col(MatchMember.transaction_id), col(MatchMember.open_item_id)
        )
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status).in_([MatchStatus.DISMISSED, MatchStatus.SUGGESTED]),
        )
    ).all()  # fmt: skip
    members: dict[UUID, set[str]] = defaultdict(set)
    status: dict[UUID, MatchStatus] = {}
    for match_id, state, line, item in rows:
        members[match_id].add((line or item).hex)
        status[match_id] = MatchStatus(state)
    of = {match_id: frozenset(keys) for match_id, keys in members.items()}
    return Judged(
        frozenset(of[key] for key, state in status.items() if state is MatchStatus.DISMISSED),
        {of[key]: key for key, state in status.items() if state is MatchStatus.SUGGESTED},
    )
