"""What needs a person, over all companies of the caller: one fact a company and kind, the most pressing kind first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.assurance.re_reviewing import pending_count
from core.assurance.tightening import standing_tightenings
from core.metrics.home import HomeRow
from core.money import Money
from core.period import Period
from core.reconciliation.proofs import StatementProof, load_proofs
from models import BankAccount, FileKind, FileStatus, Reconciliation, StatementFile, Transaction

DAYS_OF_GRACE = 5  # of a month, until the statements of the month before are missed
DAYS_REFUSED = 14  # a refused file is pointed out for so long, unless the file comes again


class NeedKind(StrEnum):
    DIFFERENCE = "difference"  # the ledger is away from the statement though no line waits
    REFUSED = "refused"
    PROMISE = "promise"  # re-reviews broke the promise, so less is posted alone
    REVIEW = "review"
    RE_REVIEW = "rereview"  # posted lines were drawn to be decided blind
    NO_FILE = "nofile"  # a month is over and an account has no statement of it
    SETUP = "setup"  # no bank account, or no statement at all


@dataclass(frozen=True, slots=True)
class Need:
    """Why a company needs a person.

    Args:
        count: bank accounts that differ; files refused; lines waiting; lines drawn; accounts without the statement;
            else 0.
        names: those bank accounts or files.
        amounts: the difference, or what is to be decided, sizes by currency.
        on: end of the statement; day of the oldest line waiting; last day covered; day of the tightening; None where
            there is none.
        detail: the largest cause of a difference, the reason of a refusal or a tightening; "".
    """

    kind: NeedKind
    company_id: UUID
    company: str
    count: int = 0
    names: tuple[str, ...] = ()
    amounts: tuple[Money, ...] = ()
    on: date | None = None
    detail: str = ""


def needs_of(session: Session, caller: Caller, rows: Sequence[HomeRow], today: date) -> list[Need]:
    """The needs of these companies: by kind, within a kind the largest count first. A fixed number of queries.

    Raises:
        NotFound: the caller cannot see one of them.
    """
    for row in rows:
        caller.require(row.company_id, Action.READ)
    found = [
        *_differences(session, rows),
        *_refused(session, rows, today),
        *(
            Need(NeedKind.REVIEW, r.company_id, r.name, r.to_review, amounts=r.to_decide, on=r.oldest_waiting_on)
            for r in rows
            if r.to_review
        ),
        *_re_reviews(session, caller, rows),
        *_missing(session, rows, today),
    ]
    order = list(NeedKind)
    return sorted(found, key=lambda need: (order.index(need.kind), -need.count, need.company.lower()))


def last_line_on(session: Session, caller: Caller) -> date | None:
    """The latest day of any bank line that the caller may see: trends end there, not in months without files."""
    lines = select(func.max(col(Transaction.booked_on))).where(
        col(Transaction.company_id).in_(caller.visible(Action.READ)), col(Transaction.reverted_at).is_(None)
    )
    found: date | None = session.execute(lines).scalar()
    return found


def missing_month(today: date) -> Period:
    """The month whose statements should be there by now."""
    last = (today - timedelta(days=DAYS_OF_GRACE)).replace(day=1) - timedelta(days=1)
    return Period.month(last.year, last.month)


def _differences(session: Session, rows: Sequence[HomeRow]) -> list[Need]:
    """While lines wait, the ledger is naturally away from the statement; so companies with waiting lines are left."""
    apart = {row.company_id: row for row in rows if row.accounts_apart and not row.to_review}
    if not apart:
        return []
    latest: dict[UUID, StatementProof] = {}
    for proof in load_proofs(session, list(apart)):
        if proof.proof.ledger_difference_minor is not None:
            latest[proof.bank_account_id] = proof
    by_company: dict[UUID, list[StatementProof]] = defaultdict(list)
    for proof in latest.values():
        if proof.proof.ledger_difference_minor:
            by_company[proof.company_id].append(proof)
    needs = []
    for company_id, proofs in by_company.items():
        row = apart[company_id]
        causes = [cause for proof in proofs for cause in proof.proof.causes if cause.amount_minor]
        largest = max(causes, key=lambda cause: abs(cause.amount_minor), default=None)
        needs.append(
            Need(
                NeedKind.DIFFERENCE, company_id, row.name, len(proofs), tuple(one.bank_account for one in proofs),
                row.unreconciled, max(one.proof.stated.last_on for one in proofs), largest.cause if largest else "",
            )
        )  # fmt: skip
    return needs


def _refused(session: Session, rows: Sequence[HomeRow], today: date) -> list[Need]:
    names = {row.company_id: row.name for row in rows}
    again = aliased(StatementFile)
    came_later = exists().where(
        and_(
            col(again.company_id) == col(StatementFile.company_id),
            col(again.name) == col(StatementFile.name),
            col(again.status) != FileStatus.REFUSED,
            col(again.uploaded_at) > col(StatementFile.uploaded_at),
        )
    )
    found = session.execute(
        select(col(StatementFile.company_id), col(StatementFile.name), col(StatementFile.refusal),
               col(StatementFile.uploaded_at))
        .where(
            col(StatementFile.company_id).in_(names),
            col(StatementFile.status) == FileStatus.REFUSED,
            ~came_later,
        )
        .order_by(col(StatementFile.uploaded_at).desc())
    )  # fmt: skip
    files: dict[UUID, dict[str, str]] = defaultdict(dict)
    for company_id, name, refusal, uploaded_at in found:
        if uploaded_at.date() > today - timedelta(days=DAYS_REFUSED):
            files[company_id].setdefault(name, refusal)
    return [
        Need(NeedKind.REFUSED, key, names[key], len(of), tuple(of), detail=next(iter(of.values())))
        for key, of in files.items()
    ]


def _re_reviews(session: Session, caller: Caller, rows: Sequence[HomeRow]) -> list[Need]:
    names = {row.company_id: row.name for row in rows}
    return [
        *(
            Need(NeedKind.PROMISE, key, names[key], on=one.at.date(), detail=one.reason)
            for key, one in standing_tightenings(session, caller, names).items()
        ),
        *(
            Need(NeedKind.RE_REVIEW, key, names[key], drawn)
            for key, drawn in pending_count(session, caller, list(names)).items()
        ),
    ]


def _missing(session: Session, rows: Sequence[HomeRow], today: date) -> list[Need]:
    """Accounts whose statements do not reach into the month that is over; companies without any statement."""
    names = {row.company_id: row.name for row in rows}
    stored = (
        select(col(Reconciliation.bank_account_id), func.max(col(Reconciliation.last_on)).label("last_on"))
        .join(StatementFile, col(StatementFile.id) == col(Reconciliation.statement_file_id))
        .where(
            col(Reconciliation.company_id).in_(names),
            col(StatementFile.status) == FileStatus.STORED,
            col(StatementFile.kind) == FileKind.STATEMENT,
        )
        .group_by(col(Reconciliation.bank_account_id))
        .subquery()
    )
    accounts: dict[UUID, list[tuple[str, date | None]]] = {key: [] for key in names}
    for company_id, name, last_on in session.execute(
        select(col(BankAccount.company_id), col(BankAccount.name), stored.c.last_on)
        .outerjoin(stored, stored.c.bank_account_id == col(BankAccount.id))
        .where(col(BankAccount.company_id).in_(names), col(BankAccount.is_active))
        .order_by(col(BankAccount.code))
    ):
        accounts[company_id].append((name, last_on))
    month, needs = missing_month(today), []
    for company_id, of in accounts.items():
        covered = [last_on for _, last_on in of if last_on]
        if not covered:
            needs.append(Need(NeedKind.SETUP, company_id, names[company_id], len(of), tuple(name for name, _ in of)))
            continue
        late = tuple(name for name, last_on in of if last_on is None or last_on < month.first_on)
        if late:
            last = min((last_on for name, last_on in of if name in late and last_on), default=None)
            needs.append(Need(NeedKind.NO_FILE, company_id, names[company_id], len(late), late, on=last))
    return needs
