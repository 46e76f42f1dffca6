"""Questions about bank lines on Home and Upload, answered by the bookkeeper."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.posting.line_history import open_questions
from core.posting.line_notes import ask
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import Role
from tests import builders
from tests.unit.posting.cases import NOW, waiting
from ui import identity

PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def bookkeeper(books, monkeypatch: pytest.MonkeyPatch) -> Caller:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Bo Lindqvist")
    caller = Caller(person.id, person.display_name, Via.PAGE, {books.company_id: Role.BOOKKEEPER})
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
    monkeypatch.setattr(identity, "current_caller", lambda page: caller)
    return caller


def asked(books) -> None:
    with unit_of_work() as session:
        person = builders.user(session, display_name="Rui *Tanaka*")
        reviewer = builders.caller(books.company_id, role=Role.REVIEWER, user_id=person.id)
        entry = waiting(session, books, counterparty="zelle", description="ZELLE `TO` ORTEGA", amount_minor=-120_000)
        ask(session, reviewer, books.company_id, [entry.id], "Whose rent?", write=write_columns, now=NOW)


def told(page: AppTest) -> str:
    return " ".join(each.value for kind in ("markdown", "caption") for each in page.get(kind)).replace("\\", "")


@pytest.mark.parametrize("name", ["home.py", "upload.py"])
def test_a_question_is_answered_where_the_bookkeeper_works(books, bookkeeper, name):
    asked(books)
    page = AppTest.from_file(PAGES / name, default_timeout=30).run()
    assert not page.exception
    assert "Whose rent?" in told(page)
    assert "asked by Rui *Tanaka*" in told(page)
    (go,) = [each for each in page.button if str(each.key).startswith("answer_go_")]
    page = go.click().run()
    assert [each.value for each in page.error] == ["Write the answer first."]
    (field,) = [each for each in page.text_input if str(each.key).startswith("answer_")]
    field.set_value("The annex")
    (go,) = [each for each in page.button if str(each.key).startswith("answer_go_")]
    page = go.click().run()
    assert not page.exception
    assert "Whose rent?" not in told(page)
    assert "1 line went back to the reviewer" in page.success[0].value
    with snapshot() as session:
        assert open_questions(session, bookkeeper, books.company_id) == []
