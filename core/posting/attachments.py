"""Receipts and other papers kept as evidence of a bank line, byte for byte, for good.

They hang on the bank line and not on its entry, so that they stay with it through corrections. A paper is evidence
and moves no amount: it may be attached in a closed period too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import AttachmentRefused, NotFound
from core.posting.open_entries import open_company
from core.posting.writing import in_portions
from models import Attachment, Transaction

SIZE_MAX = 10 * 1024 * 1024  # bytes
COUNT_MAX = 20  # of one bank line
NAME_MAX = 255
_CONTAINER_AT = slice(8, 12)  # where a RIFF or ISO container says what it holds
_HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"msf1")


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """What is known of an attachment without its bytes."""

    id: UUID
    transaction_id: UUID
    name: str
    content_type: str
    size: int  # bytes
    sha256: str
    attached_by: UUID | None
    attached_at: datetime


_FACTS = (
    col(Attachment.id), col(Attachment.transaction_id), col(Attachment.name), col(Attachment.content_type),
    col(Attachment.size), col(Attachment.sha256), col(Attachment.attached_by), col(Attachment.attached_at),
)  # fmt: skip


def attach(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_id: UUID,
    *,
    name: str,
    content: bytes,
    now: datetime,
) -> AttachedFile:
    """Keep a file as evidence of a bank line. The same bytes attached to the line again change nothing.

    Raises:
        AttachmentRefused: it is empty, too large, neither a picture nor a PDF, or the line has too many.
        NotFound: there is no such bank line in this company.
        AccessDenied.
    """
    open_company(session, caller, company_id, Action.IMPORT)  # its lock lets the same file come in twice at once
    content_type, digest = _checked_type(name, content), sha256(content).hexdigest()
    _check_line(session, company_id, transaction_id)
    present = list_attachments(session, caller, company_id, [transaction_id]).get(transaction_id, [])
    if same := next((each for each in present if each.sha256 == digest), None):
        return same
    if len(present) >= COUNT_MAX:
        raise AttachmentRefused(name, f"the line has {COUNT_MAX} attachments already")
    row = Attachment(
        company_id=company_id, transaction_id=transaction_id, name=_plain_name(name), content_type=content_type,
        sha256=digest, size=len(content), attached_by=caller.user_id, attached_at=now, content=content,
    )  # fmt: skip
    session.add(row)
    session.flush()
    record(
        session, caller, company_id=company_id, action="paper attached", subject="transaction",
        subject_id=transaction_id, after={"attachment": row.id, "name": row.name, "sha256": digest}, now=now,
    )  # fmt: skip
    return AttachedFile(
        row.id, transaction_id, row.name, content_type, row.size, digest, row.attached_by, row.attached_at
    )


def list_attachments(
    session: Session, caller: Caller, company_id: UUID, transaction_ids: Collection[UUID]
) -> dict[UUID, list[AttachedFile]]:
    """The attachments of these bank lines, oldest first; lines without one are left out."""
    caller.require(company_id, Action.READ)
    found: dict[UUID, list[AttachedFile]] = {}
    for portion in in_portions(transaction_ids):
        rows = session.execute(
            select(*_FACTS)
            .where(col(Attachment.company_id) == company_id, col(Attachment.transaction_id).in_(portion))
            .order_by(col(Attachment.attached_at), col(Attachment.id))
        )
        for row in rows:
            found.setdefault(row[1], []).append(AttachedFile(*row))
    return found


def count_attachments(session: Session, caller: Caller, company_id: UUID, transaction_ids: Collection[UUID]) -> int:
    """How many attachments these bank lines have together."""
    caller.require(company_id, Action.READ)
    query = select(func.count()).select_from(Attachment)
    return sum(
        int(session.execute(query.where(
            col(Attachment.company_id) == company_id, col(Attachment.transaction_id).in_(portion)
        )).scalar_one())
        for portion in in_portions(transaction_ids)
    )  # fmt: skip


def read_attachment(
    session: Session, caller: Caller, company_id: UUID, attachment_id: UUID
) -> tuple[AttachedFile, bytes]:
    """An attachment with its bytes as they were attached. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    row = session.execute(
        select(*_FACTS, col(Attachment.content)).where(
            col(Attachment.company_id) == company_id, col(Attachment.id) == attachment_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("attachment", str(attachment_id))
    return AttachedFile(*row[:-1]), bytes(row[-1])


def _check_line(session: Session, company_id: UUID, transaction_id: UUID) -> None:
    found = session.execute(
        select(col(Transaction.id)).where(
            col(Transaction.company_id) == company_id, col(Transaction.id) == transaction_id
        )
    ).one_or_none()
    if found is None:
        raise NotFound("bank line", str(transaction_id))


def _checked_type(name: str, content: bytes) -> str:
    if not content:
        raise AttachmentRefused(name, "it is empty")
    if len(content) > SIZE_MAX:
        raise AttachmentRefused(name, f"it is larger than {SIZE_MAX // 1024 // 1024} MB")
    found = content_type_of(content)
    if found is None:
        raise AttachmentRefused(name, "it is neither a PDF nor a picture (PNG, JPEG, WebP, GIF, TIFF, HEIC)")
    return found


def content_type_of(content: bytes) -> str | None:
    """The media type of a PDF or a picture by its first bytes; None for everything else."""
    for start, content_type in (
        (b"%PDF-", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"II*\x00", "image/tiff"),
        (b"MM\x00*", "image/tiff"),
    ):
        if content.startswith(start):
            return content_type
    if content.startswith(b"RIFF") and content[_CONTAINER_AT] == b"WEBP":
        return "image/webp"
    if content[4:8] == b"ftyp" and content[_CONTAINER_AT] in _HEIC_BRANDS:
        return "image/heic"
    return None


def _plain_name(name: str) -> str:
    """The name without folders and control characters, its ending kept where it is too long."""
    last = "".join(sign for sign in PurePosixPath(name.replace("\\", "/")).name if sign.isprintable()).strip()
    ending = PurePosixPath(last).suffix[:16]
    return last if 0 < len(last) <= NAME_MAX else (last[: NAME_MAX - len(ending)] + ending or "attachment")
