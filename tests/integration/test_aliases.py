"""Names given to counterparties: what may be given, what it changes, and how it is taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlmodel import col

from core.access.audit import verify_chain
from core.access.roles import Action
from core.categorization.proposing import load_proposer
from core.categorization.reviewed import lines_of, reviewed_decisions
from core.errors import AccessDenied, AliasRefused, NotFound
from core.ingestion.alias_suggestions import AliasSuggestion, suggest_aliases
from core.ingestion.aliases import (
    LONGEST,
    Renaming,
    keep_printed,
    list_aliases,
    preview_renaming,
    remove_alias,
    rename_counterparty,
    set_alias,
    take_back_alias,
)
from core.ingestion.shown_names import shown_names
from core.posting.group_detail import group_detail
from core.posting.open_entries import open_company
from core.posting.queue import review_queue
from core.posting.queue_filter import QueueFilter
from core.reconciliation.loading import free_lines
from db.engine import snapshot, unit_of_work
from models import AliasOrigin, AuditEvent, ItemKind, MatchKind, MatchStatus, Outcome, Role
from tests import builders

NOW = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


@pytest.fixture
def caller(books):
    with unit_of_work() as session:
        person = builders.user(session, display_name="Dana Whitfield")
    return builders.caller(books.company_id, role=Role.REVIEWER, user_id=person.id)


def waiting(books, *names, **given):
    """A waiting line of each of these printed names."""
    with unit_of_work() as session:
        for name in names:
            line = builders.transaction(session, books, counterparty=name, description=f"CARD {name.upper()}", **given)
            proposed = builders.proposal(session, books, line)
            builders.entry(session, books, transaction=line, proposal_id=proposed.id)


def changed(do, books, caller, *names, **given):
    with unit_of_work() as session:
        return do(session, caller, books.company_id, *names, now=NOW, **given)


def names_of(books, caller):
    with snapshot() as session:
        return {row.printed: row.shown for row in list_aliases(session, caller, books.company_id)}


def queue(books, caller, text=""):
    with snapshot() as session:
        page = review_queue(session, caller, books.company_id, filters=QueueFilter(text=text))
    return {group.key.payee: group.lines for group in page.groups}


def test_lines_under_two_printed_names_become_one_group_and_stay_as_they_were_printed(books, caller) -> None:
    waiting(books, "Amzn Mktp", "Amzn Mktp", "Amazon", "Adobe")
    changed(set_alias, books, caller, "Amzn Mktp", "Amazon")
    assert queue(books, caller) == {"Amazon": 3, "Adobe": 1}
    with snapshot() as session:
        (group, *_) = review_queue(session, caller, books.company_id).groups
        detail = group_detail(session, caller, books.company_id, group.key)
    assert {line.counterparty for line in detail.lines} == {"Amazon"}
    assert sorted(line.description for line in detail.lines) == ["CARD AMAZON", "CARD AMZN MKTP", "CARD AMZN MKTP"]


def test_a_line_is_found_by_either_name(books, caller) -> None:
    waiting(books, "Zxq", "Adobe")
    changed(set_alias, books, caller, "Zxq", "Blue Bottle")
    assert queue(books, caller, "zxq") == queue(books, caller, "blue bot") == {"Blue Bottle": 1}


def test_an_alias_says_who_gave_it_and_how_it_came(books, caller) -> None:
    waiting(books, "Amzn Mktp")
    changed(set_alias, books, caller, "Amzn Mktp", "Amazon")
    changed(rename_counterparty, books, caller, "Amazon", "Amazon Marketplace")
    with snapshot() as session:
        (row,) = list_aliases(session, caller, books.company_id, text="mktp")
        assert list_aliases(session, caller, books.company_id, text="adobe") == []
        assert verify_chain(session, books.company_id.hex) == []
        actions = session.execute(select(col(AuditEvent.action)).order_by(col(AuditEvent.sequence))).scalars().all()
    assert (row.shown, row.origin, row.changed_by) == ("Amazon Marketplace", AliasOrigin.CORRECTION, "Dana Whitfield")
    assert actions == ["name given", "counterparty renamed"]


def test_a_bank_text_is_taken_for_the_name_in_it(books, caller) -> None:
    changed(set_alias, books, caller, "SQ *BLUE BOTTLE 8837 OAKLAND CA", "Blue Bottle Coffee")
    assert names_of(books, caller) == {"Blue Bottle": "Blue Bottle Coffee"}


@pytest.mark.parametrize(
    ("printed", "shown", "why"),
    [
        ("Adobe", "  ", "empty"),
        (" ", "Adobe", "empty"),
        ("Adobe", "x" * (LONGEST + 1), "signs"),
        ("Adobe", "Adobe", "printed so already"),
        ("Adobe", "Zxq", "choose “Amazon”"),
        ("Amazon", "Zxq", "take that alias away first"),
        ("Amazon", "Adobe", "rename “Amazon” as a whole"),
    ],
)
def test_a_name_that_cannot_be_meant_is_refused_and_nothing_changes(books, caller, printed, shown, why) -> None:
    waiting(books, "Adobe")
    changed(set_alias, books, caller, "Zxq", "Amazon")
    with pytest.raises(AliasRefused, match=why):
        changed(set_alias, books, caller, printed, shown)
    assert names_of(books, caller) == {"Zxq": "Amazon"}


def test_renaming_takes_all_printed_names_of_the_counterparty_along(books, caller) -> None:
    waiting(books, "Amazon", "Amzn", "Amzn Mktp", "Adobe")
    for printed in ("Amzn", "Amzn Mktp"):
        changed(set_alias, books, caller, printed, "Amazon")
    with snapshot() as session:
        preview = preview_renaming(session, caller, books.company_id, "Amazon", "Adobe")
    assert preview == Renaming(lines=3, joins=1)
    changed(rename_counterparty, books, caller, "Amazon", "Adobe")
    assert queue(books, caller) == {"Adobe": 4}


def test_renaming_to_one_of_the_printed_names_turns_the_alias_round(books, caller) -> None:
    waiting(books, "Amazon", "Amzn")
    changed(set_alias, books, caller, "Amzn", "Amazon")
    changed(rename_counterparty, books, caller, "Amazon", "Amzn")
    assert names_of(books, caller) == {"Amazon": "Amzn"}
    assert queue(books, caller) == {"Amzn": 2}


def test_nobody_who_is_called_so_can_be_renamed(books, caller) -> None:
    with pytest.raises(NotFound, match="Nobody"):
        changed(rename_counterparty, books, caller, "Nobody", "Somebody")


def test_a_change_is_taken_back_as_long_as_nobody_changed_it_since(books, caller) -> None:
    waiting(books, "Amazon", "Amzn")
    changed(set_alias, books, caller, "Amzn", "Amazon")
    renamed = changed(rename_counterparty, books, caller, "Amazon", "Amazon Inc")
    changed(take_back_alias, books, caller, renamed)
    assert names_of(books, caller) == {"Amzn": "Amazon"}
    removed = changed(remove_alias, books, caller, "Amzn")
    assert queue(books, caller) == {"Amazon": 1, "Amzn": 1}
    changed(set_alias, books, caller, "Amzn", "Another")
    with pytest.raises(AliasRefused, match="since"):
        changed(take_back_alias, books, caller, removed)
    with pytest.raises(NotFound):
        changed(remove_alias, books, caller, "Amazon")


def test_taking_back_never_makes_a_chain(books, caller) -> None:
    changed(set_alias, books, caller, "A", "B")
    removed = changed(remove_alias, books, caller, "A")
    changed(set_alias, books, caller, "Z", "A")
    with pytest.raises(AliasRefused, match="as a whole"):
        changed(take_back_alias, books, caller, removed)


def test_names_are_read_by_all_and_given_by_reviewers_of_the_company_alone(books, caller) -> None:
    bookkeeper = builders.caller(books.company_id, role=Role.BOOKKEEPER)
    assert names_of(books, bookkeeper) == {}
    with pytest.raises(AccessDenied):
        changed(set_alias, books, bookkeeper, "A", "B")
    with unit_of_work() as session:
        others = builders.books(session)
    stranger = builders.caller(others.company_id)
    for do, names in ((set_alias, ("A", "B")), (remove_alias, ("A",)), (rename_counterparty, ("A", "B"))):
        with pytest.raises(NotFound):
            changed(do, books, stranger, *names)
    changed(set_alias, others, stranger, "Adobe", "Other")
    waiting(books, "Adobe")
    assert queue(books, caller) == {"Adobe": 1}


def test_what_was_decided_under_one_printed_name_counts_for_the_other(books, caller) -> None:
    with unit_of_work() as session:
        line = builders.transaction(session, books, counterparty="Amazon", description="CARD AMAZON")
        entry = builders.entry(session, books, transaction=line, posted=True)
        builders.review(session, books, entry, outcome=Outcome.APPROVED, account_id=books.expense.id)
    changed(set_alias, books, caller, "Zxq", "Amazon")
    with snapshot() as session:
        history = load_proposer(session, caller, books.company_id).history
        names = shown_names(session, books.company_id)
        assert len(reviewed_decisions(session, caller, books.company_id)) == 1
    asked = lines_of(["CARD ZXQ"], [names.get("Zxq", "Zxq")], [-500], [date(2024, 3, 1)])
    assert history.has_seen(asked.keys).tolist() == [True]


def test_a_rule_for_the_printed_name_still_holds(books, caller) -> None:
    with unit_of_work() as session:
        condition = {"kind": "text", "field": "counterparty", "test": "equals", "value": "zxq"}
        builders.rule(session, books, conditions=[condition])
    changed(set_alias, books, caller, "Zxq", "Amazon")
    with snapshot() as session:
        proposer = load_proposer(session, caller, books.company_id)
    asked = lines_of(["CARD ZXQ"], ["Amazon"], [-500], [date(2024, 3, 1)], ["checking"])
    assert proposer.propose(asked).rule.tolist() == [0]


def test_matching_sees_the_name_given(books, caller) -> None:
    with unit_of_work() as session:
        builders.transaction(session, books, counterparty="Zxq")
    changed(set_alias, books, caller, "Zxq", "Acme Ltd")
    with snapshot() as session:
        company = open_company(session, caller, books.company_id, Action.READ, lock=False)
        assert list(free_lines(session, company).counterparty) == ["Acme Ltd"]


def matched(books, person, printed, written, kind=ItemKind.INVOICE, **given):
    with unit_of_work() as session:
        line = builders.transaction(session, books, counterparty=printed, amount_minor=10_000)
        item = builders.open_item(session, books, counterparty=written, kind=kind)
        facts = {"kind": MatchKind.SETTLEMENT, "decided_by": person, "decided_at": NOW, **given}
        return builders.match(session, books, line, item, **facts)


def suggested(books, caller):
    with snapshot() as session:
        return suggest_aliases(session, caller, books.company_id)


def test_matches_that_people_confirmed_suggest_a_name(books, caller) -> None:
    for _ in range(2):
        matched(books, caller.user_id, "Zxq Trading", "Acme Ltd")
    matched(books, caller.user_id, "Blue Bottle", "Blue Bottle, Inc.")  # the same once normalised
    matched(books, None, "By The Machine", "Somebody")
    matched(books, caller.user_id, "Stripe", "Stripe payout", kind=ItemKind.PAYOUT)
    matched(books, caller.user_id, "Dismissed", "Somebody", status=MatchStatus.DISMISSED)
    assert suggested(books, caller) == [AliasSuggestion("Zxq Trading", "Acme Ltd", 2)]
    changed(set_alias, books, caller, "Zxq Trading", "Acme Ltd", origin=AliasOrigin.MATCH)
    assert suggested(books, caller) == []


def test_a_printed_name_that_matches_lead_to_two_counterparties_suggests_neither(books, caller) -> None:
    matched(books, caller.user_id, "Deposit", "Acme Ltd")
    assert len(suggested(books, caller)) == 1
    matched(books, caller.user_id, "Deposit", "Blue Bottle")
    assert suggested(books, caller) == []


def test_a_suggestion_turned_down_does_not_come_back(books, caller) -> None:
    matched(books, caller.user_id, "Zxq Trading", "Acme Ltd")
    changed(keep_printed, books, caller, "Zxq Trading")
    assert suggested(books, caller) == []
    assert names_of(books, caller) == {"Zxq Trading": None}
    changed(set_alias, books, caller, "Zxq Trading", "Acme Ltd")
    with pytest.raises(AliasRefused):
        changed(keep_printed, books, caller, "Zxq Trading")
