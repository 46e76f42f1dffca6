"""What a correction does to like lines that wait, on both databases."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from core.access.audit import verify_chain
from core.ingestion.aliases import set_alias
from core.posting import reproposing
from core.posting.reviewing import approve, change_account
from db.engine import snapshot, unit_of_work
from models import AuditEvent, EntryStatus, JournalEntry, Proposal
from tests import builders
from tests.integration.reviewing_cases import decide, one, queue
from tests.unit.posting.cases import NOW, lines_of, live_entry

WITHDRAWN, BOOKED = "proposals withdrawn", "lines booked"


@pytest.fixture
def caller(reviewer):
    return reviewer


def adobe(books, amount=-1_250, account=None, **given):
    """The entry and the line of a payment that waits."""
    told = {"description": "ADOBE SUBSCRIPTION", "counterparty": "adobe", **given}
    entry = one(books, account or books.expense, amount_minor=amount, **told)
    with snapshot() as session:
        return entry, session.get(JournalEntry, entry).transaction_id


def standing(line):
    """What stands for the line now: entry, status, and the account, reason and hold reason of its proposal."""
    with snapshot() as session:
        entry = live_entry(session, line)
        proposal = session.get(Proposal, entry.proposal_id)
        return entry.id, entry.status, proposal.account_id, proposal.reason, proposal.hold_reason


def told_anew(books):
    with snapshot() as session:
        assert verify_chain(session, books.company_id.hex) == []
        query = select(AuditEvent).where(col(AuditEvent.company_id) == books.company_id)
        events = session.execute(query.order_by(col(AuditEvent.sequence))).scalars()
        return [(event.action, event.row_count) for event in events if event.action in (WITHDRAWN, BOOKED)]


def test_correcting_one_line_proposes_its_account_for_the_like_line_that_waits(books, caller):
    (first, _), (_, second) = adobe(books), adobe(books, -1_300)
    decide(change_account, caller, books, [first], books.revenue.id)
    entry, status, account, reason, _ = standing(second)
    assert (status, account) == (EntryStatus.NEEDS_REVIEW, books.revenue.id)
    assert "booked 1 of 1 times to 8000 Sales Revenue" in reason
    with snapshot() as session:
        assert lines_of(session, entry) == [(books.bank.id, -1_300), (books.revenue.id, 1_300)]
    (group,) = queue(books, caller).groups
    assert (group.key.account_id, group.lines) == (books.revenue.id, 1)
    assert told_anew(books) == [(WITHDRAWN, 1), (BOOKED, 1)]
    decide(approve, caller, books, [entry])
    assert standing(second)[1] == EntryStatus.POSTED


def test_other_payees_and_the_other_direction_keep_their_proposals(books, caller):
    first, _ = adobe(books)
    others = [line for _, line in (adobe(books, 1_250), adobe(books, counterparty="z"), adobe(books, counterparty=""))]
    before = [standing(other) for other in others]
    decide(change_account, caller, books, [first], books.revenue.id)
    assert [standing(other) for other in others] == before
    assert told_anew(books) == []


def test_lines_of_which_the_bank_names_nobody_are_alike_by_their_text(books, caller):
    (first, _), (_, second) = adobe(books, counterparty=""), adobe(books, -9_900, counterparty="")
    decide(change_account, caller, books, [first], books.revenue.id)
    assert standing(second)[2] == books.revenue.id


def test_names_that_the_company_gives_make_lines_alike(books, caller):
    (first, _), (_, second) = adobe(books), adobe(books, counterparty="adbe ireland")
    with unit_of_work() as session:
        set_alias(session, caller, books.company_id, "adbe ireland", "adobe", now=NOW)
    decide(change_account, caller, books, [first], books.revenue.id)
    assert standing(second)[2] == books.revenue.id


def test_an_approved_proposal_leaves_the_others_as_they_are(books, caller):
    (first, _), (_, second) = adobe(books), adobe(books)
    before = standing(second)
    decide(approve, caller, books, [first])
    assert standing(second) == before


def test_no_more_than_the_bound_is_proposed_anew_and_old_proposals_are_kept(books, caller, monkeypatch):
    monkeypatch.setattr(reproposing, "MOST_LINES", 2)
    (first, _), *rest = (adobe(books, -1_000 - i) for i in range(4))
    decide(change_account, caller, books, [first], books.revenue.id)
    assert sorted(standing(line)[2] == books.revenue.id for _, line in rest) == [False, True, True]
    with snapshot() as session:
        assert session.execute(select(func.count(col(Proposal.id)))).scalar_one() == 6


def test_what_waits_is_not_posted_by_the_decision_on_another_line(books, caller):
    with unit_of_work() as session:
        for _ in range(30):
            line = builders.transaction(session, books, description="ADOBE SUBSCRIPTION", counterparty="adobe")
            entry = builders.entry(session, books, transaction=line, posted=True)
            builders.review(session, books, entry, account_id=books.revenue.id)
    (first, _), *rest = (adobe(books) for _ in range(3))
    decide(change_account, caller, books, [first], books.revenue.id)
    found = [standing(line) for _, line in rest]
    assert {(status, hold) for _, status, _, _, hold in found} == {(EntryStatus.NEEDS_REVIEW, reproposing.HELD)}
