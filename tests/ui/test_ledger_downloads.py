"""The whole ledger from the Reports page: what a click gives is what the export gives."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.errors import NotFound
from core.exporting.formats import ExportFormat
from db.engine import unit_of_work
from models import Role
from tests import builders
from tests.journal_tools import gnucash_transactions, loaded_by_beancount, workbook_rows
from ui import identity
from ui.ledger_downloads import ledger_file

PAGE = Path(__file__).parents[2] / "pages/reports.py"


@pytest.fixture
def books(sqlite_database: str) -> builders.Books:
    with unit_of_work() as session:
        books = builders.books(session, slug="hamilton")
        builders.entry(session, books, transaction=builders.transaction(session, books), posted=True)
    return books


def test_a_bookkeeper_finds_every_form_behind_one_button(books, monkeypatch):
    caller = Caller(None, "Dana", Via.PAGE, {books.company_id: Role.BOOKKEEPER}, page="reports")
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert not page.exception
    labels = [each.proto.label for each in page.get("download_button")]
    assert labels[:4] == ["Excel", "Beancount", "hledger", "GnuCash"]


def test_each_form_holds_the_ledger_and_gnucash_gets_its_accounts_first(books):
    caller = builders.caller(books.company_id)
    files = {form: ledger_file(caller, books.company_id, "hamilton", form) for form in ExportFormat}
    assert loaded_by_beancount(files[ExportFormat.BEANCOUNT].decode())
    assert len(workbook_rows(files[ExportFormat.XLSX], "Entries")) == 2
    assert files[ExportFormat.HLEDGER].decode().count(" * (je_hamilton_") == 1
    archive = zipfile.ZipFile(BytesIO(files[ExportFormat.GNUCASH_CSV]))
    accounts, transactions = archive.namelist()
    assert (accounts, transactions) == ("hamilton_1_accounts.csv", "hamilton_2_transactions.csv")
    assert len(gnucash_transactions(archive.read(transactions).decode())) == 1
    assert "Expenses:6300 Software Subscriptions" in archive.read(accounts).decode()


def test_nobody_takes_away_the_ledger_of_a_company_that_they_cannot_see(books):
    with pytest.raises(NotFound):
        ledger_file(builders.caller(), books.company_id, "hamilton", ExportFormat.XLSX)
