"""The start page: its figures agree with the books; a newcomer gets from nothing to a company with bank accounts."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, func, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.founding import bank_accounts_of, companies_of
from db.engine import snapshot, unit_of_work
from models import Account, Company, EntryStatus, FileStatus, JournalEntry, Role, Transaction
from tests import builders
from ui import identity
from ui.identity import COMPANY

SHELL = Path(__file__).parents[2] / "ui/shell.py"


@pytest.fixture(autouse=True)
def _own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_FOLDER", str(tmp_path / "var"))


def opened() -> AppTest:
    page = AppTest.from_file(SHELL, default_timeout=30).run()
    assert not page.exception, page.exception
    return page


def button(page: AppTest, label: str) -> Button:
    (found,) = [each for each in page.button if each.label == label]
    return found


def press(page: AppTest, label: str) -> AppTest:
    page = button(page, label).click().run()
    assert not page.exception, page.exception
    return page


def figure(page: AppTest, label: str) -> tuple[str, str]:
    (found,) = [each for each in page.metric if each.label == label]
    return found.value, found.delta


def texts(page: AppTest) -> str:
    return "\n".join(each.value for each in [*page.markdown, *page.caption]).replace("\\", "")


def test_an_empty_installation_says_what_to_do_in_three_steps_with_one_primary_button(sign_in_as) -> None:
    sign_in_as()
    page = opened()
    for step in ("1. Add a company", "2. Name its bank accounts", "3. Drop the first files"):
        assert step in texts(page)
    assert [each.label for each in page.button] == ["Add the first company"]


def test_a_newcomer_founds_a_company_and_lands_on_upload(sign_in_as) -> None:
    sign_in_as()
    page = press(opened(), "Add the first company")
    page.text_input(key="new_name").set_value("Café *Blue*")
    page.selectbox(key="new_sector").set_value("food")
    page.selectbox(key="new_currency").set_value("EUR")
    page.selectbox(key="new_month").set_value(7)
    page = press(page, "Continue to the chart")
    assert "5010" in page.dataframe[0].value["Code"].tolist()  # coffee: an account of this kind of business alone
    page = press(page, "Continue to bank accounts")
    page.text_input(key="new_account_0_name").set_value("Chase checking")
    page.text_input(key="new_account_0_number").set_value("000000004821")
    page = press(page, "Add and name another")
    assert "Chase checking" in texts(page)
    page.text_input(key="new_account_1_name").set_value("Amex Business")
    page.selectbox(key="new_account_1_kind").set_value("card")
    page = press(page, "Create the company")

    assert page.title[0].value == "Upload"
    with snapshot() as session:
        caller = identity.current_caller()
        (company,) = companies_of(session, caller)
        accounts = bank_accounts_of(session, caller, company.id)
    assert (company.name, company.base_currency, company.sector, company.fiscal_year_start) == (
        "Café *Blue*", "EUR", "food", 7,
    )  # fmt: skip
    assert sorted((one.name, one.kind, one.currency, one.number) for one in accounts) == [
        ("Amex Business", "card", "EUR", ""),
        ("Chase checking", "bank", "EUR", "000000004821"),
    ]
    assert page.session_state[COMPANY] == company.id


def test_a_refused_detail_is_explained_and_nothing_is_stored(sign_in_as) -> None:
    sign_in_as()
    page = press(opened(), "Add the first company")
    page.text_input(key="new_name").set_value("   ")
    page = press(page, "Continue to the chart")
    assert [each.value for each in page.error] == ["Type the company's name first."]
    page.text_input(key="new_name").set_value("Café")
    page = press(press(page, "Continue to the chart"), "Continue to bank accounts")
    page.text_input(key="new_account_0_name").set_value("Checking")
    page.text_input(key="new_account_0_currency").set_value("XQX")
    page = press(page, "Create the company")
    assert "“XQX” is no currency" in page.error[0].value
    assert page.text_input(key="new_account_0_name").value == "Checking"  # what was typed is still there
    with snapshot() as session:
        counts = [session.exec(select(func.count()).select_from(row)).one() for row in (Company, Account)]
    assert counts == [0, 0]


def test_key_figures_and_table_agree_with_the_books(sign_in_as) -> None:
    with unit_of_work() as session:
        first, second, hidden = (builders.books(session, name=name) for name in ("Alder", "Birch", "Hidden"))
        for owner, waiting, posted in ((first, 3, 1), (second, 0, 2), (hidden, 5, 0)):
            for number in range(waiting + posted):
                line = builders.transaction(session, owner, amount_minor=-1000 * (number + 1))
                builders.entry(session, owner, transaction=line, posted=number >= waiting,
                               auto_approved=number >= waiting)  # fmt: skip
    sign_in_as(Role.MANAGER, first.company_id, second.company_id)
    page = opened()
    with snapshot() as session:
        mine = [first.company_id, second.company_id]
        waiting, size = session.exec(
            select(func.count(), func.sum(func.abs(Transaction.amount_minor)))
            .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
            .where(JournalEntry.status == EntryStatus.NEEDS_REVIEW, col(JournalEntry.company_id).in_(mine))
        ).one()
    assert (waiting, size) == (3, 6000)
    assert figure(page, "Lines to review") == ("3", "in 1 of 2 companies")
    assert figure(page, "Alone, year to Feb 2024") == ("50.0%", "3 of 6 lines")
    assert figure(page, "Right when booked alone") == ("–", "none checked yet")
    table = page.dataframe[0].value
    assert table["Company"].tolist() == ["Alder", "Birch"]
    assert table["To review"].tolist() == [3, 0]
    assert table["To decide"].tolist() == [6000, 0]
    assert table["of lines"].tolist() == [4, 2]
    assert "3 lines wait, $60.00 to decide. The oldest is from Feb 15, 2024." in texts(page)
    assert "Hidden" not in texts(page)


def test_what_needs_somebody_opens_its_company_on_the_right_page(sign_in_as) -> None:
    now = datetime.now(UTC)
    with unit_of_work() as session:
        calm, busy = builders.books(session, name="Calm"), builders.books(session, name="Busy")
        builders.statement_file(session, calm, uploaded_at=now)
        builders.statement_file(
            session, busy, name="may.csv", status=FileStatus.REFUSED, uploaded_at=now - timedelta(hours=1),
            refusal="may.csv: row 3: the date is no date. Correct the file and upload it again.",
        )  # fmt: skip
    sign_in_as(Role.BOOKKEEPER, calm.company_id, busy.company_id)
    page = opened()
    assert "may.csv: row 3: the date is no date." in texts(page)
    page = page.button(key="go0").click().run()
    assert not page.exception
    assert page.title[0].value == "Upload"
    assert page.session_state[COMPANY] == busy.company_id


def test_a_bookkeeper_is_not_sent_to_review(sign_in_as) -> None:
    with unit_of_work() as session:
        owner = builders.books(session, name="Alder")
        line = builders.transaction(session, owner)
        builders.entry(session, owner, transaction=line)
    sign_in_as(Role.BOOKKEEPER, owner.company_id)
    assert [each.label for each in opened().button if each.label == "Review"] == []
