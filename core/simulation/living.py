"""A year as a firm lives it: files month by month, what waits reviewed by the truth before the next month begins.

What the policy posted alone is held against the truth too, which the firm itself learns only of the drawn lines.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.assurance.re_reviewing import decide_blind, pending_lines
from core.categorization.policy import Hold
from core.categorization.proposing import load_proposer
from core.categorization.reviewed import lines_of
from core.ingestion.shown_names import as_shown, shown_names
from core.simulation.values import SimulatedCompany
from core.storage import WriteColumns
from models import Account, EntryStatus, JournalEntry, Proposal, ReReview, StatementFile, Transaction

Place = tuple[str, int]  # file and row of a line
BY_GUARD = frozenset({Hold.ALWAYS_REVIEW.value, Hold.MATERIALITY.value, Hold.NEW_COUNTERPARTY.value})


@dataclass(frozen=True, slots=True)
class LivedLine:
    """What became of a line when it was booked, before anybody reviewed. `right`: the proposal is the truth."""

    place: Place
    booked_on: date
    alone: bool
    right: bool
    method: str
    hold_reason: str
    is_new: bool  # nobody had decided on its counterparty before

    @property
    def guarded(self) -> bool:
        """It waits whatever the confidence: the policy's guards on account, amount and counterparty. A new counterparty
        for whose line nothing was proposed would have waited for that guard too."""
        return self.hold_reason in BY_GUARD or (self.hold_reason == Hold.NO_BASIS and self.is_new)


@dataclass(frozen=True, slots=True)
class MonthLived:
    """Counts of lines of one month, or of several added up."""

    lines: int = 0
    alone: int = 0
    wrong_alone: int = 0
    guarded: int = 0

    def __add__(self, other: "MonthLived") -> "MonthLived":
        return MonthLived(
            self.lines + other.lines, self.alone + other.alone, self.wrong_alone + other.wrong_alone,
            self.guarded + other.guarded,
        )  # fmt: skip


def by_month(lines: Iterable[LivedLine]) -> dict[str, MonthLived]:
    """The counts by month of the bank's day ("2024-10"), in order."""
    found: dict[str, MonthLived] = defaultdict(MonthLived)
    for line in lines:
        found[f"{line.booked_on:%Y-%m}"] += MonthLived(1, line.alone, line.alone and not line.right, line.guarded)
    return dict(sorted(found.items()))


def booked_lines(
    session: Session, caller: Caller, company_id: UUID, simulated: SimulatedCompany, known: Collection[Place]
) -> list[LivedLine]:
    """The lines with a live entry that are not known yet, as they were booked; to be asked before anybody reviews."""
    caller.require(company_id, Action.READ)
    truth = simulated.truth_by_line()
    rows = session.execute(
        select(
            col(StatementFile.name), col(Transaction.row), col(Transaction.booked_on), col(JournalEntry.auto_approved),
            col(Account.code), col(Proposal.method), col(Proposal.hold_reason), col(Transaction.description),
            col(Transaction.counterparty), col(Transaction.amount_minor),
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
    ).all()  # fmt: skip
    fresh = [row for row in rows if (row[0], row[1]) not in known]
    history = load_proposer(session, caller, company_id).history
    names = as_shown([row[8] for row in fresh], shown_names(session, company_id))
    seen = history.has_seen(
        lines_of([row[7] for row in fresh], names, [row[9] for row in fresh], [row[2] for row in fresh]).keys
    )
    return [
        LivedLine((file, row), on, alone, code == truth[file, row].account_code, str(method), hold, not is_seen)
        for (file, row, on, alone, code, method, hold, *_), is_seen in zip(fresh, seen.tolist(), strict=True)
    ]


def re_review_drawn(
    session: Session,
    caller: Caller,
    company_id: UUID,
    simulated: SimulatedCompany,
    *,
    write: WriteColumns,
    now: datetime,
) -> int:
    """Decide every drawn line by the truth; how many were wrong."""
    truth = simulated.truth_by_line()
    codes = select(col(Account.code), col(Account.id)).where(col(Account.company_id) == company_id)
    accounts: Mapping[str, UUID] = {row.code: row.id for row in session.execute(codes)}
    places = _places(session, company_id)
    wrong = 0
    for line in pending_lines(session, caller, company_id, most=len(places)):
        account_id = accounts[truth[places[line.re_review_id]].account_code]
        made = decide_blind(session, caller, company_id, line.re_review_id, account_id, write=write, now=now)
        wrong += not made.agreed
    return wrong


def _places(session: Session, company_id: UUID) -> dict[UUID, Place]:
    rows = session.execute(
        select(col(ReReview.id), col(StatementFile.name), col(Transaction.row))
        .join(JournalEntry, col(JournalEntry.id) == col(ReReview.entry_id))
        .join(Transaction, col(Transaction.id) == col(JournalEntry.transaction_id))
        .join(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .where(col(ReReview.company_id) == company_id)
    )
    return {key: (file, row) for key, file, row in rows}
