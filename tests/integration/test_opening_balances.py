"""Starting from a trial balance: booked once, whole, in an open period, and never twice with a bank's own opening."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from core.access.audit import verify_chain
from core.errors import (
    AccessDenied,
    BookkeepingError,
    InvalidInput,
    InvalidLines,
    NotFound,
    OpeningRefused,
    PeriodClosed,
    TrialBalanceUneven,
)
from core.ingestion.raw_file import RawFile
from core.metrics.statements import trial_balance
from core.opening.planning import plan_opening
from core.opening.posting import OpeningReceipt, post_opening
from core.opening.standing import opening_file, standing_opening
from core.posting.reviewing import approve
from core.reconciliation.opening import post_opening_balance
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import Account, AccountRole, AccountType, AuditEvent, JournalEntry, Role
from scripts.import_ledger import app
from tests import builders
from tests.builders import NOW, Books

YEAR_END = date(2023, 12, 31)
TRIAL = """Code,Name,Type,Debit,Credit
1000,Bank,,5000.00,
1500,Equipment,Fixed asset,2500.00,
3000,Owner,,,4500.00
2500,Bank loan,Liability,,3000.00
"""


@pytest.fixture
def books(database: str) -> Books:
    with unit_of_work() as session:
        made = builders.books(session, slug="acme")
        builders.account(
            session, made.company_id, code="3000", name="Owner", type=AccountType.EQUITY, role=AccountRole.OWNER
        )
    return made


def caller(books: Books, role: Role = Role.MANAGER) -> Any:
    return builders.caller(books.company_id, role=role)


def book(books: Books, text: str = TRIAL, on: date = YEAR_END, **given: Any) -> OpeningReceipt:
    with unit_of_work() as session:
        return post_opening(
            session, caller(books), books.company_id, RawFile("trial.csv", text.encode()), on, write=write_columns,
            now=NOW, **given,
        )  # fmt: skip


def balances(books: Books, on: date = YEAR_END) -> dict[str, int]:
    with snapshot() as session:
        rows = trial_balance(session, caller(books), books.company_id, on).rows
    return {row.code: row.sum_minor for row in rows if row.sum_minor}


def assert_sound(books: Books) -> None:
    with snapshot() as session:
        assert verify_books(session, caller(books), [books.company_id]).violations == ()


TOLD = {"1000": 500_000, "1500": 250_000, "3000": -450_000, "2500": -300_000}


def test_a_trial_balance_becomes_one_entry_with_the_accounts_that_were_missing(books: Books) -> None:
    receipt = book(books)
    assert receipt.accounts_made == 2
    assert balances(books) == TOLD
    assert balances(books, YEAR_END - timedelta(days=1)) == {}
    with snapshot() as session:
        kinds = dict(
            session.exec(select(Account.code, Account.type).where(col(Account.code).in_(["1500", "2500"]))).all()
        )
        assert kinds == {"1500": AccountType.ASSET, "2500": AccountType.LIABILITY}
        standing = standing_opening(session, caller(books), books.company_id)
        assert (standing.id, standing.booked_on, standing.file_name) == (receipt.entry_id, YEAR_END, "trial.csv")
        kept = opening_file(session, caller(books), books.company_id, receipt.entry_id)
        assert kept.content == TRIAL.encode()
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "opening balances booked")).one()
        assert (event.after["sha256"], event.after["debit_minor"], event.row_count) == (kept.digest, 750_000, 4)
        assert verify_chain(session, books.company_id.hex) == []
    assert_sound(books)


def test_it_is_booked_once_unless_it_is_to_be_replaced(books: Books) -> None:
    first = book(books)
    with pytest.raises(OpeningRefused, match=r"2023-12-31 are booked already, from trial\.csv"):
        book(books)
    second = book(books, TRIAL.replace("2500.00", "2600.00").replace("4500.00", "4600.00"), replace=True)
    assert second.reversed_id == first.entry_id
    assert balances(books) == {**TOLD, "1500": 260_000, "3000": -460_000}
    with snapshot() as session:
        assert session.get_one(JournalEntry, second.entry_id).replaces_id == first.entry_id
    later = book(books, on=YEAR_END + timedelta(days=31), replace=True)
    assert balances(books) == {}
    assert balances(books, YEAR_END + timedelta(days=31)) == TOLD
    assert later.reversed_id == second.entry_id
    assert_sound(books)


def test_of_many_at_a_time_one_books_and_the_others_are_told(books: Books) -> None:
    def attempt(_: int) -> str:
        try:
            book(books)
        except OpeningRefused:
            return "refused"
        return "booked"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(attempt, range(4))) == ["booked", "refused", "refused", "refused"]
    assert balances(books) == TOLD


@dataclass(frozen=True)
class Refusal:
    text: str
    error: type[BookkeepingError]
    says: str


REFUSALS = {
    "uneven": Refusal(TRIAL.replace("5000.00", "5000.10"), TrialBalanceUneven, "differ by 0.10 USD"),
    "unknown account": Refusal(
        TRIAL.replace("Fixed asset", ""), InvalidLines, "row 3: 1500 Equipment: the chart has no"
    ),
    "no code": Refusal(TRIAL.replace("1500", ""), InvalidLines, "row 3: Equipment: the chart has no account of this"),
    "no name": Refusal(TRIAL.replace("Equipment", ""), InvalidLines, "row 3: 1500: .*needs a name"),
    "twice": Refusal(TRIAL.replace("1500", "1000"), InvalidLines, "row 3: 1000 Equipment: it stands in row 2 before"),
    "suspense": Refusal(TRIAL.replace("1500", "9000"), InvalidLines, "nothing posted may stand in suspense"),
    "clearing": Refusal(TRIAL.replace("1500", "1090"), InvalidLines, "holds only transfers"),
    "no amount": Refusal(TRIAL.replace("2500.00", "much"), InvalidLines, "“much” is no amount"),
    "a code that cannot be": Refusal(TRIAL.replace("1500", "15:00"), InvalidInput, "cannot be an account code"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_cannot_be_booked_is_refused_whole(books: Books, case: str) -> None:
    refusal = REFUSALS[case]
    with pytest.raises(refusal.error, match=refusal.says):
        book(books, refusal.text)
    assert balances(books) == {}
    with snapshot() as session:
        assert session.exec(select(Account).where(Account.name == "Bank loan")).all() == []


def test_an_account_that_is_switched_off_or_kept_in_another_currency_takes_no_balance(books: Books) -> None:
    with unit_of_work() as session:
        euro = builders.account(session, books.company_id, code="1020", type=AccountType.ASSET, role=AccountRole.BANK)
        builders.bank_account(session, euro, currency="EUR")
        builders.account(session, books.company_id, code="1500", name="Equipment", is_active=False)
    with pytest.raises(InvalidLines, match="is switched off"):
        book(books)
    with pytest.raises(InvalidLines, match="is kept in EUR"):
        book(books, TRIAL.replace("1500", "1020"))


def test_a_closed_period_refuses_it_and_so_does_its_replacement(books: Books) -> None:
    def close() -> None:
        with unit_of_work() as session:
            session.get_one(type(books.company), books.company_id).closed_through_on = YEAR_END

    book(books)
    close()
    for on in (YEAR_END, YEAR_END + timedelta(days=1)):
        with pytest.raises(PeriodClosed):
            book(books, on=on, replace=True)


def test_only_who_may_change_accounts_books_it(books: Books) -> None:
    file = RawFile("trial.csv", TRIAL.encode())
    for other, error in ((caller(books, Role.REVIEWER), AccessDenied), (builders.caller(), NotFound)):
        with snapshot() as session, pytest.raises(error):
            plan_opening(session, other, books.company_id, file, YEAR_END)


# --- beside the opening balances of bank accounts -------------------------------------------------


def first_statement(session: Session, books: Books, first_on: date, opening_minor: int) -> None:
    file = builders.statement_file(session, books)
    builders.reconciliation(
        session, books, file, first_on=first_on, last_on=first_on, opening_minor=opening_minor,
        closing_minor=opening_minor,
    )  # fmt: skip


def book_bank(books: Books) -> None:
    with unit_of_work() as session:
        post_opening_balance(
            session, caller(books), books.company_id, books.checking.id, write=write_columns, now=NOW
        )  # fmt: skip


def test_a_bank_account_that_has_its_opening_balance_gets_no_second_one(books: Books) -> None:
    with unit_of_work() as session:
        first_statement(session, books, YEAR_END + timedelta(days=1), 500_000)
    book_bank(books)
    assert balances(books) == {"1000": 500_000, "3000": -500_000}
    receipt = book(books)
    assert {line.code: line.amount_minor for line in receipt.plan.lines} == {
        "1000": 0, "1500": 250_000, "2500": -300_000, "3000": 50_000,
    }  # fmt: skip
    assert balances(books) == TOLD
    assert_sound(books)


def test_after_a_trial_balance_there_is_nothing_left_to_book_for_a_bank_account(books: Books) -> None:
    book(books)
    with unit_of_work() as session:
        first_statement(session, books, YEAR_END + timedelta(days=1), 500_000)
    with pytest.raises(InvalidInput, match="have the opening balance of Checking already"):
        book_bank(books)
    assert balances(books) == TOLD


def test_a_statement_that_begins_before_the_opening_balances_is_not_booked_below_them(books: Books) -> None:
    book(books)
    with unit_of_work() as session:
        first_statement(session, books, YEAR_END - timedelta(days=15), 400_000)
    with pytest.raises(OpeningRefused, match="begins before them"):
        book_bank(books)
    assert balances(books) == TOLD


def test_what_differs_from_the_first_statement_is_said_before_it_is_booked(books: Books) -> None:
    with unit_of_work() as session:
        first_statement(session, books, YEAR_END + timedelta(days=1), 490_000)
    with snapshot() as session:
        file = RawFile("trial.csv", TRIAL.encode())
        plan = plan_opening(session, caller(books), books.company_id, file, YEAR_END)
    assert [problem.message for problem in plan.problems] == [
        "Checking: the trial balance says 5000.00, its first statement begins with 4900.00 USD"
    ]


def test_lines_that_wait_on_or_before_the_day_are_decided_first(books: Books) -> None:
    with unit_of_work() as session:
        line = builders.transaction(session, books, booked_on=YEAR_END)
        proposal = builders.proposal(session, books, line)
        entry = builders.entry(session, books, transaction=line, proposal_id=proposal.id)
    with pytest.raises(OpeningRefused, match="1 bank line waits for review"):
        book(books)
    with unit_of_work() as session:
        approve(session, caller(books), books.company_id, [entry.id], write=write_columns, now=NOW)
    receipt = book(books)
    assert balances(books) == TOLD
    assert [problem.message for problem in receipt.plan.problems] == [
        "Booked already, not in the file, and so brought to zero: 6300 Software Subscriptions"
    ]
    with pytest.raises(OpeningRefused, match="are booked already"):
        book(books)
    assert_sound(books)


def test_books_that_hold_the_balances_already_have_nothing_to_book(books: Books) -> None:
    with unit_of_work() as session:
        builders.entry(
            session, books, lines=[(books.bank, 500), (books.revenue, -500)], booked_on=YEAR_END, posted=True
        )
    with pytest.raises(OpeningRefused, match="nothing to book"):
        book(books, "Account,Balance\nBank,5.00\nSales Revenue,-5.00\n")


# --- the command -----------------------------------------------------------------------------------


@pytest.fixture
def run(books: Books, tmp_path: Path) -> Callable[..., tuple[int, Any]]:
    def command(text: str, *arguments: str) -> tuple[int, Any]:
        path = tmp_path / "trial.csv"
        path.write_text(text)
        result = CliRunner().invoke(app, ["--company", "acme", "--json", *arguments, str(path)])
        return result.exit_code, json.loads(result.stdout)

    return command


def test_the_command_books_once_and_says_what_it_did(run: Callable[..., tuple[int, Any]], books: Books) -> None:
    code, answer = run(TRIAL, "--date", "2023-12-31")
    assert (code, answer["accounts"], answer["accounts_made"], answer["debit"], answer["credit"]) == (
        0, 4, 2, "7500.00", "7500.00",
    )  # fmt: skip
    assert answer["entry"].startswith("je_acme_")
    assert balances(books) == TOLD
    code, refused = run(TRIAL, "--date", "2023-12-31")
    assert (code, "booked already" in refused["error"]) == (1, True)
    code, again = run(TRIAL, "--date", "2023-12-31", "--replace")
    assert (code, again["reversed"]) == (0, answer["entry"])


def test_the_command_names_the_difference_and_books_nothing(run: Callable[..., tuple[int, Any]], books: Books) -> None:
    code, refused = run(TRIAL.replace("5000.00", "5001.25"), "--date", "2023-12-31")
    assert code == 1
    assert refused["error"] == (
        "The trial balance does not balance: 7501.25 debit and 7500.00 credit differ by 1.25 USD. "
        "Correct the file and upload it again."
    )
    assert balances(books) == {}


def test_the_command_refuses_a_missing_file_and_wrong_usage(sqlite_database: str) -> None:
    with unit_of_work() as session:
        builders.books(session, slug="acme")
    gone = CliRunner().invoke(app, ["--company", "acme", "--json", "--date", "2023-12-31", "gone.csv"])
    assert (gone.exit_code, "gone.csv cannot be read" in json.loads(gone.stdout)["error"]) == (1, True)
    assert CliRunner().invoke(app, ["--company", "acme", "--date", "31.12.2023", "gone.csv"]).exit_code == 2
