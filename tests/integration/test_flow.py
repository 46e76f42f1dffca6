"""Files in, entries out: the whole of the main job on one simulated company, on both kinds of database."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from core.access.roles import Caller, Via
from core.errors import AccessDenied, NotFound
from core.flow import Intake, take_in_files, work_through
from core.ingestion.raw_file import RawFile
from core.simulation.ingesting import equip_simulated, files_by_month, found_simulated, ingest_simulated
from core.simulation.measuring import Outcome, add_up, measure, share
from core.simulation.rehearsing import MONTHS, rehearse_month, settle_year
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import (
    EntryStatus,
    FileStatus,
    JournalEntry,
    JournalLine,
    Reconciliation,
    ReconciliationStatus,
    Review,
    Role,
    StatementFile,
    Transaction,
)
from tests import builders

NOW = datetime(2025, 10, 3, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def simulated() -> SimulatedCompany:
    return one_simulated("sim_midwest_accounting")


def one_simulated(slug: str) -> SimulatedCompany:
    return next(company for company in simulate() if company.slug == slug)


@pytest.fixture
def company_id(database: str, simulated):
    return equipped(simulated)


def equipped(simulated: SimulatedCompany) -> UUID:
    with unit_of_work() as session:
        found = found_simulated(session, Caller(None, "test", Via.SCRIPT), simulated).id
        equip_simulated(session, builders.caller(found), found, simulated, write=write)
    return found


@pytest.fixture
def caller(company_id):
    return builders.caller(company_id)


def ingested(caller, company_id, files) -> Intake:
    with unit_of_work() as session:
        return ingest_simulated(session, caller, company_id, files, write=write, now=NOW)


def number_of(kind) -> int:
    with snapshot() as session:
        return session.execute(select(func.count()).select_from(kind)).scalar_one()


def violations(caller, company_id):
    with snapshot() as session:
        return verify_books(session, caller, [company_id]).violations


def test_every_line_of_the_files_gets_one_balanced_entry_and_the_books_are_clean(caller, company_id, simulated):
    intake = ingested(caller, company_id, simulated.files)
    lines = len(simulated.truth)
    assert lines == 289
    assert sum(receipt.new_count for receipt in intake.receipts) == lines
    assert sum(receipt.new_minor for receipt in intake.receipts) == sum(row.amount_minor for row in simulated.truth)
    assert {receipt.status for receipt in intake.receipts} == {FileStatus.STORED}
    booked = intake.booking
    assert booked.entries == lines == booked.auto_approved + booked.confirmed + booked.needs_review
    assert booked.entries == booked.by_match + booked.by_rule + booked.by_model + booked.by_none
    assert min(booked.by_match, booked.by_rule, booked.auto_approved, booked.needs_review) > 0
    assert number_of(JournalEntry) == number_of(Transaction) == lines
    assert violations(caller, company_id) == ()
    with snapshot() as session:
        sums = select(func.sum(JournalLine.amount_minor)).group_by(col(JournalLine.entry_id))
        assert set(session.execute(sums).scalars()) == {0}


def live_entries() -> int:
    with snapshot() as session:
        live = col(JournalEntry.status).in_([EntryStatus.NEEDS_REVIEW, EntryStatus.POSTED])
        return session.execute(select(func.count()).select_from(JournalEntry).where(live)).scalar_one()


def test_the_same_files_again_store_no_line_and_no_entry_twice(caller, company_id, simulated):
    ingested(caller, company_id, simulated.files)
    again = ingested(caller, company_id, simulated.files)
    assert {receipt.status for receipt in again.receipts} == {FileStatus.DUPLICATE}
    assert sum(receipt.new_count for receipt in again.receipts) == 0
    # What the first run matched can make a suggestion certain; those lines are booked anew, and nothing else is.
    assert again.booking.entries == again.booking.by_match
    assert number_of(Transaction) == live_entries() == len(simulated.truth)
    assert violations(caller, company_id) == ()


def test_working_through_comes_to_rest(caller, company_id, simulated):
    ingested(caller, company_id, simulated.files)
    for _ in range(2):
        with unit_of_work() as session:
            matching, booking = work_through(session, caller, company_id, write=write, now=NOW)
    assert (matching.confirmed_settlements, matching.confirmed_transfers, matching.suggested) == (0, 0, 0)
    assert booking.entries == 0


def test_one_broken_file_among_good_ones_is_refused_alone(caller, company_id, simulated):
    good = simulated.files[0]
    files = [RawFile("broken.csv", b"\x00\x01 no statement"), RawFile(good.name, good.content)]
    with unit_of_work() as session:
        intake = take_in_files(session, caller, company_id, files, write=write, now=NOW)
    broken, stored = intake.receipts
    assert (broken.status, stored.status) == (FileStatus.REFUSED, FileStatus.STORED)
    assert "broken.csv" in broken.refusal
    assert intake.booking.entries == stored.new_count > 0
    assert violations(caller, company_id) == ()


def test_who_may_not_see_the_company_takes_nothing_in(company_id, simulated):
    with pytest.raises(NotFound):
        ingested(builders.caller(), company_id, simulated.files[:1])
    outside = Caller(None, "test", Via.SCRIPT, {}, may_found=False)
    with pytest.raises(NotFound), snapshot() as session:
        measure(session, outside, company_id, simulated, seconds=0)
    reviewer = builders.caller(company_id, role=Role.REVIEWER)
    with pytest.raises(AccessDenied), unit_of_work() as session:
        equip_simulated(session, reviewer, company_id, simulated, write=write)
    assert number_of(Transaction) == 0


# --- measuring --------------------------------------------------------------------------------


def test_the_measured_figures_are_those_of_a_count_line_by_line(caller, company_id, simulated):
    intake = ingested(caller, company_id, simulated.files)
    with snapshot() as session:
        found = measure(session, caller, company_id, simulated, seconds=1.5)
        posted = select(func.count()).select_from(JournalEntry).where(col(JournalEntry.status) == EntryStatus.POSTED)
        assert found.auto_approved == session.execute(posted).scalar_one()
    assert (found.transactions, found.entries) == (289, 289)
    assert (found.auto_approved, found.needs_review) == (intake.booking.auto_approved, intake.booking.needs_review)
    assert found.by_method["match"] == intake.booking.by_match
    assert found.by_method["rule"] == intake.booking.by_rule
    assert 0 < found.right_when_auto <= found.auto_approved
    assert found.right_when_auto <= found.proposed_right <= found.entries
    assert 0 <= found.reconciled <= found.transactions
    told = found.to_json()
    assert told["auto_approval_rate"] == round(found.auto_approved / 289, 4)
    assert told["accuracy_of_auto_approved"] == round(found.right_when_auto / found.auto_approved, 4)


def test_totals_add_numerators_and_denominators_and_never_average_rates():
    big = Outcome("a", 90, 90, 80, 80, 10, {"rule": 80, "none": 10}, 85, 90, 2.0)
    small = Outcome("b", 10, 10, 0, 0, 10, {"none": 10}, 1, 0, 1.0)
    total = add_up([big, small])
    assert total == Outcome("all", 100, 100, 80, 80, 20, {"rule": 80, "none": 20}, 86, 90, 3.0)
    assert total.to_json()["auto_approval_rate"] == 0.8
    assert small.to_json()["accuracy_of_auto_approved"] is None
    assert share(0, 0) is None


# --- rehearsing -------------------------------------------------------------------------------


def test_each_file_belongs_to_the_month_with_which_it_ends(simulated):
    names = [f"{month.first_on:%Y-%m}" for month in MONTHS]
    months = files_by_month(simulated, names)
    assert list(months) == names
    assert sorted(file.name for files in months.values() for file in files) == sorted(f.name for f in simulated.files)
    assert all(month in file.name for month, files in months.items() for file in files)


def test_rehearsed_months_are_reviewed_and_the_last_one_waits(database, monkeypatch):
    simulated = one_simulated("sim_hamilton_coffee")
    company_id = equipped(simulated)
    caller = builders.caller(company_id)
    by_month = files_by_month(simulated, [f"{month.first_on:%Y-%m}" for month in MONTHS])
    monkeypatch.setattr("core.simulation.rehearsing.MONTHS", MONTHS[:3])
    monkeypatch.setattr("core.simulation.rehearsing.files_by_month", lambda *_: by_month)
    for month in MONTHS[:3]:
        with unit_of_work() as session:
            rehearse_month(session, caller, company_id, simulated, month, write=write)
    with unit_of_work() as session:
        settle_year(session, caller, company_id, simulated, write=write)
    with snapshot() as session:
        waits = select(col(StatementFile.name)).join(
            Transaction, col(Transaction.statement_file_id) == col(StatementFile.id)
        )
        waits = waits.join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
        names = session.execute(waits.where(col(JournalEntry.status) == EntryStatus.NEEDS_REVIEW)).scalars().all()
        closed = session.execute(select(Reconciliation.status)).scalars().all()
    assert names
    assert set(names) <= {file.name for file in by_month[f"{MONTHS[2].first_on:%Y-%m}"]}
    assert number_of(Review) > 0
    assert ReconciliationStatus.CLOSED in closed
    assert violations(caller, company_id) == ()
