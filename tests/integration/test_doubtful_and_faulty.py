"""What a person is asked before storing: doubtful lines, and rows that cannot be read; and the receipts of it all."""

import json
from hashlib import sha256

import pytest

from core.errors import InvalidLines, NotFound
from core.ingestion.doubts import Doubt
from core.ingestion.import_history import list_imports
from core.ingestion.previewing import FileAnswer, ImportPreview, preview_files
from core.ingestion.raw_file import RawFile
from core.ingestion.receipt_documents import receipt_document, receipt_sheet
from core.reconciliation.proofs import statement_proofs
from core.verifying import verify_books
from db.engine import snapshot, unit_of_work
from models import Reconciliation
from tests.builders import Books
from tests.integration.importing_cases import (
    MARCH,
    all_of,
    by,
    counts,
    csv_file,
    expected,
    found_books,
    live_lines,
    ofx_file,
    second_account,
    store,
)


def preview(books: Books, file: RawFile, **said: object) -> ImportPreview:
    with snapshot() as session:
        answers = {file.digest: FileAnswer(**said)}  # type: ignore[arg-type]
        return preview_files(session, by(books), books.company_id, [file], answers=answers)[0]


def answered(file: RawFile, **said: object) -> dict[str, FileAnswer]:
    return {file.digest: FileAnswer(**said)}  # type: ignore[arg-type]


def test_a_line_with_another_text_is_shown_beside_the_stored_one_and_counts_as_said(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"))
    again = csv_file([*MARCH[:4], ("28", "-15.00", "Fee for the month")], "b.csv")
    (doubt,) = preview(books, again).doubtful
    assert (doubt.row, doubt.doubt, doubt.stored_description, doubt.is_new) == (
        6, Doubt.OTHER_TEXT, "MONTHLY FEE", True,
    )  # fmt: skip
    (unsaid,) = [one for one in preview(books, again).problems if one.row == 6]
    assert "counts as new" in unsaid.message
    (known,) = store(books, again, answers=answered(again, known_rows=frozenset({6})))
    assert counts(known) == ("stored", 0, 5, 0)
    assert live_lines(books) == expected(MARCH)


def test_unsaid_the_line_is_stored_and_the_warning_stays_in_the_history(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"))
    store(books, csv_file([("28", "-15.00", "Fee for the month")], "b.csv"))
    assert len(live_lines(books)) == 6
    with snapshot() as session:
        newest = list_imports(session, by(books), books.company_id)[0]
    assert [(one["row"], one["text"]) for one in newest.problems if one["row"]] == [(2, "Fee for the month")]


def test_files_that_meet_within_a_day_ask_about_equal_lines_of_it(database: str) -> None:
    books = found_books()
    store(books, csv_file([("12", "-2.00", "BUS"), ("13", "-4.50", "COFFEE")], "morning.csv"))
    rest = csv_file([("13", "-4.50", "COFFEE"), ("14", "-2.00", "BUS")], "rest.csv")
    (doubt,) = preview(books, rest).doubtful
    assert (doubt.doubt, doubt.is_new) == (Doubt.CUT_DAY, False)
    store(books, rest, answers=answered(rest, new_rows=frozenset({2})))
    assert [line[1] for line in live_lines(books)] == [-200, -450, -450, -200]
    whole = csv_file([("12", "-2.00", "BUS"), ("13", "-4.50", "COFFEE"), ("13", "-4.50", "COFFEE"),
                      ("14", "-2.00", "BUS")])  # fmt: skip
    assert (preview(books, whole).new_count, preview(books, whole).doubtful) == (0, ())


def test_one_amount_with_quite_another_text_in_another_format_is_asked_about(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH[2:], "a.csv"))
    other = ofx_file([("20", "-99.90", "PHOTOSHOP")])
    (doubt,) = preview(books, other).doubtful
    assert (doubt.doubt, doubt.is_new, doubt.is_answered) == (Doubt.UNLIKE_TEXTS, False, False)
    (said,) = preview(books, other, new_rows=frozenset({doubt.row})).doubtful
    assert (said.is_new, said.is_answered) == (True, True)


def test_a_line_that_moved_to_another_day_is_asked_about(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"))
    moved = csv_file([MARCH[2], ("22", "-99.90", "ADOBE CREATIVE"), MARCH[4]], "b.csv")
    (doubt,) = preview(books, moved).doubtful
    assert (doubt.doubt, doubt.stored_on.day, doubt.is_new) == (Doubt.OTHER_DAY, 20, True)
    (receipt,) = store(books, moved, answers=answered(moved, known_rows=frozenset({doubt.row})))
    assert counts(receipt) == ("stored", 0, 3, 0)


def test_an_answer_about_a_certain_line_changes_nothing(database: str) -> None:
    books = found_books()
    store(books, csv_file(MARCH, "a.csv"))
    again = csv_file([*MARCH, ("29", "-1.00", "NEW")], "b.csv")
    said = {"known_rows": frozenset({7}), "new_rows": frozenset({2, 4})}
    assert preview(books, again, **said).new_count == 1


FAULTY = RawFile(
    "faulty.csv",
    b"Date,Description,Amount\n2024-03-13,INVOICE 17 ACME,1200.00\n2024-03-20,ADOBE CREATIVE,-9x9.90\n"
    b"2024-03-28,MONTHLY FEE,-15.00\n",
)


def test_faulty_rows_refuse_the_file_unless_a_person_leaves_them_out_and_the_mended_file_brings_them(
    database: str,
) -> None:
    books = found_books()
    (refused,) = store(books, FAULTY)
    assert isinstance(refused.error, InvalidLines)
    assert counts(refused) == ("refused", 0, 0, 3)
    (stored,) = store(books, FAULTY, answers=answered(FAULTY, leave_out_faulty=True))
    assert counts(stored) == ("stored", 2, 0, 1)
    assert (stored.lines_minor, stored.refused_minor) == (118_500, 0)
    (mended,) = store(books, csv_file(MARCH[2:], "mended.csv"))
    assert counts(mended) == ("stored", 1, 2, 0)
    assert live_lines(books) == expected(MARCH[2:])
    with snapshot() as session:
        (proof,) = statement_proofs(session, by(books), books.company_id)
        assert proof.file_name == "mended.csv"
        assert verify_books(session, by(books), [books.company_id]).violations == ()
        document = json.loads(receipt_document(session, by(books), books.company_id, stored.file_id))
    (problem,) = [one for one in document["problems"] if one["severity"] == "error"]
    assert (problem["row"], problem["text"]) == (3, "2024-03-20 | ADOBE CREATIVE | -9x9.90")
    assert len(all_of(Reconciliation)) == 2


def test_a_receipt_can_be_filed_as_json_and_as_text(database: str) -> None:
    books, other = found_books(name="Acme"), found_books()
    store(books, csv_file(MARCH[:2], "a.csv"))
    file = csv_file(MARCH, "b.csv")
    (receipt,) = store(books, file)
    with snapshot() as session:
        document = json.loads(receipt_document(session, by(books), books.company_id, receipt.file_id))
        sheet = receipt_sheet(session, by(books), books.company_id, receipt.file_id).decode()
        with pytest.raises(NotFound):
            receipt_document(session, by(other), other.company_id, receipt.file_id)
    assert (document["sha256"], document["size"]) == (sha256(file.content).hexdigest(), len(file.content))
    assert document["sums"] == [
        {
            "bank_account": "checking Checking", "currency": "USD", "new": 3, "new_sum": "1085.10", "duplicate": 2,
            "duplicate_sum": "-9.00", "refused": 0, "refused_sum": "0.00", "lines": 5, "lines_sum": "1076.10",
        }
    ]  # fmt: skip
    assert document["conservation"] == (
        "3 new + 2 stored before + 0 refused = 5 lines of the file; 1085.10 + -9.00 + 0.00 = 1076.10 USD."
    )
    assert document["sha256"] in sheet
    assert document["conservation"] in sheet


def two_currencies() -> RawFile:
    blocks = "".join(
        f"<STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><ACCTID>{number}</BANKACCTFROM><BANKTRANLIST>"
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20240313<TRNAMT>{amount}<FITID>{currency}<NAME>ACME</BANKTRANLIST>"
        "</STMTRS></STMTTRNRS>"
        for currency, number, amount in (("USD", "111222333", "-4.50"), ("EUR", "444555666", "7.25"))
    )
    return RawFile(
        "two.ofx", f"OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1>{blocks}</BANKMSGSRSV1></OFX>".encode()
    )


def test_money_of_several_currencies_is_conserved_in_each_and_never_added_up(database: str) -> None:
    books = found_books()
    with unit_of_work() as session:
        session.get_one(type(books.checking), books.checking.id).number = "111222333"
    second_account(books, currency="EUR", number="444555666", code="euros")
    (receipt,) = store(books, two_currencies())
    assert counts(receipt) == ("stored", 2, 0, 0)
    assert (receipt.currency, receipt.new_minor, receipt.lines_minor) == ("", 0, 0)
    assert sorted((one.currency, one.new_minor) for one in receipt.sums) == [("EUR", 725), ("USD", -450)]
    (again,) = store(books, two_currencies())
    assert sorted((one.currency, one.duplicate_minor) for one in again.sums) == [("EUR", 725), ("USD", -450)]
    with snapshot() as session:
        assert verify_books(session, by(books), [books.company_id]).violations == ()
        document = json.loads(receipt_document(session, by(books), books.company_id, receipt.file_id))
    assert sorted((one["currency"], one["new_sum"]) for one in document["currencies"]) == [
        ("EUR", "7.25"), ("USD", "-4.50"),
    ]  # fmt: skip
