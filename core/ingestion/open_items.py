"""Open invoices and bills from a CSV file: read row by row, stored all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import rows_digest
from core.access.roles import Action, Caller
from core.errors import BookkeepingError, BooksChanged, InvalidLines, NotFound
from core.ingestion.evidence import keep_file, plain_name, record_file, storable
from core.ingestion.import_setting import StoredFile, load_setting
from core.ingestion.item_rows import ItemRow, read_item_rows
from core.ingestion.previewing import PreviewStatus
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import AccountSums, ImportReceipt, by_currency, refused_sums
from core.money import MINOR_MAX, decimal_text
from core.period import Period
from core.posting.writing import new_keys
from core.problems import Problem, Severity
from core.storage import WriteColumns
from models import Account, AccountRole, BankAccount, Company, FileKind, FileStatus, ItemKind, ItemStatus, OpenItem

FORMAT = "csv"

ItemKey = tuple[ItemKind, str]


@dataclass(frozen=True)
class OpenItemsPreview:
    """An open items file as it would be stored. An item whose kind and number the books hold is a duplicate."""

    company_id: UUID
    file: RawFile
    status: PreviewStatus
    items: tuple[ItemRow, ...] = ()
    is_new: tuple[bool, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: BookkeepingError | None = None
    duplicate_of: StoredFile | None = None

    @property
    def refusal(self) -> str:
        """Why the file would not be stored, as a sentence; "" where it would."""
        return str(self.error) if self.error else ""

    @property
    def new_items(self) -> list[ItemRow]:
        """What would be stored; nothing of a file that is refused."""
        if self.status is not PreviewStatus.NEW:
            return []
        return [item for item, new in zip(self.items, self.is_new, strict=True) if new]


def preview_open_items(session: Session, caller: Caller, company_id: UUID, file: RawFile) -> OpenItemsPreview:
    """Read an open items file (columns: see read_item_rows) and say what of it would be new.

    Raises:
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    setting = load_setting(session, company_id, {file.digest})
    if twin := setting.stored.get(file.digest):
        return OpenItemsPreview(company_id, file, PreviewStatus.DUPLICATE, duplicate_of=twin)
    currency = session.execute(select(col(Company.base_currency)).where(col(Company.id) == company_id)).scalar_one()
    items: list[ItemRow] = []
    problems: list[Problem] = []
    try:
        items, problems = read_item_rows(file, currency, frozenset(_bookable(session, company_id)))
        _check(file, items, problems)
    except BookkeepingError as error:
        return OpenItemsPreview(company_id, file, PreviewStatus.REFUSED, tuple(items), (), tuple(problems), error)
    known = _known(session, company_id)
    is_new = tuple((item.kind, item.number) not in known for item in items)
    problems += _changed(items, known)
    return OpenItemsPreview(company_id, file, PreviewStatus.NEW, tuple(items), is_new, tuple(problems))


def store_open_items(
    session: Session, caller: Caller, company_id: UUID, file: RawFile, *, write: WriteColumns, now: datetime
) -> ImportReceipt:
    """Preview and store without a look in between."""
    preview = preview_open_items(session, caller, company_id, file)
    return store_items_preview(session, caller, company_id, preview, write=write, now=now)


def store_items_preview(
    session: Session, caller: Caller, company_id: UUID, preview: OpenItemsPreview, *, write: WriteColumns, now: datetime
) -> ImportReceipt:
    """Store exactly what was previewed; a refused file or one that is there already is kept in the history only.

    Raises:
        NotFound: the preview is of another company. AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    if preview.company_id != company_id:
        raise NotFound("preview", "of another company")
    load_setting(session, company_id, (), lock=True)
    fresh = preview_open_items(session, caller, company_id, preview.file)
    if fresh.status is PreviewStatus.NEW and fresh.is_new != preview.is_new:
        refused = BooksChanged(preview.file.name)
        fresh = OpenItemsPreview(company_id, preview.file, PreviewStatus.REFUSED, fresh.items, error=refused)
    receipt = _receipt(fresh)
    keep_file(
        session, caller, company_id, preview.file, receipt, kind=FileKind.OPEN_ITEMS, problems=fresh.problems,
        facts={"format": FORMAT}, write=write, now=now,
    )  # fmt: skip
    digest = ""
    if fresh.status is PreviewStatus.NEW:
        digest = _write_items(session, company_id, receipt.file_id, fresh.new_items, write)
    record_file(session, caller, company_id, preview.file, receipt, rows_digest=digest, now=now)
    return receipt


def list_open_items(
    session: Session, caller: Caller, company_id: UUID, *, status: ItemStatus | None = None
) -> list[OpenItem]:
    """The company's items by day of issue and number; of one status, or all."""
    caller.require(company_id, Action.READ)
    wanted = select(OpenItem).where(col(OpenItem.company_id) == company_id)
    if status:
        wanted = wanted.where(col(OpenItem.status) == status)
    return list(session.execute(wanted.order_by(col(OpenItem.issued_on), col(OpenItem.number))).scalars())


def _bookable(session: Session, company_id: UUID) -> dict[str, UUID]:
    """Accounts that a settlement can be booked to, by code; not those that have statements of their own."""
    fed = select(col(BankAccount.account_id)).where(col(BankAccount.company_id) == company_id)
    rows = session.execute(
        select(col(Account.code), col(Account.id)).where(
            col(Account.company_id) == company_id,
            col(Account.is_active),
            col(Account.role).is_distinct_from(AccountRole.SUSPENSE),
            col(Account.id).not_in(fed),
        )
    )
    return {row.code: row.id for row in rows}


def _known(session: Session, company_id: UUID) -> dict[ItemKey, tuple[int, str]]:
    rows = session.execute(
        select(col(OpenItem.kind), col(OpenItem.number), col(OpenItem.amount_minor), col(OpenItem.currency)).where(
            col(OpenItem.company_id) == company_id
        )
    )
    return {(ItemKind(kind), number): (amount, currency) for kind, number, amount, currency in rows}


def _check(file: RawFile, items: Sequence[ItemRow], problems: Sequence[Problem]) -> None:
    faulty = [(problem.row, problem.message) for problem in problems if problem.severity is Severity.ERROR]
    if sum(abs(item.amount_minor) for item in items) > MINOR_MAX:
        faulty.append((items[0].row, "the amounts are too large to be added up"))
    if not items and not faulty:
        faulty = [(1, "no row follows the names of the columns")]
    if faulty:
        raise InvalidLines(file.name, faulty)


def _changed(items: Sequence[ItemRow], known: dict[ItemKey, tuple[int, str]]) -> list[Problem]:
    """Duplicates whose amount is another one now: what is stored stays."""
    problems = []
    for item in items:
        amount, currency = known.get((item.kind, item.number), (item.amount_minor, item.currency))
        if (amount, currency) != (item.amount_minor, item.currency):
            held = f"{decimal_text(amount, currency)} {currency}"
            message = f"{item.kind} {item.number} is in the books with {held}; that stays"
            problems.append(Problem(item.row, message, Severity.WARNING))
    return problems


def _receipt(preview: OpenItemsPreview) -> ImportReceipt:
    twin = preview.duplicate_of
    if twin:
        sums = tuple(one.as_duplicate() for one in twin.sums)
        name = plain_name(preview.file.name)
        return ImportReceipt(uuid4(), name, FileStatus.DUPLICATE, sums, twin.line_count, twin.period)
    items = preview.items
    days = [item.issued_on for item in items]
    faulty = sum(problem.severity is Severity.ERROR for problem in preview.problems)
    is_refused = preview.status is PreviewStatus.REFUSED
    return ImportReceipt(
        file_id=uuid4(),
        name=plain_name(preview.file.name),
        status=FileStatus.REFUSED if is_refused else FileStatus.STORED,
        sums=_sums(preview, faulty),
        line_count=len(items) + faulty,
        period=Period(min(days), max(days)) if days else None,
        error=preview.error,
    )


def _sums(preview: OpenItemsPreview, faulty: int) -> tuple[AccountSums, ...]:
    """The receipt by currency; faulty rows have none."""
    if preview.status is PreviewStatus.REFUSED:
        found = [refused_sums(None, item.currency, 1, item.amount_minor) for item in preview.items]
        return tuple(by_currency([*found, refused_sums(None, "", faulty)] if faulty else found))
    return tuple(
        by_currency(
            AccountSums(None, item.currency, 1, int(new), int(not new), 0, item.amount_minor, item.amount_minor * new,
                        item.amount_minor * (not new))
            for item, new in zip(preview.items, preview.is_new, strict=True)
        )
    )  # fmt: skip


def _write_items(
    session: Session, company_id: UUID, file_id: UUID, items: Sequence[ItemRow], write: WriteColumns
) -> str:
    """Write the new items; returns the digest of their rows."""
    accounts = _bookable(session, company_id)
    count = len(items)
    keys = new_keys(count)
    columns: dict[str, Sequence[Any]] = {
        "id": keys,
        "company_id": [company_id] * count,
        "statement_file_id": [file_id] * count,
        "kind": [item.kind for item in items],
        "number": storable([item.number for item in items]),
        "counterparty": storable([item.counterparty for item in items]),
        "issued_on": [item.issued_on for item in items],
        "due_on": [item.due_on for item in items],
        "amount_minor": [item.amount_minor for item in items],
        "currency": [item.currency for item in items],
        "reference": storable([item.reference for item in items]),
        "account_id": [accounts[item.account_code] for item in items],
        "status": [ItemStatus.OPEN] * count,
    }
    write(session, OpenItem, columns)
    return rows_digest(([key.hex for key in keys], columns["number"], columns["amount_minor"]))
