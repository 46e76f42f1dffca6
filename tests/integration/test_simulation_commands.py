"""The commands that load simulated companies: what they print, what they leave behind, and a second run."""

import json
import re

import bcrypt
import pytest
from sqlalchemy import select
from sqlmodel import col
from typer.testing import CliRunner

from core.access.machine import script_caller
from core.founding import companies_of
from core.verifying import verify_books
from db.engine import snapshot
from models import CompanyAccess, EntryStatus, JournalEntry, Role, User
from scripts import load_demo, run_simulation_ingest
from tests.integration.test_flow import one_simulated

pytestmark = pytest.mark.usefixtures("sqlite_database")


@pytest.fixture
def one_company(monkeypatch: pytest.MonkeyPatch, tmp_path):
    """The commands with one company only; reports go to a folder of the test."""
    company = one_simulated("sim_hamilton_coffee")
    monkeypatch.chdir(tmp_path)
    for module in (load_demo, run_simulation_ingest):
        monkeypatch.setattr(module, "simulate", lambda: (company,))
    return company


def run(module, *arguments: str) -> str:
    result = CliRunner().invoke(module.app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def assert_clean_books() -> None:
    with snapshot() as session:
        caller = script_caller(session, "test")
        assert verify_books(session, caller, caller.roles).violations == ()


def test_the_ingest_reports_each_company_and_the_total_as_one_document(one_company, tmp_path):
    told = json.loads(run(run_simulation_ingest, "--json"))
    assert list(told["companies"]) == ["sim_hamilton_coffee"]
    total = told["totals"]
    assert (total["transactions"], total["entries"]) == (330, 330)
    assert total["auto_approved"] + total["needs_review"] == 330
    rates = [value for name, value in total.items() if name.endswith("_rate") or name.startswith("accuracy")]
    assert len(rates) == 5
    assert all(0 <= rate <= 1 for rate in rates)
    assert json.loads((tmp_path / "reports/simulation_metrics.json").read_text()) == told
    assert_clean_books()


def test_a_second_ingest_stores_nothing_twice_and_measures_the_same(one_company):
    first = json.loads(run(run_simulation_ingest, "--json"))["totals"]
    table = run(run_simulation_ingest).splitlines()
    assert table[0].split()[:3] == ["company", "transactions", "entries"]
    assert [line.split()[0] for line in table[1:]] == ["sim_hamilton_coffee", "all"]
    again = json.loads(run(run_simulation_ingest, "--json"))["totals"]
    assert {**again, "seconds": 0} == {**first, "seconds": 0}


def test_the_demo_is_loaded_once_and_its_people_have_the_password_told(one_company, monkeypatch):
    monkeypatch.setattr(load_demo, "MONTHS", load_demo.MONTHS[:3])
    said = run(load_demo)
    password = re.search(r"all with the password (\S+)", said)[1]
    with snapshot() as session:
        hashes = dict(session.execute(select(col(User.username), col(User.password_hash))).all())
        assert set(hashes) == {username for username, _, _ in load_demo.PEOPLE}
        assert all(bcrypt.checkpw(password.encode(), kept.encode()) for kept in hashes.values())
        granted = select(col(User.username), col(CompanyAccess.role)).join(
            CompanyAccess, col(CompanyAccess.user_id) == col(User.id)
        )
        assert {name: Role(role) for name, role in session.execute(granted)} == {
            name: role for name, _, role in load_demo.PEOPLE
        }
        posted = session.execute(select(JournalEntry.id).where(col(JournalEntry.status) == EntryStatus.POSTED)).all()
        assert posted
        assert [c.name for c in companies_of(session, script_caller(session, "test"))] == [one_company.name]
    assert_clean_books()
    assert "loaded already" in run(load_demo)
    assert password not in run(load_demo)
