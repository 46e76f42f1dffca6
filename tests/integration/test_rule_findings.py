"""What is told of stored rules, and rules as files, on both kinds of database."""

import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.access.audit import verify_chain
from core.categorization.rule_book import Terms, add_rule, change_rule, list_rules
from core.categorization.rule_dismissals import dismiss_suggestion, dismissed_suggestions, suggest_again
from core.categorization.rule_file import export_rules, import_rules
from core.categorization.rule_findings import last_used, rule_findings, rule_runs, suggest_rules
from core.categorization.rule_json import condition_to_dict
from core.categorization.rule_lint import Fault
from core.errors import AccessDenied, InvalidInput, NotFound
from core.posting.entries import book_company
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import AuditEvent, Role
from tests import builders

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)
ADOBE = {"kind": "text", "field": "text", "test": "contains", "value": "ADOBE"}
GROUP = {"kind": "group", "join": "none", "of": [{"kind": "weekday", "days": [6, 7]}]}


def added(books, caller, name, *conditions, **given):
    with unit_of_work() as session:
        return add_rule(
            session, caller, books.company_id,
            **{"name": name, "conditions": conditions or [ADOBE], "account_id": books.expense.id, "now": NOW, **given},
        ).id  # fmt: skip


def told(question, books, caller, **given):
    with snapshot() as session:
        return question(session, caller, books.company_id, **given)


def test_a_shadowed_rule_is_found_until_it_is_switched_off(books, caller):
    added(books, caller, "wide")
    narrow = added(books, caller, "narrow", ADOBE, GROUP)
    (found,) = told(rule_findings, books, caller)
    assert (found.rule_id, found.finding.fault) == (narrow, Fault.SHADOWED)
    with unit_of_work() as session:
        change_rule(session, caller, books.company_id, narrow, is_active=False, now=NOW)
    assert told(rule_findings, books, caller) == []


def test_the_run_log_says_which_rule_decided_how_many_lines_when(books, caller):
    rule_id = added(books, caller, "Adobe")
    later = datetime(2024, 4, 5, 9, 0, tzinfo=UTC)
    for lines, now in ((2, NOW), (1, later)):
        with unit_of_work() as session:
            for _ in range(lines):
                builders.transaction(session, books)
            builders.transaction(session, books, description="ZOOM", counterparty="zoom")
            book_company(session, caller, books.company_id, write=write_columns, now=now)
    runs = told(rule_runs, books, caller)
    assert [(run.rule_id, run.booked_at, run.lines, run.posted_alone) for run in runs] == [
        (rule_id, later, 1, 1),
        (rule_id, NOW, 2, 2),
    ]
    assert told(last_used, books, caller) == {rule_id: (later, 3)}


def decided(books, *accounts, payee="adobe"):
    with unit_of_work() as session:
        for account in accounts:
            line = builders.transaction(session, books, counterparty=payee)
            entry = builders.entry(session, books, transaction=line, posted=True)
            builders.review(session, books, entry, account_id=account.id)


def test_a_rule_is_suggested_where_enough_decisions_agree_and_none_does_not(books, caller):
    decided(books, books.expense)
    assert told(suggest_rules, books, caller) == []
    decided(books, *[books.expense] * 2)
    decided(books, *[books.expense] * 9, books.revenue, payee="zoom")
    (found,) = told(suggest_rules, books, caller)
    assert (found.counterparty, found.account_id, found.decisions, found.money_in) == (
        "adobe", books.expense.id, 3, False,
    )  # fmt: skip
    added(books, caller, "Adobe", *[condition_to_dict(one) for one in found.conditions])
    assert told(suggest_rules, books, caller) == []


def test_a_dismissed_suggestion_does_not_come_back_until_it_is_wanted_again(books, caller):
    decided(books, *[books.expense] * 5)
    (found,) = told(suggest_rules, books, caller)
    for _ in range(2):
        with unit_of_work() as session:
            dismiss_suggestion(session, caller, books.company_id, found, now=NOW)
    decided(books, books.expense)
    assert told(suggest_rules, books, caller) == []
    (dismissed,) = told(dismissed_suggestions, books, caller)
    assert (dismissed.key, dismissed.account) == (found.key, found.account)
    with unit_of_work() as session:
        suggest_again(session, caller, books.company_id, dismissed, now=NOW)
    assert [one.key for one in told(suggest_rules, books, caller)] == [found.key]
    assert told(dismissed_suggestions, books, caller) == []
    with snapshot() as session:
        assert verify_chain(session, books.company_id.hex) == []
        query = select(AuditEvent).where(col(AuditEvent.company_id) == books.company_id)
        events = session.execute(query.order_by(col(AuditEvent.sequence))).scalars().all()
    assert [event.action for event in events] == ["suggested rule dismissed", "suggested rule wanted again"]


def test_a_dismissal_is_the_managers_and_holds_for_its_own_company(books, caller):
    decided(books, *[books.expense] * 5)
    (found,) = told(suggest_rules, books, caller)
    reviewer = builders.caller(books.company_id, role=Role.REVIEWER)
    for action in (dismiss_suggestion, suggest_again):
        with pytest.raises(AccessDenied), unit_of_work() as session:
            action(session, reviewer, books.company_id, found, now=NOW)
    with unit_of_work() as session:
        other = builders.books(session)
    theirs = builders.caller(other.company_id)
    with pytest.raises(NotFound), unit_of_work() as session:
        dismiss_suggestion(session, theirs, other.company_id, found, now=NOW)
    with pytest.raises(NotFound), unit_of_work() as session:
        suggest_again(session, caller, books.company_id, found, now=NOW)
    assert [one.key for one in told(suggest_rules, books, caller)] == [found.key]


def split(books):
    of = ((books.expense, "60"), (books.revenue, "40"))
    return [{"account": str(account.id), "amount_minor": None, "percent": share} for account, share in of]


def test_a_file_brings_the_same_rules_to_another_company_once(books, caller):
    added(books, caller, "Adobe", ADOBE, GROUP, terms=Terms(split(books), "Memo", date(2024, 1, 1), None, True))
    off = added(books, caller, "Zoom")
    with unit_of_work() as session:
        change_rule(session, caller, books.company_id, off, is_active=False, now=NOW)
        other = builders.books(session)
    file = told(export_rules, books, caller)
    theirs = builders.caller(other.company_id)
    for expected in (2, 0):
        with unit_of_work() as session:
            assert import_rules(session, theirs, other.company_id, file, now=NOW) == expected
    first, second = told(list_rules, other, theirs)
    assert first.conditions == [ADOBE, GROUP]
    assert (first.parts, first.memo, first.first_on, first.goes_on) == (split(other), "Memo", date(2024, 1, 1), True)
    assert (second.name, second.is_active) == ("Zoom", False)
    assert told(export_rules, other, theirs) == file


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "layout"}, "holds no rules"),
        ({"version": 2}, "has version 2"),
        ({"rules": [{"name": "x", "colour": "red"}]}, "Rule 1 of the file"),
        ({"rules": [{"name": "x", "conditions": [ADOBE], "account": "77"}]}, "no account '77'"),
        ({"rules": [{"name": "x", "conditions": [], "account": "6300"}]}, "Rule 1, “x”, cannot be taken"),
        ({"rules": [{"name": "x", "conditions": [ADOBE], "account": "6300", "first_on": 5}]}, "5 is not a day"),
        ({"rules": [{"name": "x", "conditions": [ADOBE], "account": "9000"}]}, "undecided"),
    ],
)
def test_a_file_with_a_fault_brings_nothing(books, caller, change, said):
    good = {"name": "Good", "conditions": [ADOBE], "account": "6300"}
    file = {"format": "rules", "version": 1, "rules": [good]} | change
    with pytest.raises(InvalidInput, match=said), unit_of_work() as session:
        import_rules(session, caller, books.company_id, json.dumps(file).encode(), now=NOW)
    assert told(list_rules, books, caller) == []


def test_a_rule_without_what_is_usual_is_known_again(books, caller):
    file = {"format": "rules", "version": 1, "rules": [{"name": "A", "conditions": [ADOBE], "account": "6300"}]}
    for expected in (1, 0):
        with unit_of_work() as session:
            content = json.dumps(file).encode()
            assert import_rules(session, caller, books.company_id, content, now=NOW) == expected


def test_who_does_not_configure_takes_in_no_file(books, caller):
    file = told(export_rules, books, caller)
    with pytest.raises(AccessDenied), unit_of_work() as session:
        import_rules(session, builders.caller(books.company_id, role=Role.REVIEWER), books.company_id, file, now=NOW)
    with pytest.raises(InvalidInput, match="not JSON"), unit_of_work() as session:
        import_rules(session, caller, books.company_id, b"\xff[", now=NOW)
