"""What an import meets in a company: its bank accounts with their layouts, files that are stored, the locked period."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.errors import NotFound
from core.ingestion.account_choice import Candidate
from core.ingestion.evidence import load_sums
from core.ingestion.receipts import AccountSums
from core.period import Period
from models import BankAccount, Company, FileStatus, Layout, StatementFile

_LAYOUTS_KEPT = 5  # of a bank account's saved layouts, the newest ones, are tried


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is in the books already, with its lines in count and in money."""

    id: UUID | None  # None: a file of the same upload that comes before
    name: str
    bank_account_id: UUID | None
    currency: str
    period: Period | None
    line_count: int
    lines_minor: int
    sums: tuple[AccountSums, ...]


@dataclass(frozen=True)
class ImportSetting:
    """`candidates` are the active bank accounts by code; `stored` holds the files asked for, by SHA-256."""

    slug: str
    closed_through_on: date | None
    candidates: tuple[Candidate, ...]
    stored: dict[str, StoredFile]
    last_upload_at: datetime | None

    def get_candidate(self, bank_account_id: UUID) -> Candidate:
        """Raises NotFound."""
        for one in self.candidates:
            if one.id == bank_account_id:
                return one
        raise NotFound("active bank account", str(bank_account_id))


def load_setting(session: Session, company_id: UUID, digests: Collection[str], *, lock: bool = False) -> ImportSetting:
    """The company as an import meets it.

    Args:
        digests: SHA-256 of the files to be looked for among the stored ones.
        lock: hold back other imports and the closing of a period until the unit of work ends.

    Raises:
        NotFound: there is no such company.
    """
    company = select(col(Company.slug), col(Company.closed_through_on)).where(col(Company.id) == company_id)
    # The lock that the audit log takes anyway; foreign keys to the company do not collide with it.
    row = session.execute(company.with_for_update(key_share=True) if lock else company).one_or_none()
    if row is None:
        raise NotFound("company", str(company_id))
    latest = select(func.max(col(StatementFile.uploaded_at))).where(col(StatementFile.company_id) == company_id)
    return ImportSetting(
        row.slug,
        row.closed_through_on,
        _candidates(session, company_id),
        _stored(session, company_id, digests),
        session.execute(latest).scalar(),
    )


def _candidates(session: Session, company_id: UUID) -> tuple[Candidate, ...]:
    layouts: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    saved = select(col(Layout.bank_account_id), col(Layout.definition)).where(col(Layout.company_id) == company_id)
    for account, definition in session.execute(saved.order_by(col(Layout.saved_at).desc(), col(Layout.id))):
        layouts[account].append(definition)
    accounts = session.execute(
        select(
            col(BankAccount.id), col(BankAccount.code), col(BankAccount.name), col(BankAccount.number),
            col(BankAccount.currency),
        )
        .where(col(BankAccount.company_id) == company_id, col(BankAccount.is_active))
        .order_by(col(BankAccount.code))
    )  # fmt: skip
    return tuple(
        Candidate(key, code, name, number, currency, tuple(layouts[key][:_LAYOUTS_KEPT]))
        for key, code, name, number, currency in accounts
    )


def _stored(session: Session, company_id: UUID, digests: Collection[str]) -> dict[str, StoredFile]:
    if not digests:
        return {}
    wanted = select(
        col(StatementFile.sha256), col(StatementFile.id), col(StatementFile.name), col(StatementFile.bank_account_id),
        col(StatementFile.currency), col(StatementFile.first_on), col(StatementFile.last_on),
        col(StatementFile.line_count), col(StatementFile.lines_minor),
    ).where(
        col(StatementFile.company_id) == company_id,
        col(StatementFile.status) == FileStatus.STORED,
        col(StatementFile.sha256).in_(set(digests)),
    )  # fmt: skip
    rows = session.execute(wanted).all()
    sums = load_sums(session, company_id, [row.id for row in rows])
    return {
        row.sha256: StoredFile(
            id=row.id,
            name=row.name,
            bank_account_id=row.bank_account_id,
            currency=row.currency,
            period=Period(row.first_on, row.last_on) if row.first_on and row.last_on else None,
            line_count=row.line_count,
            lines_minor=row.lines_minor,
            sums=sums.get(row.id, ()),
        )
        for row in rows
    }
