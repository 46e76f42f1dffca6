"""Law 8: replaying the audit log gives the balances of the ledger."""

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from core.access.audit import Violation
from core.access.postings import FACT, IN_LEDGER, replay
from core.verification.scope import Finding, Scope, finding
from models import Account, AuditEvent, JournalEntry, JournalLine


def log_gives_the_balances(scope: Scope) -> Finding:
    """Law 8: the events say how many entries there are and what stands on every account.

    Entries posted before the first event that tells of postings are from an earlier version and are not compared.
    """
    checked = 0
    violations: list[Violation | None] = []
    for company_id, slug in scope.slugs.items():
        events = scope.session.execute(
            select(col(AuditEvent.at), col(AuditEvent.after))
            .where(col(AuditEvent.company_id) == company_id)
            .order_by(col(AuditEvent.sequence))
        ).all()
        checked += len(events)
        telling = [(at, after) for at, after in events if after and FACT in after]
        if telling:
            since = min(at for at, _ in telling)
            violations.append(_compared(scope, company_id, slug, since, replay(after for _, after in telling)))
    return finding(checked, *violations)


def _compared(
    scope: Scope, company_id: UUID, slug: str, since: datetime, told: tuple[int, Counter[tuple[UUID, str]]]
) -> Violation | None:
    entries, balances = told
    ledger = (
        col(JournalEntry.company_id) == company_id,
        col(JournalEntry.status).in_(IN_LEDGER),
        col(JournalEntry.posted_at) >= since,
    )
    stored = scope.count(select(func.count()).select_from(JournalEntry).where(*ledger))
    rows = scope.session.execute(
        select(col(JournalLine.account_id), col(JournalLine.currency), func.sum(JournalLine.amount_minor))
        .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
        .where(*ledger)
        .group_by(col(JournalLine.account_id), col(JournalLine.currency))
    )
    held = {(account, currency): int(minor) for account, currency, minor in rows if minor}
    differing = sorted(key for key in held.keys() | balances.keys() if held.get(key, 0) != balances[key])
    if differing:
        account, currency = differing[0]
        code = scope.session.execute(select(col(Account.code)).where(col(Account.id) == account)).scalar_one_or_none()
        what = f"it holds {held.get(differing[0], 0)} {currency}, the audit log gives {balances[differing[0]]}"
        return Violation(8, scope.row("account", company_id, code or account), what)
    if stored != entries:
        return Violation(8, f"company {slug}", f"the ledger holds {stored} entries, the audit log tells of {entries}")
    return None
