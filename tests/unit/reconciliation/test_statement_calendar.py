"""The statement calendar: months covered, missing, overlapping, proved or not."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.reconciliation.statement_calendar import (
    CalendarStatement,
    Coverage,
    Trouble,
    lay_out,
    months_between,
)

TODAY = date(2024, 6, 20)
YEAR = months_between(date(2024, 1, 1), TODAY)


def statement(first_on, last_on, opening=None, closing=None, lines=None, **given):
    moved = lines if lines is not None else (closing or 0) - (opening or 0)
    facts = {"file_name": f"{first_on:%b}.csv", "line_count": 1, "stored_lines": 1, **given}
    return CalendarStatement(
        first_on=first_on, last_on=last_on, opening_minor=opening, closing_minor=closing, lines_minor=moved, **facts
    )


def month(number, first=2, last=28, **given):
    """A proved statement of a month that begins with 100 and ends with 100."""
    return statement(date(2024, number, first), date(2024, number, last), **{"opening": 100, "closing": 100, **given})


def words(*statements, today=TODAY, months=YEAR):
    found, _ = lay_out(statements, months, today)
    return "".join(one.coverage.value[0:2] + " " for one in found).split()


def troubles(*statements, today=TODAY):
    _, problems = lay_out(statements, YEAR, today)
    return [(one.trouble, one.days, one.amount_minor) for one in problems]


def test_months_whose_balances_continue_are_proved_whatever_days_have_no_lines() -> None:
    assert words(*(month(n, 8, 14) for n in range(1, 6))) == ["pr", "pr", "pr", "pr", "pa", "ru"]
    assert words(*(month(n) for n in range(1, 7))) == ["pr"] * 6
    assert troubles(*(month(n) for n in range(1, 7))) == []


def test_a_month_without_lines_between_balances_that_agree_is_proved() -> None:
    assert words(month(1), month(3), month(4), month(5), month(6)) == ["pr"] * 6


def test_a_missing_month_is_named_with_its_days_and_its_money() -> None:
    january, march = month(1, 2, 31), month(3, 1, 31, opening=350, closing=350)
    rest = [month(n, 1, 28, opening=350, closing=350) for n in (4, 5, 6)]
    assert words(january, march, *rest) == ["pr", "mi", "pr", "pr", "pr", "pr"]
    assert troubles(january, march, *rest) == [(Trouble.GAP, 29, 250)]


def test_without_balances_a_week_without_lines_is_no_gap_and_more_is() -> None:
    bare = {"opening": None, "closing": None}
    covered = [month(n, 1, 27, **bare) for n in range(1, 7)]
    assert words(*covered) == ["un"] * 6
    with_gap = [month(1, 1, 10, **bare), *covered[1:]]
    assert words(*with_gap)[:2] == ["pa", "un"]
    assert (Trouble.GAP, 21, None) in troubles(*with_gap)


def test_balances_that_do_not_continue_from_one_day_to_the_next_are_a_difference() -> None:
    january, february = month(1, 1, 31), month(2, 1, 29, opening=130, closing=130)
    assert words(january, february)[:2] == ["pr", "di"]
    assert troubles(january, february)[0] == (Trouble.GAP, 0, 30)


def test_a_statement_that_does_not_add_up_or_lost_lines_is_a_difference() -> None:
    assert words(month(1, lines=5), month(2))[:2] == ["di", "pr"]
    assert troubles(month(1, lines=5), month(2))[0] == (Trouble.DIFFERENCE, 0, 5)
    assert words(month(1, stored_lines=0), month(2))[0] == "di"


def test_an_opening_that_is_not_stated_is_the_closing_before_it() -> None:
    assert words(month(1), month(2, opening=None, lines=0))[:2] == ["pr", "pr"]


def test_statements_that_share_days_overlap_but_one_shared_day_is_a_day_cut_in_two() -> None:
    assert troubles(month(1, 1, 31), statement(date(2024, 1, 31), TODAY, 100, 100)) == []
    found, problems = lay_out([month(1, 1, 31), statement(date(2024, 1, 20), TODAY, 100, 100)], YEAR, TODAY)
    assert [one.overlaps for one in found] == [True, False, False, False, False, False]
    assert [(one.trouble, one.days, one.amount_minor) for one in problems] == [(Trouble.OVERLAP, 12, None)]


def test_a_statement_inside_another_one_hides_no_gap() -> None:
    whole, inside, late = statement(date(2024, 1, 1), date(2024, 3, 31)), month(2), month(6, 1, 20)
    assert (Trouble.GAP, 61, None) in troubles(whole, inside, late)


def test_months_before_the_first_statement_and_the_running_one_are_not_missing() -> None:
    assert words(month(4, 3, 30), month(5, 1, 31)) == ["be", "be", "be", "pr", "pr", "ru"]
    assert words() == ["be"] * 6


def test_an_account_that_is_behind_says_since_when() -> None:
    _, problems = lay_out([month(1, 1, 31), month(2, 1, 29)], YEAR, TODAY)
    (behind,) = problems
    assert (behind.trouble, behind.first_on, behind.last_on) == (Trouble.BEHIND, date(2024, 3, 1), date(2024, 5, 31))


SPANS = st.lists(st.tuples(st.dates(date(2024, 1, 1), date(2024, 6, 20)), st.integers(0, 40)), max_size=6)


@given(SPANS)
def test_a_month_is_missing_only_if_no_statement_has_a_day_of_it(spans) -> None:
    ordered = sorted((first, min(TODAY, date.fromordinal(first.toordinal() + days))) for first, days in spans)
    found, _ = lay_out([statement(first, last) for first, last in ordered], YEAR, TODAY)
    for one in found:
        touched = bool(one.file_names)
        assert not (touched and one.coverage in {Coverage.MISSING, Coverage.BEFORE, Coverage.RUNNING})
        assert touched or one.coverage is not Coverage.PARTLY
