"""Open items by hand and the list of them, on both databases: audited, undoable, and never against what is matched."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from core.errors import AccessDenied, AlreadyTaken, InvalidInput, ItemNotOpen, NotFound
from core.ingestion.items.keeping import ItemDetails, add_item, change_item, remove_item, restore_item
from core.ingestion.items.listing import Age, ItemFilter, Order, Show, ageing, items_csv, list_items
from core.ingestion.items.previewing import preview_open_items
from core.ingestion.open_items import store_open_items
from core.ingestion.raw_file import RawFile
from core.ingestion.reverting import revert_import
from core.posting.entries import book_company
from core.reconciliation.reconciling import match_company
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import unit_of_work
from models import AuditEvent, ItemKind, Match, MatchKind, MatchStatus, OpenItem, Proposal, Role
from tests import builders
from tests.builders import NOW, Books

TODAY = date(2024, 6, 1)


def found_books() -> Books:
    with unit_of_work() as session:
        return builders.books(session)


def details(books: Books, **given: object) -> ItemDetails:
    usual = ItemDetails(
        ItemKind.INVOICE, "INV-1", "Blue Cafe", date(2024, 5, 1), date(2024, 5, 31), 12_000, "USD", books.revenue.id
    )
    return replace(usual, **given)  # type: ignore[arg-type]


def add(books: Books, **given: object):
    with unit_of_work() as session:
        caller = builders.caller(books.company_id, role=Role.BOOKKEEPER)
        return add_item(session, caller, books.company_id, details(books, **given), now=NOW)


def numbers(books: Books, wanted: ItemFilter | None = None, **options: int) -> list[str]:
    with unit_of_work() as session:
        caller = builders.caller(books.company_id)
        page = list_items(session, caller, books.company_id, wanted or ItemFilter(), today=TODAY, **options)
        return [item.number for item in page.items]


def test_an_item_is_added_changed_removed_and_put_back_and_each_step_is_audited(database: str) -> None:
    books = found_books()
    key = add(books)
    caller = builders.caller(books.company_id)
    with unit_of_work() as session:
        changed = details(books, amount_minor=9_000, number="INV-2")
        change_item(session, caller, books.company_id, key, changed, write=write_columns, now=NOW)
    assert numbers(books) == ["INV-2"]
    with unit_of_work() as session:
        remove_item(session, caller, books.company_id, key, write=write_columns, now=NOW)
    assert numbers(books) == []
    assert numbers(books, ItemFilter(show=Show.REMOVED)) == ["INV-2"]
    with pytest.raises(AlreadyTaken):
        add(books, number="INV-2")
    with unit_of_work() as session:
        restore_item(session, caller, books.company_id, key, now=NOW)
        events = session.exec(
            select(AuditEvent).where(AuditEvent.subject == "open_item").order_by(col(AuditEvent.sequence))
        ).all()
    assert numbers(books) == ["INV-2"]
    assert [event.action for event in events] == ["item added", "item changed", "item removed", "item put back"]
    assert events[1].before == {"number": "INV-1", "amount_minor": 12_000}
    with unit_of_work() as session:
        assert not verify_books(session, caller, [books.company_id]).violations


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"number": " "}, "needs a number"), ({"amount_minor": 0}, "nothing is open"),
        ({"amount_minor": 2**63}, "larger than the books"),
        ({"currency": "XXZ"}, "currency"),
        ({"counterparty": "x" * 201}, "more than 200"), ({"issued_on": date(1899, 1, 1)}, "outside 1970"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(database: str, wrong: dict[str, object], message: str) -> None:
    books = found_books()
    with pytest.raises(InvalidInput, match=message):
        add(books, **wrong)
    with pytest.raises(InvalidInput, match="Choose the account"):
        add(books, account_id=books.bank.id)


def test_a_matched_item_stays_as_it_is_and_a_suggestion_falls(database: str) -> None:
    books = found_books()
    caller = builders.caller(books.company_id)
    key, other = add(books), add(books, number="INV-2")
    with unit_of_work() as session:
        for item_id, status in ((key, MatchStatus.CONFIRMED), (other, MatchStatus.SUGGESTED)):
            item = session.exec(select(OpenItem).where(OpenItem.id == item_id)).one()
            line = builders.transaction(session, books, amount_minor=12_000)
            builders.match(session, books, line, item, kind=MatchKind.SETTLEMENT, status=status)
    for step in (remove_item, lambda *a, **k: change_item(*a, details(books), **k)):
        with pytest.raises(ItemNotOpen, match="matched with a bank line"), unit_of_work() as session:
            step(session, caller, books.company_id, key, write=write_columns, now=NOW)
    with unit_of_work() as session:
        remove_item(session, caller, books.company_id, other, write=write_columns, now=NOW)
        statuses = session.exec(select(Match.status)).all()
    assert sorted(statuses) == ["confirmed", "dismissed"]


def test_a_pair_that_fell_with_a_correction_is_found_again(database: str) -> None:
    books = found_books()
    caller = builders.caller(books.company_id)
    key = add(books, amount_minor=11_000)
    with unit_of_work() as session:
        item = session.exec(select(OpenItem).where(OpenItem.id == key)).one()
        line = builders.transaction(session, books, amount_minor=12_000, description="BLUE CAFE INV-1", booked_on=TODAY)
        builders.match(session, books, line, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED)
    with unit_of_work() as session:
        change_item(session, caller, books.company_id, key, details(books), write=write_columns, now=NOW)
        match_company(session, caller, books.company_id, write=write_columns, now=NOW)
        statuses = session.exec(select(Match.status)).all()
    assert sorted(statuses) == ["confirmed", "dismissed"]


def test_a_file_of_items_is_taken_back_though_a_proposal_names_a_match_with_one(database: str) -> None:
    books = found_books()
    caller = builders.caller(books.company_id)
    content = b"number,kind,counterparty,issued_on,amount,account_code\nI-1,invoice,Acme,2024-05-01,120.00,8000\n"
    with unit_of_work() as session:
        file = RawFile("items.csv", content)
        receipt = store_open_items(session, caller, books.company_id, file, write=write_columns, now=NOW)
        item = session.exec(select(OpenItem)).one()
        line = builders.transaction(session, books, amount_minor=12_000, booked_on=TODAY)
        builders.match(session, books, line, item, kind=MatchKind.SETTLEMENT, status=MatchStatus.SUGGESTED)
    with unit_of_work() as session:
        book_company(session, caller, books.company_id, write=write_columns, now=NOW)
        assert session.exec(select(Proposal.match_id)).one()
    with unit_of_work() as session:
        revert_import(session, caller, books.company_id, receipt.file_id, now=NOW, write=write_columns)
    with unit_of_work() as session:
        assert session.exec(select(Match.status)).all() == ["dismissed"]
        assert not session.exec(select(OpenItem)).all()
        assert not verify_books(session, caller, [books.company_id]).violations


def test_the_company_is_locked_before_the_item_as_whoever_confirms_a_match_does(database: str) -> None:
    books = found_books()
    key = add(books)
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    with unit_of_work() as session:
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", note)
        remove_item(session, builders.caller(books.company_id), books.company_id, key, write=write_columns, now=NOW)
        event.remove(bind, "before_cursor_execute", note)
    company, item = (
        next(i for i, sql in enumerate(asked) if f"FROM {of}" in sql) for of in ("companies", "open_items")
    )
    assert company < item


def test_another_company_and_another_role_are_kept_out(database: str) -> None:
    books, strangers = found_books(), found_books()
    key = add(books)
    stranger = builders.caller(strangers.company_id)
    with unit_of_work() as session, pytest.raises(NotFound):
        remove_item(session, stranger, strangers.company_id, key, write=write_columns, now=NOW)
    with unit_of_work() as session, pytest.raises((NotFound, AccessDenied)):
        remove_item(session, builders.caller(), books.company_id, key, write=write_columns, now=NOW)


def test_an_item_of_a_file_keeps_its_number_and_the_files_amount_and_the_books_still_verify(database: str) -> None:
    books = found_books()
    caller = builders.caller(books.company_id)
    rows = "number,kind,counterparty,issued_on,amount,account_code\nINV-9,invoice,Deli,2024-05-02,50.00,8000\n"
    with unit_of_work() as session:
        store_open_items(
            session, caller, books.company_id, RawFile("a.csv", rows.encode()), write=write_columns, now=NOW
        )
        key = session.exec(select(OpenItem.id)).one()
    with unit_of_work() as session, pytest.raises(InvalidInput, match="came with a file"):
        change_item(session, caller, books.company_id, key, details(books), write=write_columns, now=NOW)
    with unit_of_work() as session:
        corrected = details(books, number="INV-9", amount_minor=4_500)
        change_item(session, caller, books.company_id, key, corrected, write=write_columns, now=NOW)
        assert session.exec(select(OpenItem.file_minor)).one() == 5_000
        assert not verify_books(session, caller, [books.company_id]).violations


def test_the_list_is_filtered_sorted_paged_and_aged_by_the_database(database: str) -> None:
    books = found_books()
    for at, overdue in enumerate((-5, 0, 1, 30, 31, 60, 90, 91)):
        add(books, number=f"N{at}", due_on=TODAY - timedelta(days=overdue), amount_minor=100 * (at + 1))
    add(books, number="B1", kind=ItemKind.BILL, amount_minor=-700, due_on=None, issued_on=TODAY, reference="PO 100%")
    assert numbers(books, ItemFilter(age=Age.TO_30)) == ["N3", "N2"]
    assert numbers(books, ItemFilter(age=Age.OVER_90)) == ["N7"]
    assert numbers(books, ItemFilter(kind=ItemKind.BILL)) == numbers(books, ItemFilter(text="po 100%")) == ["B1"]
    add(books, number="Ü1", counterparty="MÜLLER & SÖHNE", amount_minor=50)
    assert numbers(books, ItemFilter(text="müller")) == numbers(books, ItemFilter(text="ü1")) == ["Ü1"]
    with unit_of_work() as session:
        (gone,) = session.exec(select(OpenItem.id).where(OpenItem.number == "Ü1"))
        remove_item(session, builders.caller(books.company_id), books.company_id, gone, write=write_columns, now=NOW)
    assert numbers(books, ItemFilter(order=Order.AMOUNT, descending=True), rows=2) == ["N7", "B1"]
    assert numbers(books, ItemFilter(order=Order.NUMBER), rows=4, page=9) == ["N7"]
    caller = builders.caller(books.company_id)
    with unit_of_work() as session:
        ages = ageing(session, caller, books.company_id, today=TODAY)
    assert [(one.age, one.is_money_in, one.count, one.minor) for one in ages] == [
        (Age.NOT_DUE, True, 2, 300), (Age.TO_30, True, 2, 700), (Age.TO_60, True, 2, 1_100),
        (Age.TO_90, True, 1, 700), (Age.OVER_90, True, 1, 800), (Age.NOT_DUE, False, 1, -700),
    ]  # fmt: skip


def test_the_downloaded_list_can_be_uploaded_again_and_holds_no_formula(database: str) -> None:
    books = found_books()
    add(books, counterparty="=HYPERLINK(1)")
    add(books, number="B-2", kind=ItemKind.BILL, amount_minor=-700, due_on=None)
    add(books, number="-12", amount_minor=40)
    caller = builders.caller(books.company_id)
    with unit_of_work() as session:
        content = items_csv(session, caller, books.company_id, ItemFilter(), today=TODAY)
        again = preview_open_items(session, caller, books.company_id, RawFile("list.csv", content))
    assert b",'=HYPERLINK(1)," in content
    assert b"\n-12," in content
    assert again.error is None
    assert again.is_new == (False, False, False)
    assert not again.problems
