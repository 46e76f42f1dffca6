"""Exchange rates on the Settings page: entered by hand, read from a file, refused where something is wrong."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.exchange.keeping import list_rates
from db.engine import snapshot, unit_of_work
from models import Company, Role
from tests import builders
from ui import identity

PAGE = Path(__file__).parents[2] / "pages/settings.py"


def see(books, monkeypatch: pytest.MonkeyPatch) -> Caller:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Dana Whitfield")
    caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: Role.MANAGER}, page="settings")

    def here(page: str) -> identity.Here:
        with snapshot() as session:
            return identity.Here(caller, session.get_one(Company, books.company_id))

    monkeypatch.setattr(identity, "here", here)
    return caller


def opened() -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    assert not page.exception, page.exception
    return page


def kept(books, caller: Caller) -> list[tuple[str, str, str]]:
    with snapshot() as session:
        return [(one.currency, str(one.rate), one.entered_by) for one in list_rates(session, caller, books.company_id)]


def test_a_rate_is_kept_and_one_that_is_none_is_refused(books, monkeypatch):
    caller = see(books, monkeypatch)
    page = opened()
    page.text_input(key="rate_currency").set_value("eur")
    page.text_input(key="rate_rate").set_value("1,08")
    page.button(key="rate_add").click().run()
    assert "no exchange rate" in page.error[0].value
    assert kept(books, caller) == []
    page.text_input(key="rate_currency").set_value("eur")
    page.text_input(key="rate_rate").set_value("1.0832")
    page.button(key="rate_add").click().run()
    assert not page.exception
    assert kept(books, caller) == [("EUR", "1.0832", "Dana Whitfield")]
    assert any("USD for one" in table.value.columns for table in page.dataframe)


def test_a_file_of_rates_is_kept_whole_or_not_at_all(books, monkeypatch):
    caller = see(books, monkeypatch)
    page = opened()
    upload = page.file_uploader(key="rates_upload_0")
    upload.upload("rates.csv", b"Date,Currency,Rate\n2024-02-15,EUR,1.08\n03/04/2024,EUR,1.09\n", "text/csv").run()
    assert "Row 3" in page.error[0].value
    assert page.button(key="rates_keep").disabled
    upload = page.file_uploader(key="rates_upload_0")
    upload.upload("rates.csv", b"Date,Currency,Rate\n2024-02-15,EUR,1.08\n2024-02-15,GBP,1.26\n", "text/csv").run()
    page.button(key="rates_keep").click().run()
    assert not page.exception
    assert [row[:2] for row in kept(books, caller)] == [("EUR", "1.08"), ("GBP", "1.26")]
