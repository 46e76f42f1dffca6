"""The order of the main job: store the files, match, then categorise and book the rest.

Matching comes before categorising: a receipt that settles an invoice is not revenue a second time, and a transfer
between own accounts is neither income nor expense.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from core.access.roles import Caller
from core.ingestion.deleting import restore_line
from core.ingestion.importing import store_previews
from core.ingestion.previewing import FileAnswer, ImportPreview, preview_files
from core.ingestion.raw_file import RawFile
from core.ingestion.receipts import ImportReceipt
from core.posting.entries import BookingResult, book_company
from core.reconciliation.reconciling import MatchingResult, match_company
from core.storage import WriteColumns


@dataclass(frozen=True)
class Intake:
    """What became of some files: a receipt each, and the work done on all lines not booked before."""

    receipts: tuple[ImportReceipt, ...]
    matching: MatchingResult
    booking: BookingResult


def work_through(
    session: Session, caller: Caller, company_id: UUID, *, write: WriteColumns, now: datetime
) -> tuple[MatchingResult, BookingResult]:
    """Match and book every line of the company that has no entry yet."""
    matching = match_company(session, caller, company_id, write=write, now=now)
    booking = book_company(session, caller, company_id, write=write, now=now)
    return matching, booking


def take_in(
    session: Session,
    caller: Caller,
    company_id: UUID,
    previews: Sequence[ImportPreview],
    *,
    write: WriteColumns,
    now: datetime,
) -> Intake:
    """Store exactly what was previewed, each file for itself, then work through the new lines."""
    receipts = store_previews(session, caller, company_id, previews, write=write, now=now)
    matching, booking = work_through(session, caller, company_id, write=write, now=now)
    return Intake(tuple(receipts), matching, booking)


def bring_back_line(
    session: Session, caller: Caller, company_id: UUID, transaction_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """Restore a deleted bank line, then work through it as through a new one. Raises what restore_line raises."""
    restore_line(session, caller, company_id, transaction_id, now=now)
    work_through(session, caller, company_id, write=write, now=now)


def take_in_files(
    session: Session,
    caller: Caller,
    company_id: UUID,
    files: Sequence[RawFile],
    *,
    bank_account_id: UUID | None = None,
    leave_out_faulty: bool = False,
    write: WriteColumns,
    now: datetime,
) -> Intake:
    """Preview and take in without a look in between, for scripts and jobs.

    Args:
        leave_out_faulty: store the readable lines of files some rows of which cannot be read.
    """
    answers = {file.digest: FileAnswer(leave_out_faulty=leave_out_faulty) for file in files}
    previews = preview_files(session, caller, company_id, files, bank_account_id=bank_account_id, answers=answers)
    return take_in(session, caller, company_id, previews, write=write, now=now)
