"""The history of uploads, and what a person says of single files before they are stored."""

from datetime import timedelta

import pytest

from core.access.roles import Role
from core.errors import AmbiguousStatement, BankAccountUnclear, InvalidLines, NotFound
from core.ingestion.import_history import list_imports
from core.ingestion.layout import Layout
from core.ingestion.previewing import FileAnswer, PreviewStatus, preview_files
from core.ingestion.raw_file import RawFile
from core.period import Period
from db.engine import snapshot, unit_of_work
from models import AccountRole, AccountType, FileStatus
from tests import builders

GOOD = RawFile("may.csv", b"Date,Description,Amount\n2026-10-01,BEANS,-120.00\n2026-10-13,SALES,900.00\n")
BROKEN = RawFile("bad.csv", b"Date,Description,Amount\n2026-10-01,BEANS,-1.00\n2026-13-45,RENT,-2.00\n2026-10-03,X,9\n")
OPEN = RawFile("open.csv", b"Date,Description,Amount\n10/03/2026,SQUARE,2140.90\n10/07/2026,COMCAST,-45.00\n")


@pytest.fixture
def savings(books):
    with unit_of_work() as session:
        ledger = builders.account(
            session, books.company_id, code="1020", name="Savings", type=AccountType.ASSET, role=AccountRole.BANK
        )
        return builders.bank_account(session, ledger, code="savings", name="Savings")


def preview(books, *files, **answers):
    with snapshot() as session:
        return preview_files(session, builders.caller(books.company_id), books.company_id, files, **answers)


def test_files_are_listed_newest_first_with_their_receipts(books) -> None:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Dana Whitfield")
        first = builders.statement_file(
            session, books, name="a.csv", uploaded_by=person.id, new_count=2, duplicate_count=1, line_count=3,
            new_minor=500, duplicate_minor=-100, lines_minor=400, first_on=builders.DAY, last_on=builders.DAY,
            problems=[{"row": 2, "message": "odd", "severity": "warning", "text": ""}],
        )  # fmt: skip
        second = builders.statement_file(
            session, books, name="b.csv", status=FileStatus.REFUSED, refusal="No.", bank_account_id=None,
            uploaded_at=builders.NOW + timedelta(seconds=1),
        )  # fmt: skip
        builders.statement_file(session, builders.books(session), name="of another company.csv")
    with snapshot() as session:
        caller = builders.caller(books.company_id, role=Role.BOOKKEEPER)
        newest, oldest = list_imports(session, caller, books.company_id)
        assert list_imports(session, caller, books.company_id, most=1) == [newest]
        assert list_imports(session, caller, books.company_id, file_ids=[first.id]) == [oldest]
        with pytest.raises(NotFound):
            list_imports(session, builders.caller(), books.company_id)
    assert (newest.file_id, newest.status, newest.refusal, newest.bank_account) == (second.id, "refused", "No.", "")
    assert (oldest.bank_account, oldest.uploaded_by) == ("Checking", "Dana Whitfield")
    assert oldest.period == Period(builders.DAY, builders.DAY)
    assert (oldest.line_count, oldest.new_count, oldest.duplicate_count, oldest.refused_count) == (3, 2, 1, 0)
    assert (oldest.lines_minor, oldest.new_minor, oldest.duplicate_minor, oldest.refused_minor) == (400, 500, -100, 0)
    assert [problem["row"] for problem in oldest.problems] == [2]


def test_an_answer_holds_for_its_file_alone(books, savings) -> None:
    other = RawFile("june.csv", GOOD.content.replace(b"2026-10", b"2026-11"))
    asked = preview(books, GOOD, other)
    assert [type(one.error) for one in asked] == [BankAccountUnclear, BankAccountUnclear]
    first, second = preview(books, GOOD, other, answers={GOOD.digest: FileAnswer(bank_account_id=savings.id)})
    assert first.status is PreviewStatus.NEW
    assert [account.bank_account_id for account in first.accounts] == [savings.id]
    assert isinstance(second.error, BankAccountUnclear)


def test_an_answer_goes_before_what_is_said_of_all_files(books, savings) -> None:
    answers = {GOOD.digest: FileAnswer(bank_account_id=savings.id)}
    (one,) = preview(books, GOOD, bank_account_id=books.checking.id, answers=answers)
    assert [account.bank_account_id for account in one.accounts] == [savings.id]


def test_each_reading_offered_is_the_one_that_its_answer_gives(books) -> None:
    (asked,) = preview(books, OPEN)
    assert isinstance(asked.error, AmbiguousStatement)
    months = set()
    for layout in asked.error.layouts:
        (read,) = preview(books, OPEN, answers={OPEN.digest: FileAnswer(layout=Layout.from_dict(layout))})
        assert read.status is PreviewStatus.NEW
        months |= {tuple(line.booked_on.month for line in read.first_rows())}
    assert months == {(3, 7), (10, 10)}


def test_a_file_with_faulty_rows_is_refused_for_them_also_where_its_account_is_unclear(books, savings) -> None:
    (one,) = preview(books, BROKEN)
    assert isinstance(one.error, InvalidLines)
    assert [row for row, _ in one.error.rows] == [3]


@pytest.mark.parametrize("name", ["Chase4821_Activity_202610.csv", "chase 4821.csv", "4821-oct.csv"])
def test_the_last_digits_in_a_files_name_name_its_account(books, savings, name: str) -> None:
    with unit_of_work() as session:
        ledger = builders.account(
            session, books.company_id, code="1030", name="Chase", type=AccountType.ASSET, role=AccountRole.BANK
        )
        chase = builders.bank_account(session, ledger, code="chase", name="Chase", number="000000004821")
    (one,) = preview(books, RawFile(name, GOOD.content))
    assert [account.bank_account_id for account in one.accounts] == [chase.id]
