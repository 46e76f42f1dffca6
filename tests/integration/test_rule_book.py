"""A company's rules in the database, on both kinds of it."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.access.audit import verify_chain
from core.categorization.rule_book import NAME_MAX, Terms, add_rule, change_rule, list_rules, move_rule
from core.categorization.rule_rehearsal import rehearse_rule
from core.errors import AccessDenied, AccountNotBookable, InvalidInput, NotFound
from core.posting.entries import book_company
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import AuditEvent, JournalEntry, JournalLine, Role
from tests import builders

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
ADOBE = [{"kind": "text", "field": "text", "test": "contains", "value": "ADOBE"}]
SMALL = {"kind": "amount", "least_minor": None, "most_minor": 2_000}


@pytest.fixture
def caller(books):
    return builders.caller(books.company_id, role=Role.MANAGER)


def added(books, caller, name="Adobe", conditions=ADOBE, account=None):
    with unit_of_work() as session:
        return add_rule(
            session, caller, books.company_id, name=name, conditions=conditions,
            account_id=(account or books.expense).id, now=NOW,
        ).id  # fmt: skip


def changed(books, caller, rule_id, **given):
    with unit_of_work() as session:
        change_rule(session, caller, books.company_id, rule_id, now=NOW, **given)


def moved(books, caller, rule_id, to):
    with unit_of_work() as session:
        move_rule(session, caller, books.company_id, rule_id, to=to, now=NOW)


def rules(books, caller):
    with snapshot() as session:
        return list_rules(session, caller, books.company_id)


def events(action):
    with snapshot() as session:
        return list(session.execute(select(AuditEvent).where(col(AuditEvent.action) == action)).scalars())


# --- adding -----------------------------------------------------------------------------------


def test_a_rule_is_added_behind_the_others_and_leaves_a_trace(books, caller):
    first = added(books, caller)
    second = added(books, caller, "  Small ones ", [*ADOBE, SMALL], books.revenue)
    found = rules(books, caller)
    assert [(rule.id, rule.position, rule.name) for rule in found] == [(first, 1, "Adobe"), (second, 2, "Small ones")]
    assert [rule.account for rule in found] == ["6300 Software Subscriptions", "8000 Sales Revenue"]
    assert found[1].conditions == [*ADOBE, SMALL]
    assert all(rule.is_active and rule.account_is_active for rule in found)
    traces = events("rule added")
    assert {trace.subject_id for trace in traces} == {first, second}
    assert {trace.company_id for trace in traces} == {books.company_id}
    of_second = next(trace for trace in traces if trace.subject_id == second)
    assert of_second.after["conditions"] == [*ADOBE, SMALL]
    assert of_second.before is None
    with snapshot() as session:
        assert verify_chain(session, traces[0].chain) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "   "}, "A rule needs a name"),
        ({"name": "x" * (NAME_MAX + 1)}, "at most 120"),
        ({"conditions": []}, "would take every line"),
        ({"conditions": [{"kind": "text", "field": "text", "test": "contains", "value": "  "}]}, "is empty"),
        ({"conditions": [{"kind": "amount", "least_minor": 5, "most_minor": 2}]}, "above the upper one"),
        ({"conditions": [{"kind": "text", "field": "text", "test": "regex", "value": "("}]}, "is not a pattern"),
        ({"conditions": [{"kind": "colour", "value": "red"}]}, "There is no condition"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(books, caller, given, said):
    with pytest.raises(InvalidInput, match=said):
        added(books, caller, **given)
    assert rules(books, caller) == []
    assert events("rule added") == []


def test_no_rule_books_to_an_account_that_takes_no_bank_line(books, caller):
    with unit_of_work() as session:
        off = builders.account(session, books.company_id, is_active=False)
    for account, why in ((books.suspense, "undecided"), (books.bank, "own statements"), (off, "switched off")):
        with pytest.raises(AccountNotBookable, match=why):
            added(books, caller, account=account)
    own = added(books, caller)
    with pytest.raises(AccountNotBookable):
        changed(books, caller, own, account_id=books.bank.id)
    assert rules(books, caller)[0].account_id == books.expense.id


# --- changing ---------------------------------------------------------------------------------


def test_only_what_is_given_changes_and_the_trace_shows_before_and_after(books, caller):
    rule_id = added(books, caller)
    changed(books, caller, rule_id, is_active=False)
    changed(books, caller, rule_id, name="Adobe plans", conditions=[*ADOBE, SMALL], account_id=books.revenue.id)
    (rule,) = rules(books, caller)
    assert (rule.name, rule.conditions, rule.account_id, rule.is_active) == (
        "Adobe plans", [*ADOBE, SMALL], books.revenue.id, False,
    )  # fmt: skip
    off, rest = sorted(events("rule changed"), key=lambda event: event.sequence)
    assert (off.before["is_active"], off.after["is_active"]) == (True, False)
    assert (rest.before["name"], rest.after["name"]) == ("Adobe", "Adobe plans")


def test_a_refused_change_changes_nothing(books, caller):
    rule_id = added(books, caller)
    with pytest.raises(InvalidInput):
        changed(books, caller, rule_id, name="Other", conditions=[])
    assert rules(books, caller)[0].name == "Adobe"
    assert events("rule changed") == []


def test_a_rule_whose_account_was_switched_off_says_so(books, caller):
    added(books, caller)
    with unit_of_work() as session:
        session.get_one(type(books.expense), books.expense.id).is_active = False
    (rule,) = rules(books, caller)
    assert (rule.is_active, rule.account_is_active) == (True, False)


# --- what a rule leads to ---------------------------------------------------------------------


def halves(books, first="60", second="40"):
    of = ((books.expense, first), (books.revenue, second))
    return [{"account": str(account.id), "amount_minor": None, "percent": share} for account, share in of]


def test_a_rule_splits_writes_its_memo_and_is_posted_alone(books, caller):
    with unit_of_work() as session:
        builders.transaction(session, books, amount_minor=-1_001)
        add_rule(
            session, caller, books.company_id, name="Adobe", conditions=ADOBE, account_id=books.expense.id,
            terms=Terms(halves(books), "Shared with sales"), now=NOW,
        )  # fmt: skip
    with unit_of_work() as session:
        result = book_company(session, caller, books.company_id, write=write_columns, now=NOW)
    assert (result.by_rule, result.auto_approved) == (1, 1)
    with snapshot() as session:
        (entry,) = session.execute(select(JournalEntry)).scalars()
        lines = session.execute(select(JournalLine).order_by(col(JournalLine.position))).scalars()
        found = [(line.account_id, line.amount_minor) for line in lines]
    assert entry.memo == "Shared with sales"
    assert found == [(books.bank.id, -1_001), (books.expense.id, 601), (books.revenue.id, 400)]


def test_a_split_over_an_account_that_is_always_looked_at_waits(books, caller):
    with unit_of_work() as session:
        session.get_one(type(books.company), books.company_id).policy = {"always_review_codes": ["8000"]}
        builders.transaction(session, books, amount_minor=-1_000)
        add_rule(
            session, caller, books.company_id, name="Adobe", conditions=ADOBE, account_id=books.expense.id,
            terms=Terms(halves(books)), now=NOW,
        )  # fmt: skip
    with unit_of_work() as session:
        result = book_company(session, caller, books.company_id, write=write_columns, now=NOW)
    assert (result.by_rule, result.auto_approved) == (1, 0)


def test_a_split_that_cannot_be_meant_is_refused(books, caller):
    rule_id = added(books, caller)
    with pytest.raises(InvalidInput, match="add up to 90"):
        changed(books, caller, rule_id, terms=Terms(halves(books, second="30")))
    with pytest.raises(InvalidInput, match="that of its first part"):
        changed(books, caller, rule_id, terms=Terms(list(reversed(halves(books)))))
    bank = [*halves(books)[:1], {"account": str(books.bank.id), "amount_minor": None, "percent": "40"}]
    with pytest.raises(AccountNotBookable):
        changed(books, caller, rule_id, terms=Terms(bank))
    assert rules(books, caller)[0].parts == []


# --- tax --------------------------------------------------------------------------------------


def booked_with_tax(books, caller):
    with unit_of_work() as session:
        result = book_company(session, caller, books.company_id, write=write_columns, now=NOW)
        lines = session.execute(select(JournalLine).order_by(col(JournalLine.position))).scalars()
        return result.auto_approved, [line.amount_minor for line in lines]


def test_a_line_of_a_rule_with_a_tax_code_is_booked_net_with_its_tax_and_posted_alone(books, caller):
    with unit_of_work() as session:
        code = builders.tax_code(session, books).code
        builders.transaction(session, books, amount_minor=-1_190)
        add_rule(
            session, caller, books.company_id, name="Adobe", conditions=ADOBE, account_id=books.expense.id,
            terms=Terms(tax_code=code), now=NOW,
        )  # fmt: skip
    assert booked_with_tax(books, caller) == (1, [-1_190, 1_000, 190])
    assert rules(books, caller)[0].tax_code == code


def test_where_the_tax_code_is_switched_off_the_line_waits_without_the_tax(books, caller):
    with unit_of_work() as session:
        code = builders.tax_code(session, books)
        builders.transaction(session, books, amount_minor=-1_190)
        add_rule(
            session, caller, books.company_id, name="Adobe", conditions=ADOBE, account_id=books.expense.id,
            terms=Terms(tax_code=code.code), now=NOW,
        )  # fmt: skip
        code.is_active = False
    assert booked_with_tax(books, caller) == (0, [-1_190, 1_190])


def test_a_tax_code_that_is_not_there_or_beside_a_split_is_refused(books, caller):
    rule_id = added(books, caller)
    with pytest.raises(InvalidInput, match="no tax code X99"):
        changed(books, caller, rule_id, terms=Terms(tax_code="X99"))
    with pytest.raises(InvalidInput, match="no one tax"):
        changed(books, caller, rule_id, terms=Terms(halves(books), tax_code="X99"))


# --- the order --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "to", "order"),
    [("d", 1, "dabc"), ("a", 2, "bacd"), ("a", 4, "bcda"), ("b", 99, "acdb"), ("c", -5, "cabd"), ("b", 2, "abcd")],
)
def test_a_moved_rule_stands_at_its_place_and_the_others_close_up(books, caller, which, to, order):
    ids = {name: added(books, caller, name) for name in "abcd"}
    moved(books, caller, ids[which], to)
    found = rules(books, caller)
    assert "".join(rule.name for rule in found) == order
    assert [rule.position for rule in found] == [1, 2, 3, 4]
    (trace,) = events("rule moved")
    assert trace.before["position"] == "abcd".index(which) + 1
    assert trace.after["position"] == order.index(which) + 1


# --- rehearsing -------------------------------------------------------------------------------


def rehearsed(books, caller, conditions=ADOBE, account=None, **given):
    with snapshot() as session:
        return rehearse_rule(
            session, caller, books.company_id, conditions=conditions, account_id=(account or books.expense).id, **given
        )


def test_a_rehearsal_counts_the_year_that_ends_with_the_newest_line(books, caller):
    newest = date(2025, 6, 30)
    with unit_of_work() as session:
        for days, amount, text in ((0, -1_000, "ADOBE"), (364, -5_000, "adobe  inc"), (365, -1, "ADOBE"), (1, -9, "X")):
            builders.transaction(
                session, books, booked_on=newest - timedelta(days=days), amount_minor=amount, description=text
            )
        builders.transaction(session, books, booked_on=newest, description="ADOBE", reverted_at=NOW)
    found = rehearsed(books, caller)
    assert (found.lines, found.fitting, found.last_on) == (3, 2, newest)
    assert found.first_on == newest - timedelta(days=364)
    assert rehearsed(books, caller, [*ADOBE, SMALL]).fitting == 1


def test_a_rehearsal_tells_earlier_rules_and_what_is_booked_elsewhere(books, caller):
    with unit_of_work() as session:
        for amount, account in ((-1_000, books.expense), (-5_000, books.revenue), (-7_000, None)):
            line = builders.transaction(session, books, amount_minor=amount)
            if account:
                lines = [(books.bank, amount), (account, -amount)]
                builders.entry(session, books, transaction=line, lines=lines, posted=True)
    small = added(books, caller, "Small", [*ADOBE, SMALL])
    found = rehearsed(books, caller)
    assert (found.fitting, found.taken_earlier, found.booked_elsewhere) == (3, 1, 1)
    told = {one.amount_minor: (one.accounts_now, one.is_posted) for one in found.decided}
    assert told == {-5_000: (("8000 Sales Revenue",), True), -7_000: ((), False)}
    large = {"kind": "amount", "least_minor": 6_000, "most_minor": None}
    fixed = [*halves(books)[:1], {"account": str(books.revenue.id), "amount_minor": 6_000, "percent": None}]
    fixed[0]["percent"] = "100"
    group = {"kind": "group", "join": "any", "of": [SMALL, large]}
    split = rehearsed(books, caller, [*ADOBE, group], terms=Terms(fixed))
    assert (split.fitting, split.not_fitting_split) == (2, 1)
    assert rehearsed(books, caller, rule_id=small).taken_earlier == 0
    changed(books, caller, small, is_active=False)
    assert rehearsed(books, caller).taken_earlier == 0


def test_a_rehearsal_without_lines_or_without_a_meaning_says_so(books, caller):
    found = rehearsed(books, caller)
    assert (found.lines, found.fitting, found.last_on) == (0, 0, None)
    with pytest.raises(InvalidInput):
        rehearsed(books, caller, [])


# --- access -----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.BOOKKEEPER, Role.REVIEWER])
def test_who_does_not_configure_reads_the_rules_but_changes_none(books, caller, role):
    rule_id = added(books, caller)
    other = builders.caller(books.company_id, role=role)
    assert [rule.id for rule in rules(books, other)] == [rule_id]
    for attempt in (
        lambda: added(books, other),
        lambda: changed(books, other, rule_id, name="x"),
        lambda: moved(books, other, rule_id, 1),
        lambda: rehearsed(books, other),
    ):
        with pytest.raises(AccessDenied):
            attempt()


def test_another_companys_rules_and_accounts_are_not_there(books, caller):
    with unit_of_work() as session:
        others = builders.books(session)
    theirs = added(others, builders.caller(others.company_id))
    mine = added(books, caller)
    assert [rule.id for rule in rules(books, caller)] == [mine]
    for rule_id in (theirs, uuid4()):
        with pytest.raises(NotFound):
            changed(books, caller, rule_id, name="mine now")
        with pytest.raises(NotFound):
            moved(books, caller, rule_id, 1)
    with pytest.raises(NotFound):
        added(books, caller, account=others.expense)
    with pytest.raises(NotFound):
        changed(books, caller, mine, account_id=others.expense.id)
    for attempt in (lambda: rules(others, caller), lambda: added(others, caller), lambda: rehearsed(others, caller)):
        with pytest.raises(NotFound):
            attempt()
