from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.categorization.history import Context, Decisions, History, context_keys, no_decisions
from core.categorization.lines import Lines
from tests.unit.categorization.builders import lines_of

ACCOUNTS = ["6300", "6400", "8000"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["STAPLES 12", "STAPLES WEST 7", "COMCAST", "SQ *CAFE 3 RENO NV"]),
        st.sampled_from([-500, -90_000, 700]),
        st.sampled_from(["2024-01-02", "2024-01-03", "2024-02-01"]),
        st.sampled_from(ACCOUNTS),
        st.sampled_from(["one", "two"]),
    ),
    max_size=15,
)


def rows_as_lines(rows: list[tuple[str, int, str, str, str]]) -> tuple[Lines, list[str]]:
    lines = lines_of(
        [row[0] for row in rows],
        [row[1] for row in rows],
        days=[row[2] for row in rows],
        companies=[row[4] for row in rows],
    )
    return lines, [row[3] for row in rows]


def same(left: Context, right: Context) -> bool:
    return all(np.array_equal(getattr(left, f.name), getattr(right, f.name)) for f in fields(Context))


@given(ROWS, ROWS)
def test_updating_with_reviews_equals_building_anew(
    first: list[tuple[str, int, str, str, str]], second: list[tuple[str, int, str, str, str]]
) -> None:
    whole = History(Decisions.of(*rows_as_lines(first + second)), no_decisions()).tables(ACCOUNTS)
    grown = History(Decisions.of(*rows_as_lines(first)), no_decisions()).with_reviews(*rows_as_lines(second))
    updated = grown.tables(ACCOUNTS)
    assert all(same(whole.own[name], updated.own[name]) for name in whole.own)


@given(ROWS)
def test_counts_by_payee_are_those_of_a_slow_count(rows: list[tuple[str, int, str, str, str]]) -> None:
    lines, accounts = rows_as_lines(rows)
    context = History(Decisions.of(lines, accounts), no_decisions()).tables(ACCOUNTS).own["counterparty"]
    at = context.find(context_keys(lines.keys, "counterparty", shared=False))
    for i, (name, row) in enumerate(zip(lines.counterparty, rows, strict=True)):
        alike = [
            other[3]
            for other, named in zip(rows, lines.counterparty, strict=True)
            if named == name and other[4] == row[4] and (other[1] > 0) == (row[1] > 0)
        ]
        assert context.total[at[i]] == len(alike)
        counted = context.counts(np.full(3, at[i]), np.arange(3, dtype=np.int32))
        assert counted.tolist() == [alike.count(account) for account in ACCOUNTS]
        assert context.top[at[i]][0] == np.argmax([alike.count(account) for account in ACCOUNTS])


def test_the_account_chosen_last_is_remembered() -> None:
    lines = lines_of(["COMCAST"] * 3, days=["2024-03-01", "2024-01-01", "2024-03-01"])
    context = History(Decisions.of(lines, ["6300", "8000", "6400"]), no_decisions()).tables(ACCOUNTS).own["text"]
    assert ACCOUNTS[context.last[0]] == "6400"
    assert context.first_day[0] == np.datetime64("2024-01-01").astype(int)


def test_grouped_decisions_count_as_often_as_they_say() -> None:
    lines = lines_of(["COMCAST", "COMCAST"])
    grouped = Decisions.of(lines.take(np.array([0])), ["6300"], np.array([2]))
    single = Decisions.of(lines, ["6300", "6300"])
    tables = [History(each, no_decisions()).tables(ACCOUNTS).own["vendor"] for each in (grouped, single)]
    assert same(*tables)


def test_one_companys_decisions_are_not_anothers_history() -> None:
    mine = lines_of(["COMCAST"], companies=["one"])
    history = History(Decisions.of(mine, ["6300"]), no_decisions())
    theirs = lines_of(["COMCAST"], companies=["two"])
    assert history.has_seen(mine.keys).tolist() == [True]
    assert history.has_seen(theirs.keys).tolist() == [False]
    for name, context in history.tables(ACCOUNTS).own.items():
        assert context.find(context_keys(theirs.keys, name, shared=False)).tolist() == [-1], name


def test_an_empty_history_knows_nothing() -> None:
    tables = History.empty().tables(ACCOUNTS)
    keys = lines_of(["COMCAST"]).keys
    assert not History.empty().has_seen(keys).any()
    for name, context in tables.own.items():
        at = context.find(context_keys(keys, name, shared=False))
        assert at.tolist() == [-1]
        assert context.counts(at, np.zeros(1, np.int32)).tolist() == [0]
