"""Matching, proofs and their close on both databases."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from core.errors import (
    MatchNotOpen,
    MatchRefused,
    NotFound,
)
from core.reconciliation.by_hand import match_by_hand
from core.reconciliation.deciding import confirm_match, dismiss_match, unmatch
from core.reconciliation.listing import list_matches
from core.reconciliation.reconciling import MatchingResult, match_company
from core.reconciliation.unmatched import unmatched_items, unmatched_lines
from db.bulk import write_columns
from db.engine import unit_of_work
from models import (
    Account,
    AuditEvent,
    EntryStatus,
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchKind,
    MatchStatus,
    Method,
    OpenItem,
    Transaction,
)
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company, founded

pytestmark = pytest.mark.usefixtures("database")


def transfer(session: Session, company: Company) -> tuple[Transaction, Transaction]:
    out = builders.transaction(
        session, company.books, amount_minor=-25_000, description="ONLINE TRANSFER TO SAV ...0915", counterparty="Sav"
    )
    into = builders.transaction(
        session, company.books, amount_minor=25_000, description="TRANSFER FROM CHECKING", counterparty="Checking",
        bank_account_id=company.savings.id, booked_on=DAY + timedelta(days=1),
    )  # fmt: skip
    return out, into


def invoice(session: Session, company: Company, number: str = "INV-2044", minor: int = 12_000) -> OpenItem:
    return builders.open_item(
        session, company.books, number=number, counterparty="Acme Ltd", amount_minor=minor,
        issued_on=DAY - timedelta(days=5),
    )  # fmt: skip


def receipt(session: Session, company: Company, text: str, minor: int = 12_000) -> Transaction:
    return builders.transaction(session, company.books, amount_minor=minor, description=text, counterparty="Acme Ltd")


def entries_of(session: Session, line: Transaction) -> list[tuple[EntryStatus, Method, list[tuple[str, int]]]]:
    """Status, method and lines (account code, amount) of every entry of a bank line, oldest first."""
    entries = session.exec(
        select(JournalEntry).where(col(JournalEntry.transaction_id) == line.id).order_by(col(JournalEntry.created_at))
    ).all()
    found = []
    for entry in entries:
        rows = session.exec(
            select(Account.code, JournalLine.amount_minor)
            .join(JournalLine, col(JournalLine.account_id) == col(Account.id))
            .where(col(JournalLine.entry_id) == entry.id)
            .order_by(col(JournalLine.position))
        ).all()
        found.append((EntryStatus(entry.status), Method(entry.method), [(code, minor) for code, minor in rows]))
    return found


def live_entry(session: Session, line: Transaction) -> tuple[EntryStatus, Method, list[tuple[str, int]]]:
    (found,) = [
        entry for entry in entries_of(session, line) if entry[0] in (EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW)
    ]
    return found


def item_status(session: Session, item: OpenItem) -> ItemStatus:
    return ItemStatus(session.exec(select(OpenItem.status).where(col(OpenItem.id) == item.id)).one())


def statuses(session: Session, company: Company) -> list[MatchStatus]:
    rows = session.exec(select(Match.status).where(col(Match.company_id) == company.id).order_by(Match.status)).all()
    return [MatchStatus(row) for row in rows]


def test_transfers_and_settlements_are_found_and_booked_by_their_match() -> None:
    with unit_of_work() as session:
        company = founded(session)
        out, into = transfer(session, company)
        item = invoice(session, company)
        paid = receipt(session, company, "ACH CREDIT ACME LTD INV-2044")
        result = company.match(session)
        assert result == MatchingResult(confirmed_transfers=1, confirmed_settlements=1)
        company.book(session)
        assert live_entry(session, out) == (EntryStatus.POSTED, Method.MATCH, [("1000", -25_000), ("1090", 25_000)])
        assert live_entry(session, into) == (EntryStatus.POSTED, Method.MATCH, [("1010", 25_000), ("1090", -25_000)])
        assert live_entry(session, paid) == (EntryStatus.POSTED, Method.MATCH, [("1000", 12_000), ("8000", -12_000)])
        assert item_status(session, item) is ItemStatus.SETTLED


def test_one_line_settles_a_batch_and_lines_settle_an_item_in_parts_until_taken_apart() -> None:
    with unit_of_work() as session:
        company = founded(session)
        batch = [invoice(session, company, "INV-3001", 7_310), invoice(session, company, "INV-3002", 2_545)]
        paid = receipt(session, company, "ACH CREDIT ACME LTD", 9_855)
        whole = builders.open_item(
            session, company.books, number="INV-4001", counterparty="Bramble Vets", amount_minor=6_325,
            issued_on=DAY - timedelta(days=5),
        )  # fmt: skip
        parts = [receipt(session, company, "BRAMBLE VETS INV-4001", minor) for minor in (4_120, 2_205)]
        result = company.match(session)
        assert result == MatchingResult(confirmed_settlements=2)
        company.book(session)
        assert live_entry(session, paid) == (EntryStatus.POSTED, Method.MATCH, [("1000", 9_855), ("8000", -9_855)])
        for line, minor in zip(parts, (4_120, 2_205), strict=True):
            assert live_entry(session, line) == (EntryStatus.POSTED, Method.MATCH, [("1000", minor), ("8000", -minor)])
        assert {item_status(session, item) for item in (*batch, whole)} == {ItemStatus.SETTLED}
        assert company.match(session) == MatchingResult()
        matches = session.exec(select(Match).where(col(Match.company_id) == company.id)).all()
        for match in matches:
            unmatch(session, company.caller, company.id, match.id, write=write_columns, now=NOW)
        assert {item_status(session, item) for item in (*batch, whole)} == {ItemStatus.OPEN}
        assert company.match(session).suggested == 0


def test_a_batch_with_another_name_is_suggested_and_a_person_can_confirm_it() -> None:
    with unit_of_work() as session:
        company = founded(session)
        batch = [invoice(session, company, "INV-3001", 7_310), invoice(session, company, "INV-3002", 2_545)]
        strange = builders.open_item(
            session, company.books, number="INV-3003", counterparty="Quay Motors", amount_minor=1_111,
            issued_on=DAY - timedelta(days=5),
        )  # fmt: skip
        batch.append(strange)
        paid = receipt(session, company, "ACH CREDIT ACME LTD", 10_966)
        assert company.match(session).suggested == 1
        (match_id,) = session.exec(select(Match.id).where(col(Match.company_id) == company.id)).all()
        confirm_match(session, company.caller, company.id, match_id, write=write_columns, now=NOW)
        company.book(session)
        assert live_entry(session, paid) == (EntryStatus.POSTED, Method.MATCH, [("1000", 10_966), ("8000", -10_966)])
        assert {item_status(session, item) for item in batch} == {ItemStatus.SETTLED}


def test_one_audit_event_tells_of_a_run_and_a_run_without_news_tells_nothing() -> None:
    with unit_of_work() as session:
        company = founded(session)
        transfer(session, company)
        company.match(session)
        company.match(session)
        events = session.exec(select(AuditEvent).where(col(AuditEvent.action) == "lines matched")).all()
        assert [event.row_count for event in events] == [1]
        assert events[0].after == {"transfers": 1, "settlements": 0, "suggested": 0, "replaced": 0}


def test_matching_again_adds_nothing() -> None:
    with unit_of_work() as session:
        company = founded(session)
        transfer(session, company)
        invoice(session, company)
        receipt(session, company, "DEPOSIT ACME")
        company.match(session)
        company.book(session)
        count = session.exec(select(func.count(col(Match.id)))).one()
        company.match(session)
        assert session.exec(select(func.count(col(Match.id)))).one() == count


def test_a_doubtful_match_is_suggested_and_its_line_waits() -> None:
    with unit_of_work() as session:
        company = founded(session)
        invoice(session, company), invoice(session, company, "INV-2045")
        line = receipt(session, company, "CREDIT ACME LTD")
        assert company.match(session).suggested == 1
        company.book(session)
        (suggested,) = list_matches(session, company.caller, company.id)
        assert suggested.kind is MatchKind.SETTLEMENT
        assert [one.transaction_id for one in suggested.lines] == [line.id]
        assert 0.3 <= suggested.score <= 0.5
        assert live_entry(session, line)[0] is EntryStatus.NEEDS_REVIEW
        assert unmatched_items(session, company.caller, company.id, today=DAY).count == 2
        left = unmatched_lines(session, company.caller, company.id)
        assert [one.transaction_id for one in left.lines] == [line.id]


def test_confirming_books_the_line_settles_the_item_and_dismisses_rivals() -> None:
    with unit_of_work() as session:
        company = founded(session)
        first, second = invoice(session, company), invoice(session, company, "INV-2045")
        line = receipt(session, company, "CREDIT ACME LTD")
        company.match(session)
        company.book(session)
        (suggested,) = list_matches(session, company.caller, company.id)
        chosen = suggested.items[0].open_item_id
        rival = builders.match(
            session, company.books, line, second if chosen == first.id else first, kind=MatchKind.SETTLEMENT,
            status=MatchStatus.SUGGESTED, score=0.4,
        )  # fmt: skip
        confirm_match(session, company.caller, company.id, suggested.match_id, write=write_columns, now=NOW)
        assert live_entry(session, line) == (EntryStatus.POSTED, Method.MATCH, [("1000", 12_000), ("8000", -12_000)])
        assert {item_status(session, first), item_status(session, second)} == {ItemStatus.SETTLED, ItemStatus.OPEN}
        session.refresh(rival)
        assert rival.status == MatchStatus.DISMISSED
        (listed,) = list_matches(session, company.caller, company.id, status=MatchStatus.CONFIRMED)
        assert listed.by_person
        with pytest.raises(MatchNotOpen, match="confirmed already"):
            confirm_match(session, company.caller, company.id, suggested.match_id, write=write_columns, now=NOW)


def test_a_dismissed_pair_stays_dismissed() -> None:
    with unit_of_work() as session:
        company = founded(session)
        invoice(session, company)
        line = builders.transaction(
            session, company.books, amount_minor=12_000, description="DEPOSIT", counterparty="Deposit"
        )
        company.match(session)
        company.book(session)
        (suggested,) = list_matches(session, company.caller, company.id)
        dismiss_match(session, company.caller, company.id, suggested.match_id, write=write_columns, now=NOW)
        assert company.match(session).suggested == 0
        assert statuses(session, company) == [MatchStatus.DISMISSED]
        assert live_entry(session, line)[1] is not Method.MATCH


def test_taking_a_match_apart_reverses_its_entries_and_reopens_its_item() -> None:
    with unit_of_work() as session:
        company = founded(session)
        item = invoice(session, company)
        line = receipt(session, company, "ACH CREDIT ACME LTD INV-2044")
        company.match(session)
        company.book(session)
        (confirmed,) = list_matches(session, company.caller, company.id, status=MatchStatus.CONFIRMED)
        unmatch(session, company.caller, company.id, confirmed.match_id, write=write_columns, now=NOW)
        assert item_status(session, item) is ItemStatus.OPEN
        assert statuses(session, company) == [MatchStatus.DISMISSED]
        assert EntryStatus.REVERSED in [status for status, *_ in entries_of(session, line)]
        assert live_entry(session, line)[1] is not Method.MATCH
        with pytest.raises(MatchNotOpen):
            unmatch(session, company.caller, company.id, confirmed.match_id, write=write_columns, now=NOW)


def test_the_late_other_side_of_a_transfer_finds_the_first_which_waits_in_review() -> None:
    with unit_of_work() as session:
        company = founded(session)
        out = builders.transaction(session, company.books, amount_minor=-25_000, description="ONLINE TRANSFER")
        company.match(session)
        company.book(session)
        assert live_entry(session, out)[0] is EntryStatus.NEEDS_REVIEW
        into = builders.transaction(
            session, company.books, amount_minor=25_000, description="TRANSFER FROM CHECKING",
            bank_account_id=company.savings.id,
        )  # fmt: skip
        assert company.match(session).confirmed_transfers == 1
        company.book(session)
        assert live_entry(session, out)[:2] == (EntryStatus.POSTED, Method.MATCH)
        assert live_entry(session, into)[:2] == (EntryStatus.POSTED, Method.MATCH)


def test_a_transfer_that_names_the_other_account_is_posted_to_clearing_until_the_other_side_comes() -> None:
    with unit_of_work() as session:
        company = founded(session)
        out = builders.transaction(
            session, company.books, amount_minor=-25_000, description="ONLINE TRANSFER TO SAV ...0915"
        )
        company.match(session)
        company.book(session)
        status, method, lines = live_entry(session, out)
        assert (status, method) == (EntryStatus.POSTED, Method.MATCH)
        assert (company.books.clearing.code, 25_000) in lines
        into = builders.transaction(
            session, company.books, amount_minor=25_000, description="TRANSFER FROM CHECKING",
            bank_account_id=company.savings.id,
        )  # fmt: skip
        assert company.match(session).confirmed_transfers == 1
        company.book(session)
        assert live_entry(session, into)[:2] == (EntryStatus.POSTED, Method.MATCH)


def test_a_transfer_whose_other_account_is_known_beyond_that_day_waits_for_a_person() -> None:
    with unit_of_work() as session:
        company = founded(session)
        out = builders.transaction(
            session, company.books, amount_minor=-25_000, description="ONLINE TRANSFER TO SAV ...0915"
        )
        builders.transaction(
            session, company.books, amount_minor=-700, description="FEE", bank_account_id=company.savings.id,
            booked_on=out.booked_on + timedelta(days=6),
        )  # fmt: skip
        company.match(session)
        company.book(session)
        assert live_entry(session, out)[0] is EntryStatus.NEEDS_REVIEW


def test_the_late_other_side_finds_one_that_is_posted_to_clearing_already() -> None:
    with unit_of_work() as session:
        company = founded(session)
        out = builders.transaction(
            session, company.books, amount_minor=-25_000, description="ONLINE TRANSFER TO SAV ...0915"
        )
        builders.entry(
            session, company.books, transaction=out, posted=True,
            lines=[(company.books.bank, -25_000), (company.books.clearing, 25_000)],
        )  # fmt: skip
        into = builders.transaction(
            session, company.books, amount_minor=25_000, description="TRANSFER FROM CHECKING",
            bank_account_id=company.savings.id,
        )  # fmt: skip
        assert company.match(session).confirmed_transfers == 1
        company.book(session)
        assert len(entries_of(session, out)) == 1
        assert live_entry(session, into)[:2] == (EntryStatus.POSTED, Method.MATCH)


def test_a_certain_match_replaces_a_suggestion_that_holds_its_line() -> None:
    with unit_of_work() as session:
        company = founded(session)
        other = invoice(session, company, "INV-9000")
        line = receipt(session, company, "CREDIT ACME LTD INV-2044")
        wrong = builders.match(
            session, company.books, line, other, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED, score=0.4
        )
        invoice(session, company, "INV-2044")
        assert company.match(session).confirmed_settlements == 1
        session.refresh(wrong)
        assert wrong.status == MatchStatus.DISMISSED


def test_lines_and_items_can_be_matched_by_hand_when_their_sums_agree() -> None:
    with unit_of_work() as session:
        company = founded(session)
        items = [invoice(session, company, "A-1001", 4_000), invoice(session, company, "A-1002", 5_000)]
        line = receipt(session, company, "WIRE IN", 9_000)
        company.book(session)
        pair = ([line.id], [item.id for item in items])
        match_by_hand(session, company.caller, company.id, *pair, write=write_columns, now=NOW)
        assert live_entry(session, line) == (EntryStatus.POSTED, Method.MATCH, [("1000", 9_000), ("8000", -9_000)])
        assert [item_status(session, item) for item in items] == [ItemStatus.SETTLED] * 2


def test_what_does_not_belong_together_cannot_be_matched_by_hand() -> None:
    with unit_of_work() as session:
        company = founded(session)
        item, line = invoice(session, company), receipt(session, company, "WIRE IN", 9_000)
        settled = builders.open_item(session, company.books, amount_minor=9_000, status=ItemStatus.SETTLED)
        euro = builders.open_item(session, company.books, amount_minor=9_000, currency="EUR")
        again = receipt(session, company, "WIRE IN", -9_000)

        def refused(lines: list[UUID], items: list[UUID], said: str) -> None:
            with pytest.raises(MatchRefused, match=said):
                match_by_hand(session, company.caller, company.id, lines, items, write=write_columns, now=NOW)

        refused([line.id], [item.id], "differ by -30.00 USD")
        refused([line.id], [settled.id], "settled already")
        refused([line.id], [euro.id], "different currencies")
        refused([line.id, again.id], [], "two bank accounts")
        refused([], [item.id], "at least one bank line")
        with pytest.raises(NotFound):
            match_by_hand(session, company.caller, company.id, [uuid4()], [item.id], write=write_columns, now=NOW)
        builders.entry(session, company.books, transaction=line, posted=True)
        free = builders.open_item(session, company.books, amount_minor=9_000)
        refused([line.id], [free.id], "booked already")


def test_other_companies_and_lesser_roles_are_kept_out() -> None:
    with unit_of_work() as session:
        company, other = founded(session), founded(session)
        transfer(session, company)
        company.match(session)
        (match_id,) = session.exec(select(Match.id)).all()
        with pytest.raises(NotFound):
            unmatch(session, other.caller, other.id, match_id, write=write_columns, now=NOW)
        with pytest.raises(NotFound):
            list_matches(session, other.caller, company.id)
        with pytest.raises(NotFound):
            match_company(session, other.caller, company.id, write=write_columns, now=NOW)
