"""Receipts attached to bank lines: kept byte for byte, for good, on both kinds of database."""

from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import uuid4

import pytest
from sqlalchemy import update

from core.access.audit import verify_chain
from core.errors import AccessDenied, AttachmentRefused, NotFound
from core.posting.attachments import COUNT_MAX, SIZE_MAX, attach, content_type_of, list_attachments, read_attachment
from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import Attachment, Company, Role
from tests import builders
from tests.laws import impossible, laws_suspended, raw, refused

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n\x00\xff receipt\r\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def caller(books):
    return builders.caller(books.company_id, role=Role.BOOKKEEPER)


@pytest.fixture
def line(books):
    with unit_of_work() as session:
        return builders.transaction(session, books).id


def attached(books, caller, line, name="receipt.pdf", content=PDF):
    with unit_of_work() as session:
        return attach(session, caller, books.company_id, line, name=name, content=content, now=NOW)


def test_what_was_attached_is_read_back_byte_for_byte(books, caller, line):
    first, second = attached(books, caller, line), attached(books, caller, line, "scan.png", PNG)
    with snapshot() as session:
        assert list_attachments(session, caller, books.company_id, [line, uuid4()]).keys() == {line}
        found, content = read_attachment(session, caller, books.company_id, second.id)
        assert read_attachment(session, caller, books.company_id, first.id) == (first, PDF)
        assert verify_chain(session, books.company_id.hex) == []
        assert verify_books(session, caller, [books.company_id]).violations == ()
    assert (found, content) == (second, PNG)
    assert (found.content_type, found.size, found.sha256) == ("image/png", len(PNG), sha256(PNG).hexdigest())


def test_the_same_bytes_are_kept_once_a_line(books, caller, line):
    first = attached(books, caller, line)
    assert attached(books, caller, line, "again.pdf") == first
    with unit_of_work() as session:
        other = builders.transaction(session, books).id
    assert attached(books, caller, other).id != first.id


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"", "empty"), (b"MZ\x90\x00", "neither a PDF nor a picture"), (b"<svg onload=x>", "neither"),
     (b"%PDF-" + bytes(SIZE_MAX), "larger than 10 MB")],
    ids=["empty", "program", "script", "large"],
)  # fmt: skip
def test_a_file_that_is_no_receipt_is_refused(books, caller, line, content, why):
    with pytest.raises(AttachmentRefused, match=why):
        attached(books, caller, line, "x.pdf", content)


def test_a_line_takes_so_many_and_no_more(books, caller, line):
    for number in range(COUNT_MAX):
        attached(books, caller, line, content=PDF + bytes([number]))
    with pytest.raises(AttachmentRefused, match="20 attachments"):
        attached(books, caller, line)


def test_a_closed_period_takes_evidence(books, caller, line):
    with unit_of_work() as session:
        session.execute(update(Company).values(closed_through_on=date(2024, 12, 31)))
    attached(books, caller, line)


def test_other_companies_neither_attach_nor_read(books, caller, line):
    kept = attached(books, caller, line)
    with unit_of_work() as session:
        others = builders.books(session)
    stranger = builders.caller(others.company_id)
    with pytest.raises(NotFound):
        attached(others, stranger, line)
    with snapshot() as session:
        with pytest.raises(NotFound):
            read_attachment(session, stranger, others.company_id, kept.id)
        with pytest.raises(NotFound):
            read_attachment(session, stranger, books.company_id, kept.id)
        assert list_attachments(session, stranger, others.company_id, [line]) == {}


def test_a_role_that_may_not_import_is_told_so(books, line):
    nobody = builders.caller(books.company_id, roles={})
    with pytest.raises((AccessDenied, NotFound)):
        attached(books, nobody, line)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("C:\\scans\\r.pdf", "r.pdf"), ("../../etc/r.pdf", "r.pdf"), ("a\nb.pdf", "ab.pdf"), ("", "attachment"),
     ("x" * 300 + ".pdf", "x" * 251 + ".pdf")],
)  # fmt: skip
def test_a_name_is_kept_without_folders(books, caller, line, name, kept):
    assert attached(books, caller, line, name).name == kept


def test_types_are_told_by_the_bytes():
    assert content_type_of(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert content_type_of(b"\x00\x00\x00\x18ftypheic\x00") == "image/heic"
    assert content_type_of(b"\xff\xd8\xff\xe0") == "image/jpeg"
    assert content_type_of(b"RIFF\x00\x00\x00\x00WAVEfmt ") is None


def test_the_database_keeps_attachments(books, caller, line):
    attached(books, caller, line)
    with unit_of_work() as session:
        for statement in ("UPDATE attachments SET content = '', size = 0", "DELETE FROM attachments"):
            with refused(session, 9):
                raw(session, statement)
        row = {"name": "x", "content_type": "application/pdf", "sha256": "0", "attached_at": NOW, "content": PDF}
        with refused(session, 9):
            builders.stored(session, Attachment(company_id=books.company_id, transaction_id=line, size=1, **row))
        others = builders.books(session)
        with impossible(session):
            builders.stored(
                session, Attachment(company_id=others.company_id, transaction_id=line, size=len(PDF), **row)
            )


def test_a_flipped_byte_of_an_attachment_is_found(books, caller, line):
    attached(books, caller, line)
    with laws_suspended() as session:
        session.execute(update(Attachment).values(content=PDF.replace(b"receipt", b"recelpt")))
    with snapshot() as session:
        (found,) = verify_books(session, caller, [books.company_id]).violations
    assert (found.law, found.what) == (9, "its bytes do not have its size and digest")
