"""Files that are made to do harm, on both databases: each is refused in a sentence and touches no other."""

from core.ingestion.importing import store_previews
from core.ingestion.items.previewing import preview_open_items
from core.ingestion.previewing import preview_files
from core.ingestion.raw_file import RawFile
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import FileStatus, StatementFile
from tests import builders

GOOD = RawFile("good.csv", b"Date,Description,Amount\n2024-03-13,SHOP,-1.00\n2024-03-14,SHOP,-2.00\n")


def test_a_sign_that_a_database_cannot_hold_spoils_neither_the_refusal_nor_the_other_files(books) -> None:
    line = "<STMTTRN><DTPOSTED>20240105<TRNAMT>1\x00<FITID>1<NAME>SHOP</STMTTRN>"
    bad = RawFile("bad.ofx", f"OFXHEADER:100\n\n<OFX><STMTRS><CURDEF>USD{line}</STMTRS></OFX>".encode())
    caller = builders.caller(books.company_id)
    with unit_of_work() as session:
        previews = preview_files(session, caller, books.company_id, [bad, GOOD], bank_account_id=books.checking.id)
        receipts = store_previews(
            session, caller, books.company_id, previews, write=write_columns, now=builders.NOW
        )  # fmt: skip
    assert [receipt.status for receipt in receipts] == [FileStatus.REFUSED, FileStatus.STORED]
    with snapshot() as session:
        kept = session.get(StatementFile, receipts[0].file_id)
        assert (kept.content, "\x00" in kept.refusal) == (bad.content, False)
        assert "is no exact amount" in kept.refusal


def test_an_open_item_cannot_be_booked_to_an_account_that_has_statements_of_its_own(books) -> None:
    table = "number,kind,counterparty,issued_on,amount,account_code\nI-1,invoice,Acme,2024-03-01,10.00,1000\n"
    with snapshot() as session:
        preview = preview_open_items(
            session, builders.caller(books.company_id), books.company_id, RawFile("items.csv", table.encode())
        )
    assert "no account 1000 to book to" in preview.refusal
