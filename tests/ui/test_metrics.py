"""The Metrics page: every figure equals an independent count of the tables; what was not measured is not shown."""

from collections.abc import Iterator
from csv import DictReader
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from streamlit.testing.v1 import AppTest

from core.access.roles import Caller, Via
from core.assurance.tightening import tighten_if_broken
from core.categorization.company_policy import policy_of
from core.metrics.automation import LineCounts
from core.metrics.home import home_rows
from core.metrics.rates import Rate
from core.period import Period
from db.engine import snapshot, unit_of_work
from models import Method, ModelVersion, Role
from tests import builders
from tests.builders import NOW, Books
from tests.integration.test_metrics import line_with, two_months
from ui import identity
from ui.metrics_charts import Shares, month_names, shares_of
from ui.metrics_measured import rolling_precision, twelve_months
from ui.metrics_view import duration, report_text, training_set

PAGE = Path(__file__).parents[2] / "pages/metrics.py"


@pytest.fixture
def books(sqlite_database: str) -> Books:
    with unit_of_work() as session:
        return two_months(session)


@pytest.fixture
def sign_in(books: Books, monkeypatch: pytest.MonkeyPatch):
    def signed_in(*others: UUID, role: Role = Role.MANAGER) -> Caller:
        with unit_of_work() as session:
            person = builders.user(session, display_name="Dana Whitfield")
        roles = dict.fromkeys((books.company_id, *others), role)
        caller = Caller(person.id, person.display_name, Via.PAGE, roles, page="metrics")
        monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, books.company))
        return caller

    return signed_in


@pytest.fixture
def caller(sign_in) -> Iterator[Caller]:
    return sign_in()


def opened(**state) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=30)
    for name, value in state.items():
        page.session_state[name] = value
    page.run()
    assert not page.exception, page.exception
    return page


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


def figure(page: AppTest, label: str) -> tuple[str, str]:
    (found,) = [each for each in page.metric if each.label == label]
    return found.value, found.delta


def counted(query: str, *company_ids: UUID) -> int:
    """A plain count over the tables of these companies."""
    keys = ", ".join(f"'{key.hex}'" for key in company_ids)
    with snapshot() as session:
        return int(session.execute(text(query.replace(":companies", keys))).scalar_one())


LINES = "SELECT count(*) FROM transactions WHERE reverted_at IS NULL AND company_id IN (:companies)"
ALONE = (
    "SELECT count(DISTINCT e.transaction_id) FROM journal_entries e JOIN transactions t ON t.id = e.transaction_id "
    "WHERE e.auto_approved AND e.status IN ('posted', 'reversed') AND t.reverted_at IS NULL AND e.company_id IN "
    "(:companies)"
)
POSTED = (
    "SELECT count(*) FROM journal_entries e JOIN transactions t ON t.id = e.transaction_id "
    "WHERE e.status = 'posted' AND t.reverted_at IS NULL AND e.company_id IN (:companies)"
)
CHECKED = "SELECT count(*) FROM reviews WHERE was_automatic AND undone_at IS NULL AND company_id IN (:companies)"
RIGHT = CHECKED.replace("WHERE", "WHERE outcome = 'approved' AND")


def drawn(page: AppTest, key: str) -> str:
    """The chart's specification as it is sent to the browser."""
    (found,) = [each for each in page.get("plotly_chart") if f"-{key}" in each.proto.id]
    return str(found.proto.spec)


# --- figures ----------------------------------------------------------------------------------


def test_the_key_figures_are_those_of_the_tables(books, caller):
    page, company = opened(), books.company_id
    lines, alone = counted(LINES, company), counted(ALONE, company)
    assert (lines, alone) == (15, 7)
    assert figure(page, "Booked alone") == (f"{100 * alone / lines:.1f}%", f"{alone} of {lines} lines")
    right, checked = counted(RIGHT, company), counted(CHECKED, company)
    assert (right, checked) == (1, 2)
    assert figure(page, "Right when booked alone") == ("50.0%", "1.3 to 98.7% of 2")
    assert figure(page, "Reconciled") == ("0.0%", f"0 of {lines} lines")
    assert figure(page, "Upload to posted, median") == ("under 1 min", f"{counted(POSTED, company)} lines posted")
    assert "Bank lines of March 2023 to February 2024" in told(page)


def test_reconciled_lines_are_counted_inside_proved_statements(books, caller):
    with unit_of_work() as session:
        file = builders.statement_file(session, books)
        builders.reconciliation(session, books, file, first_on=date(2024, 1, 1), last_on=date(2024, 1, 31))
    assert figure(opened(), "Reconciled") == ("60.0%", "9 of 15 lines")


def test_all_companies_are_added_up_by_their_numbers(books, sign_in):
    with unit_of_work() as session:
        other, strange = builders.books(session), builders.books(session)
        for company in (other, strange):
            line_with(session, company, "model", date(2024, 2, 10))
    sign_in(other.company_id)
    page = opened(metrics_scope="All my companies")
    both = (books.company_id, other.company_id)
    assert (
        figure(page, "Booked alone")[1]
        == f"{counted(ALONE, *both)} of {counted(LINES, *both)} lines"
        == ("8 of 16 lines")
    )
    models = page.dataframe[-1].value
    assert sorted(models["Company"]) == sorted([books.company.name, other.company.name])


def test_who_sees_one_company_is_not_offered_a_scope(books, caller):
    assert not opened().get("button_group")


def test_the_start_page_and_this_page_speak_of_the_same_year(books, caller):
    with snapshot() as session:
        (row,) = home_rows(session, caller, date(2024, 2, 10))
    assert figure(opened(), "Booked alone")[1] == f"{row.automatic.numerator} of {row.automatic.denominator} lines"


def test_corrections_are_listed_with_what_share_they_are(books, caller):
    listed = opened().dataframe[0].value
    assert listed.to_dict("records") == [
        {
            "Proposed": "6300 Software Subscriptions", "Instead": "8000 Sales Revenue", "Corrected": "2 of 5",
            "Share": 0.4, "Moved": 2_000,
        }
    ]  # fmt: skip


# --- charts -----------------------------------------------------------------------------------


def test_months_without_lines_are_not_drawn(books, caller):
    spec = drawn(opened(), "automation")
    assert "Jan\\u003cbr\\u003e2024" in spec or "Jan<br>2024" in spec
    assert "Feb" in spec
    assert "Mar" not in spec
    assert "Dec" not in spec


def test_the_parts_of_a_bar_exclude_each_other():
    counts = LineCounts(
        transactions=12, auto_approved=6, by_match=1, by_rule=2, by_model=3, reviewed=5, approved=2, corrected=2,
        rejected=1, posted=9, waiting=1, left_out=1, unbooked=1,
    )  # fmt: skip
    shares = shares_of(counts, Rate(1, 2))
    assert shares == Shares(by_match=1, by_rule=2, by_model=3, by_person=2, corrected=1)
    assert shares.by_match + shares.by_rule + shares.by_model + shares.by_person + shares.corrected == counts.posted


def test_each_chart_tells_its_finding_to_those_who_cannot_see_it(books, caller):
    told_in_words = [each.proto.alt for each in opened().get("plotly_chart")]
    assert told_in_words[0] == (
        "Stacked bars by month. Booked alone: 50% of lines in January 2024, 33% in February 2024."
    )
    assert all(told_in_words)


def test_precision_without_enough_looks_says_how_many_are_needed(books, caller):
    page = opened()
    assert "1 of 2 checked lines were right" in told(page)
    assert "299 have to be checked without an error, or 473 with one" in told(page)
    assert len(page.get("plotly_chart")) == 2


def test_precision_is_drawn_once_enough_was_looked_at(books, caller):
    with unit_of_work() as session:
        for _ in range(58):
            line_with(session, books, "looked_at", date(2024, 2, 11))
    page = opened()
    right, checked = counted(RIGHT, books.company_id), counted(CHECKED, books.company_id)
    assert (right, checked) == (59, 60)
    assert figure(page, "Right when booked alone")[0] == "98.3%"
    assert "98.3% of 60 through February 2024" in [each.proto.alt for each in page.get("plotly_chart")][1]


def test_looks_older_than_six_months_do_not_count():
    checked = {
        Period.month(2023, 8): Rate(50, 50),
        Period.month(2023, 9): Rate(40, 50),
        Period.month(2024, 2): Rate(9, 10),
    }
    assert rolling_precision(checked) == [
        (Period.month(2023, 9), Rate(90, 100)),
        (Period.month(2024, 2), Rate(49, 60)),
    ]


def test_twelve_months_end_with_the_month_of_the_last_line():
    assert twelve_months(date(2024, 2, 10)) == Period(date(2023, 3, 1), date(2024, 2, 29))
    assert month_names(twelve_months(date(2024, 2, 10)).months())[9:] == ["Dec", "Jan<br>2024", "Feb"]


@pytest.mark.parametrize(
    ("taken", "written"),
    [
        (None, "–"), (timedelta(0), "under 1 min"), (timedelta(minutes=40), "40 min"),
        (timedelta(hours=3, minutes=6), "3.1 h"), (timedelta(days=2, hours=12), "2.5 days"),
    ],
)  # fmt: skip
def test_times_are_written_in_the_unit_that_suits_them(taken, written):
    assert duration(taken) == written


# --- the model and the downloads --------------------------------------------------------------


def test_the_starter_is_shown_with_what_it_was_measured_on(books, caller):
    rows = dict(opened().table[0].value.itertuples(index=False, name=None))
    assert "57,030 invented lines" in rows["Learned from"].replace("\\", "")
    assert "until enough is reviewed" in rows["Books alone from"]


def test_a_version_of_its_own_is_shown_with_its_figures(books, caller):
    with unit_of_work() as session:
        figures = {"challenger": {"accuracy": 0.9125, "top3_accuracy": 0.98, "ece": 0.02, "holdout_rows": 80}}
        builders.stored(
            session,
            ModelVersion(
                company_id=books.company_id, number=3, trained_at=NOW, reviewed_rows=312, figures=figures,
                threshold=0.94, is_active=True, reason="not worse than the model in use", artefact=b"-",
            ),
        )  # fmt: skip
    shown = opened().table[0].value.map(lambda cell: cell.replace("\\", ""))
    rows = dict(shown.itertuples(index=False, name=None))
    assert rows["Model"] == "Version 3 of this company, trained Mar 1, 2024"
    assert rows["First guess right"] == "91.2% of 80 later lines"
    assert rows["Books alone from"].startswith("94.0% confidence on, chosen for this company")


def test_the_downloads_hold_every_line_of_the_companies_chosen(books, caller):
    labels = [each.proto.label for each in opened().get("download_button")]
    assert labels == ["Pilot report", "Training set"]
    rows = list(DictReader(StringIO(training_set(caller, [books.company_id]).decode())))
    assert len(rows) == counted(LINES, books.company_id)
    report = report_text(caller, [books.company_id])
    assert f"| {books.company.name} | 15 | 7 (46.7 %) |" in report


# --- refusals ---------------------------------------------------------------------------------


def test_a_company_without_lines_claims_nothing(books, monkeypatch, sign_in):
    with unit_of_work() as session:
        fresh = builders.books(session, name="Fresh Ltd")
    caller = sign_in(fresh.company_id)
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(caller, fresh.company))
    page = opened()
    assert "Nothing to measure yet" in told(page)
    assert "Fresh Ltd: upload the first bank file" in told(page)
    assert not page.metric
    assert not page.get("plotly_chart")


def test_a_company_that_one_may_not_see_any_more_is_refused_in_words(books, monkeypatch):
    stranger = Caller(None, "Sam", Via.PAGE, {}, page="metrics")
    monkeypatch.setattr(identity, "here", lambda page: identity.Here(stranger, books.company))
    page = opened()
    assert len(page.error) == 1
    assert not page.metric


def test_lines_dated_after_today_do_not_move_the_year(books, caller):
    with unit_of_work() as session:
        line = builders.transaction(session, books, booked_on=datetime.now(UTC).date() + timedelta(days=400))
        builders.entry(session, books, transaction=line, method=Method.RULE)
    assert f"to {datetime.now(UTC):%B %Y}" in told(opened())


def in_the_sample(books: Books, right: int, wrong: int) -> None:
    """So many decided re-reviews, found right and wrong."""
    with unit_of_work() as session:
        for number in range(right + wrong):
            line = builders.transaction(session, books, row=900 + number, booked_on=date(2024, 2, 20))
            proposal = builders.proposal(session, books, line, method=Method.MODEL, confidence=0.99)
            entry = builders.entry(
                session, books, transaction=line, proposal_id=proposal.id, method=Method.MODEL, auto_approved=True,
                posted=True,
            )  # fmt: skip
            row = builders.re_review(session, books, entry)
            row.decided_at, row.account_id, row.agreed = NOW, books.expense.id, number < right
            builders.stored(session, row)


def test_the_promise_counts_down_what_is_audited_by_count_and_by_money(books, caller):
    in_the_sample(books, right=11, wrong=0)
    text = told(opened())
    assert "By count:** 11 of 299 audited lines; 288 more without an error support 1%." in text
    assert "By money:** 0 of 299 audited lines; 299 more without an error support 1%." in text


def test_a_tightening_is_told_with_its_reason_and_a_manager_loosens_it(books, caller):
    in_the_sample(books, right=2, wrong=3)
    with unit_of_work() as session:
        tighten_if_broken(session, caller, books.company_id, now=NOW)
    page = opened()
    assert "3 of 5 re-reviewed entries by the model were wrong" in page.warning[0].value
    page.text_input(key=f"loosen_reason_{books.company_id.hex}").set_value("The vendor is gone")
    page.button(key=f"loosen_go_{books.company_id.hex}").click().run()
    assert not page.exception
    assert not page.warning
    with snapshot() as session:
        assert not policy_of(session, caller, books.company_id).is_tightened


def test_a_reviewer_sees_a_tightening_and_cannot_loosen_it(books, sign_in):
    caller = sign_in(role=Role.REVIEWER)
    in_the_sample(books, right=2, wrong=3)
    with unit_of_work() as session:
        tighten_if_broken(session, caller, books.company_id, now=NOW)
    page = opened()
    assert page.warning
    assert not page.text_input


def test_training_is_started_from_the_page_and_what_came_of_it_is_told(books, caller):
    page = opened()
    page.button(key="metrics_train").click().run()
    until = datetime.now(UTC) + timedelta(seconds=20)
    while not page.info and datetime.now(UTC) < until:
        page.run()
    assert "too few to learn from; 100 are needed" in page.info[0].value


def test_a_reviewer_sees_the_model_and_does_not_train(books, sign_in):
    sign_in(role=Role.REVIEWER)
    assert not [each for each in opened().button if each.key == "metrics_train"]


def test_the_curves_of_the_model_are_drawn_from_its_trial(books, caller):
    curves = {
        "reliability": [{"confidence": 0.62, "right": 0.5, "rows": 8}, {"confidence": 0.97, "right": 0.98, "rows": 72}],
        "risk_coverage": [
            {"threshold": 0.97, "coverage": 0.7, "wrong": 1, "rows": 56},
            {"threshold": 0.5, "coverage": 1.0, "wrong": 6, "rows": 80},
        ],
    }
    with unit_of_work() as session:
        figures = {
            "challenger": {"accuracy": 0.92, "ece": 0.02, "holdout_rows": 80, "coverage": 0.7, **curves},
            "data": {"first_on": "2023-11-02", "last_on": "2024-02-27"},
        }
        builders.stored(session, ModelVersion(
            company_id=books.company_id, number=3, trained_at=NOW, reviewed_rows=312, figures=figures, is_active=True,
            reason="not worse than the model in use", artefact=b"-",
        ))  # fmt: skip
    page = opened()
    rows = dict(page.table[0].value.map(lambda cell: cell.replace("\\", "")).itertuples(index=False, name=None))
    assert rows["Learned from"].startswith("312 decisions of people, lines of Nov 2, 2023 to Feb 27, 2024")
    assert rows["Would post at the promise"].startswith("70.0% of these lines")
    assert "0.98" in drawn(page, "calibration")
    assert "in force" in drawn(page, "risk_coverage")
