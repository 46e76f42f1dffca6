"""The Upload page with open items: previewed, mapped, stored, and kept by hand."""

from datetime import date

import pytest
import streamlit as st
from sqlmodel import select

from db.engine import snapshot, unit_of_work
from models import (
    ItemStatus,
    OpenItem,
)
from tests import builders
from tests.ui.upload.page import (
    BILLS,
    ITEMS,
    assert_the_books_hold,
    check,
    choose,
    count_of,
    drop,
    heads,
    listed_numbers,
    opened,
    press,
)
from ui import items_dialogs
from ui.words import plain


def test_open_items_are_previewed_then_stored(sign_in_as, books) -> None:
    page = choose(opened(sign_in_as, books), "Open items")
    page = drop(page, items__csv=ITEMS, bad__csv=ITEMS.replace(b"2026-09-01", b"2026-09-41"))
    assert count_of(OpenItem) == 0
    assert "the date “2026-09-41” is no date" in page.error[0].value.replace("\\", "")
    page = press(page, "Store 1 new item")
    assert count_of(OpenItem, status=ItemStatus.OPEN) == 1
    assert page.success[0].value.startswith("1 new item stored, 1 file refused")
    assert listed_numbers(page) == ["INV-1"]


def test_what_a_file_calls_an_item_is_never_read_as_markdown(books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {})
    number = "![](https://example.org/x.png)"
    with unit_of_work() as session:
        item = builders.open_item(session, books, number=number, removed_at=builders.NOW).id
    items_dialogs.put_back(builders.caller(books.company_id), books.company_id, item, number)
    assert items_dialogs.said() == f"{plain(number)} is on the list again."
    assert number not in plain(number)


def test_a_bill_list_of_another_program_is_asked_about_and_remembered(sign_in_as, books) -> None:
    page = drop(choose(opened(sign_in_as, books), "Open items"), bills__csv=BILLS)
    assert "Needs an answer" in heads(page)[0]
    page = press(page, "Month first")
    assert "to which account each bill is booked" in page.markdown[-1].value or any(
        "to which account each bill is booked" in each.value for each in page.markdown
    )
    (picker,) = [each for each in page.selectbox if each.label == "Bill booked to"]
    page = check(picker.set_value("6300").run())
    page = press(page, "Read it so")
    page = press(page, "Store 1 new item")
    with snapshot() as session:
        stored = session.exec(select(OpenItem.amount_minor, OpenItem.issued_on)).all()
    assert stored == [(-9_990, date(2026, 3, 4))]
    page = drop(page, next__csv=BILLS.replace(b"A-1", b"A-2"))
    assert "Ready to store" in heads(page)[0]


def test_columns_are_mapped_by_hand_with_the_outcome_in_sight(sign_in_as, books) -> None:
    odd = b"Kto,Was,Ref X,Wert\nAcme,2026-03-04,A-1,99.90\nZeta,2026-03-05,A-2,10.00\n"
    page = drop(choose(opened(sign_in_as, books), "Open items"), odd__csv=odd)
    page = press(page, "Map the columns by hand")
    for label, at in (("Number", 2), ("Counterparty", 0), ("Issued", 1), ("Whole amount", 3)):
        (field,) = [each for each in page.selectbox if each.label == label]
        page = check(field.set_value(at).run())
    (kind,) = [each for each in page.selectbox if each.label == "All rows are"]
    page = check(kind.set_value("invoice").run())
    (account,) = [each for each in page.selectbox if each.label == "Invoice booked to"]
    page = check(account.set_value("8000").run())
    page = press(page, "Use this mapping")
    page = press(page, "Store 2 new items")
    assert count_of(OpenItem, status=ItemStatus.OPEN) == 2


def test_an_item_is_added_changed_removed_and_put_back_by_hand(sign_in_as, books) -> None:
    page = press(choose(opened(sign_in_as, books), "Open items"), "Add an item")
    page.text_input(key="item_new_number").set_value("INV-7")
    page.text_input(key="item_new_party").set_value("Blue Cafe")
    page.text_input(key="item_new_amount").set_value("1,200.50")
    page.selectbox(key="item_new_account").set_value(books.revenue.id)
    page = press(page, "Add the item")
    assert "The item was added" in page.success[0].value
    with snapshot() as session:
        (stored,) = session.exec(select(OpenItem.amount_minor)).all()
    assert stored == 120_050
    page = press(choose(page, "Open items"), "Add an item")
    page = press(page, "Add the item")
    assert any("needs a number" in each.value or "Choose the account" in each.value for each in page.error)
    assert count_of(OpenItem) == 1
    assert_the_books_hold(books)
