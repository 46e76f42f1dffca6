"""Rows and stand-ins that the tests of posting share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlmodel import Session, col

from core.categorization.lines import AccountOption, Lines
from core.categorization.policy import Policy, decide
from core.categorization.proposals import Proposals
from models import Account, AccountRole, EntryStatus, JournalEntry, JournalLine, Method, Proposal, Transaction
from tests import builders

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
LATER = datetime(2024, 3, 5, 9, 1, tzinfo=UTC)
FEBRUARY = date(2024, 2, 29)


@dataclass
class StandInProposer:
    """Proposes by counterparty from a table, as a trained proposer would from history; suspense for strangers."""

    accounts: tuple[AccountOption, ...]
    known: Mapping[str, tuple[UUID, float]]  # counterparty → account, confidence
    policy: Policy = field(default_factory=Policy)
    rule_ids: tuple[UUID, ...] = ()
    model_version_id: UUID | None = None

    def propose(self, lines: Lines) -> Proposals:
        count = len(lines)
        suspense = next(option.key for option in self.accounts if option.role == AccountRole.SUSPENSE)
        option = {each.key: each for each in self.accounts}
        found = [self.known.get(name) for name in lines.counterparty]
        account = np.array([str(each[0]) if each else suspense for each in found], object)
        confidence = np.array([each[1] if each else 0.0 for each in found], np.float64)
        basis = np.array([each is not None for each in found], np.bool_)
        held = decide(
            self.policy,
            confidence=confidence,
            amount_minor=lines.amount_minor,
            role=np.array([option[key].role for key in account], object),
            code=np.array([option[key].code for key in account], object),
            named_or_seen=basis,
            has_basis=basis,
            method=np.where(basis, "model", "none").astype(object),
        )
        others = [option.key for option in self.accounts if option.role == ""][:2]
        return Proposals(
            account,
            confidence,
            np.where(basis, "model", "none").astype(object),
            np.full(count, -1, np.int32),
            np.where(basis, "like earlier lines", "nothing known resembles this line").astype(object),
            np.array([[*others, ""]] * count, object).reshape(count, 3),
            np.tile([0.6, 0.3, 0.0], (count, 1)),
            held.auto,
            held.reason,
        )


def proposer_for(session: Session, company_id: UUID, known: Mapping[str, tuple[UUID, float]]) -> StandInProposer:
    accounts = session.execute(select(Account).where(col(Account.company_id) == company_id)).scalars()
    return StandInProposer(
        tuple(AccountOption(str(a.id), a.code, a.name, str(a.type), str(a.role or "")) for a in accounts), known
    )


def waiting(
    session: Session,
    books: builders.Books,
    *,
    account: Account | None = None,
    confidence: float | None = 0.7,
    alternatives: Sequence[Mapping[str, object]] = (),
    hold_reason: str = "the confidence is below the threshold",
    **line: object,
) -> JournalEntry:
    """A bank line with its entry in review; on suspense where no account is given."""
    transaction = builders.transaction(session, books, **line)
    target = account or books.suspense
    proposal = builders.proposal(
        session, books, transaction, account_id=target.id, hold_reason=hold_reason, reason="like earlier lines",
        method=Method.MODEL if account else Method.NONE, confidence=confidence if account else None,
        alternatives=list(alternatives),
    )  # fmt: skip
    return builders.entry(
        session, books, transaction=transaction, proposal_id=proposal.id, method=proposal.method,
        lines=[(books.bank, transaction.amount_minor), (target, -transaction.amount_minor)],
    )  # fmt: skip


def status_of(session: Session, entry_id: UUID) -> EntryStatus:
    return EntryStatus(
        session.execute(select(col(JournalEntry.status)).where(col(JournalEntry.id) == entry_id)).scalar_one()
    )


def lines_of(session: Session, entry_id: UUID) -> list[tuple[UUID, int]]:
    """Account and amount of the entry's lines, in their order."""
    rows = session.execute(
        select(col(JournalLine.account_id), col(JournalLine.amount_minor))
        .where(col(JournalLine.entry_id) == entry_id)
        .order_by(col(JournalLine.position))
    )
    return [(account, amount) for account, amount in rows]


def balances(session: Session, company_id: UUID) -> dict[UUID, int]:
    """The ledger: account → balance, accounts at zero left out."""
    rows = session.execute(
        select(col(JournalLine.account_id), func.sum(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(
            col(JournalLine.company_id) == company_id,
            col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
        )
        .group_by(col(JournalLine.account_id))
    )
    return {account: int(total) for account, total in rows if total}


def live_entry(session: Session, transaction_id: UUID) -> JournalEntry | None:
    """The one live entry of a bank line; fails where there are several."""
    return session.execute(
        select(JournalEntry).where(
            col(JournalEntry.transaction_id) == transaction_id,
            col(JournalEntry.status).in_([EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED]),
        )
    ).scalar_one_or_none()


def proposal_of(session: Session, entry_id: UUID) -> Proposal:
    return session.execute(
        select(Proposal)
        .join(JournalEntry, col(JournalEntry.proposal_id) == col(Proposal.id))
        .where(col(JournalEntry.id) == entry_id)
    ).scalar_one()


def line_of(session: Session, transaction_id: UUID) -> Transaction:
    return session.execute(select(Transaction).where(col(Transaction.id) == transaction_id)).scalar_one()
