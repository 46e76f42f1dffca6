"""Open items from a file, whatever program wrote it: previewed, then stored all or nothing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlmodel import Session

from core.access.audit import rows_digest
from core.access.roles import Action, Caller
from core.errors import BooksChanged, NotFound
from core.ingestion.evidence import keep_file, plain_name, record_file, storable
from core.ingestion.formats.workbook import kind_of_workbook
from core.ingestion.import_setting import load_setting
from core.ingestion.items.keeping import bookable_accounts
from core.ingestion.items.layout import signature_of
from core.ingestion.items.previewing import OpenItemsPreview, preview_open_items
from core.ingestion.items.saved import lasting, save_layout
from core.ingestion.items.values import ItemRow
from core.ingestion.previewing import PreviewStatus
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import AccountSums, ImportReceipt, by_currency, refused_sums
from core.period import Period
from core.posting.writing import new_keys
from core.problems import Severity
from core.storage import WriteColumns
from models import FileKind, FileStatus, ItemStatus, OpenItem


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
    fresh = preview_open_items(session, caller, company_id, preview.file, preview.answer)
    if fresh.status is PreviewStatus.NEW and (fresh.items, fresh.is_new) != (preview.items, preview.is_new):
        fresh = replace(fresh, status=PreviewStatus.REFUSED, is_new=(), error=BooksChanged(preview.file.name))
    receipt = _receipt(fresh)
    keep_file(
        session, caller, company_id, preview.file, receipt, kind=FileKind.OPEN_ITEMS, problems=fresh.problems,
        facts={"format": kind_of_workbook(preview.file.content) or "csv", "layout": _described(fresh)},
        write=write, now=now,
    )  # fmt: skip
    digest = ""
    if fresh.status is PreviewStatus.NEW:
        if fresh.layout and fresh.header:
            layout = lasting(fresh.layout, {item.kind for item in fresh.items})
            save_layout(session, caller, company_id, signature_of(fresh.header), layout, write=write, now=now)
        digest = _write_items(session, company_id, receipt.file_id, fresh.new_items, write)
    record_file(session, caller, company_id, preview.file, receipt, rows_digest=digest, now=now)
    return receipt


def _described(preview: OpenItemsPreview) -> dict[str, Any]:
    return preview.layout.to_dict() if preview.layout and preview.items else {}


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
    accounts = bookable_accounts(session, company_id)
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
        "total_minor": [item.total_minor for item in items],
        "fee_minor": [item.fee_minor for item in items],
    }
    write(session, OpenItem, columns)
    return rows_digest(([key.hex for key in keys], columns["number"], columns["amount_minor"]))
