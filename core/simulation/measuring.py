"""What the pipeline made of the simulated companies, held against the truth it never saw."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.metrics.automation import reconciled_rate
from core.simulation.values import SimulatedCompany
from models import (
    Account,
    EntryStatus,
    JournalEntry,
    Method,
    Proposal,
    StatementFile,
    Transaction,
)


@dataclass(frozen=True)
class Outcome:
    """One company's figures. Each share is numerator / denominator of this company's own lines."""

    slug: str
    transactions: int
    entries: int
    auto_approved: int
    right_when_auto: int
    needs_review: int
    by_method: dict[str, int]  # over all entries: match, rule, model, none
    proposed_right: int  # first proposal equals the truth, over all lines
    reconciled: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """As `scripts.run_simulation_ingest` prints it."""
        return {
            "transactions": self.transactions,
            "entries": self.entries,
            "auto_approved": self.auto_approved,
            "needs_review": self.needs_review,
            "by_rule": self.by_method.get(Method.RULE, 0),
            "by_model": self.by_method.get(Method.MODEL, 0),
            "by_match": self.by_method.get(Method.MATCH, 0),
            "abstained": self.by_method.get(Method.NONE, 0),
            "auto_approval_rate": share(self.auto_approved, self.transactions),
            "review_rate": share(self.needs_review, self.transactions),
            "reconciliation_rate": share(self.reconciled, self.transactions),
            "accuracy_of_auto_approved": share(self.right_when_auto, self.auto_approved),
            "accuracy_of_proposals": share(self.proposed_right, self.transactions),
            "right_when_auto_approved": self.right_when_auto,
            "reconciled": self.reconciled,
            "proposed_right": self.proposed_right,
            "seconds": round(self.seconds, 3),
        }


def share(numerator: int, denominator: int) -> float | None:
    """A rate in [0, 1], or None where there is nothing to take a share of."""
    return round(numerator / denominator, 4) if denominator else None


def add_up(outcomes: list[Outcome]) -> Outcome:
    """The same figures over all companies: numerators and denominators added, never rates averaged."""
    methods: Counter[str] = Counter()
    for outcome in outcomes:
        methods.update(outcome.by_method)
    return Outcome(
        slug="all",
        transactions=sum(o.transactions for o in outcomes),
        entries=sum(o.entries for o in outcomes),
        auto_approved=sum(o.auto_approved for o in outcomes),
        right_when_auto=sum(o.right_when_auto for o in outcomes),
        needs_review=sum(o.needs_review for o in outcomes),
        by_method=dict(methods),
        proposed_right=sum(o.proposed_right for o in outcomes),
        reconciled=sum(o.reconciled for o in outcomes),
        seconds=sum(o.seconds for o in outcomes),
    )


def measure(
    session: Session, caller: Caller, company_id: UUID, simulated: SimulatedCompany, *, seconds: float
) -> Outcome:
    """Compare every stored entry of the company with the truth of its line."""
    caller.require(company_id, Action.READ)
    truth = simulated.truth_by_line()
    rows = session.execute(
        select(
            col(StatementFile.name),
            col(Transaction.row),
            col(JournalEntry.status),
            col(JournalEntry.auto_approved),
            col(Proposal.method),
            col(Account.code),
        )
        .join(Transaction, col(Transaction.statement_file_id) == col(StatementFile.id))
        .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        .join(Proposal, col(Proposal.id) == col(JournalEntry.proposal_id))
        .join(Account, col(Account.id) == col(Proposal.account_id))
        .where(
            col(Transaction.company_id) == company_id,
            col(Transaction.reverted_at).is_(None),
            col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW]),
        )
    ).all()
    right = [code == truth[file, row].account_code for file, row, *_, code in rows]
    return Outcome(
        slug=simulated.slug,
        transactions=_live_lines(session, company_id),
        entries=len(rows),
        auto_approved=sum(auto for _, _, _, auto, _, _ in rows),
        right_when_auto=sum(ok for ok, (_, _, _, auto, _, _) in zip(right, rows, strict=True) if auto),
        needs_review=sum(status == EntryStatus.NEEDS_REVIEW for _, _, status, *_ in rows),
        by_method=dict(Counter(str(method) for *_, method, _ in rows)),
        proposed_right=sum(right),
        reconciled=reconciled_rate(session, caller, company_id).numerator,
        seconds=seconds,
    )


def _live_lines(session: Session, company_id: UUID) -> int:
    found = session.execute(
        select(func.count(col(Transaction.id))).where(
            col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None)
        )
    )
    return int(found.scalar_one())
