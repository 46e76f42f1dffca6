"""Reading the audit log page by page, the newest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.access.audit import INSTALLATION
from core.access.roles import Action, Caller
from core.errors import AccessDenied
from models import AuditEvent, Company, User

ROWS = 50  # of a page


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event as the page shows it. `who` is the person's name, or what acted where it was no person."""

    sequence: int
    at: datetime
    who: str
    via: str
    action: str
    subject: str
    subject_id: UUID | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    row_count: int
    rows_digest: str
    hash: str


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of a chain: `total` events stand in it, `head` is the newest one's hash ("" for an empty chain)."""

    chain: str
    total: int
    head: str
    events: tuple[LoggedEvent, ...]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // ROWS))


def may_read_installation(session: Session, caller: Caller) -> bool:
    """Whether the caller may see the users and sign-ins of the whole installation: they administer every company.

    Scripts and jobs may too.
    """
    if caller.user_id is None:
        return True
    companies = session.exec(select(Company.id)).all()
    return caller.may_found and all(caller.may(company_id, Action.ADMINISTER) for company_id in companies)


def audit_page(session: Session, caller: Caller, company_id: UUID | None, page: int = 1) -> AuditPage:
    """The events of a company, or of the installation (users, sign-ins) where `company_id` is None.

    Events are numbered without gaps, so a page is a range of numbers; its cost does not grow with the log.

    Raises:
        NotFound, AccessDenied.
    """
    if company_id is None and not may_read_installation(session, caller):
        raise AccessDenied("see who signs in", None)
    if company_id is not None:
        caller.require(company_id, Action.CONFIGURE)
    chain = company_id.hex if company_id else INSTALLATION
    in_chain = col(AuditEvent.chain) == chain
    total = session.exec(select(func.max(AuditEvent.sequence)).where(in_chain)).one() or 0
    last = total - (max(1, page) - 1) * ROWS
    wanted = (
        select(AuditEvent, User.display_name)
        .join(User, col(User.id) == col(AuditEvent.user_id), isouter=True)
        .where(in_chain, col(AuditEvent.sequence).between(last - ROWS + 1, last))
        .order_by(col(AuditEvent.sequence).desc())
    )
    head = session.exec(select(AuditEvent.hash).where(in_chain, col(AuditEvent.sequence) == total)).first()
    events = tuple(_logged(event, name) for event, name in session.exec(wanted).all())
    return AuditPage(chain, total, head or "", events)


def _logged(event: AuditEvent, name: str | None) -> LoggedEvent:
    via, _, what = event.via.partition(":")
    return LoggedEvent(
        sequence=event.sequence,
        at=event.at,
        who=name or (f"{via} {what}" if what else via),
        via=what or via,
        action=event.action,
        subject=event.subject.replace("_", " "),
        subject_id=event.subject_id,
        before=event.before,
        after=event.after,
        row_count=event.row_count,
        rows_digest=event.rows_digest,
        hash=event.hash,
    )
