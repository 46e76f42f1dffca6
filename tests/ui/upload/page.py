"""What the tests of the Upload page share: the page, and the books behind it."""

from pathlib import Path

from sqlmodel import func, select
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Table

from core.verifying import verify_books
from db.engine import snapshot
from models import (
    Role,
)
from tests import builders

SHELL = Path(__file__).parents[3] / "ui/shell.py"

GOOD = b"Date,Description,Amount,Balance\n2026-10-01,COFFEE BEANS,-120.00,880.00\n2026-10-02,SALES,900.00,1780.00\n"

LATER = b"Date,Description,Amount,Balance\n2026-10-02,SALES,900.00,1780.00\n2026-10-03,RENT,-500.00,1280.00\n"

BROKEN = b"Date,Description,Amount\n2026-10-01,BEANS,-1.00\n2026-13-45,RENT,-2.00\n2026-10-03,SALES,9.00\n"

# Both orders give the same two days, once forwards and once backwards: nothing can settle it.
OPEN_DATES = b"Date,Description,Amount\n04/05/2026,SQUARE,2140.90\n05/04/2026,COMCAST,-45.00\n"

UNLIKE = b"Date,Description,Amount\n2026-10-01,BEANS AND MORE,-120.00\n2026-10-05,PRINTER,-80.00\n"

PLAIN = b"Date,Description,Amount\n2026-10-01,COFFEE ROASTERY,-120.00\n2026-10-02,SALES,900.00\n"

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF"

ITEMS = (
    b"number,kind,counterparty,issued_on,due_on,amount,currency,reference,account_code\n"
    b"INV-1,invoice,Blue Cafe,2026-09-01,2026-09-30,1200.00,USD,,8000\n"
)


def opened(sign_in_as, books: builders.Books, role: Role = Role.MANAGER) -> AppTest:
    sign_in_as(role, books.company_id)
    page = check(AppTest.from_file(SHELL, default_timeout=30).run())
    return check(page.switch_page("../pages/upload.py").run())


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def drop(page: AppTest, **files: bytes) -> AppTest:
    """Names with __ for the dot: may__csv."""
    named = [(name.replace("__", "."), content, "text/csv") for name, content in files.items()]
    return check(page.file_uploader[0].set_value(named).run())


def press(page: AppTest, label: str) -> AppTest:
    (found,) = [each for each in page.button if each.label == label]
    return check(found.click().run())


def choose(page: AppTest, segment: str) -> AppTest:
    return check(page.segmented_control(key="upload_segment").set_value(segment).run())


def submit(page: AppTest, key: str) -> AppTest:
    return check(page.button(key=key).click().run())


def pick(page: AppTest, table: str) -> AppTest:
    """Choose the first row of a table."""
    page.session_state[table] = {"selection": {"rows": [], "columns": [], "cells": [(0, "Bank text")]}}
    return check(page.run())


def look_into(page: AppTest, name: str) -> AppTest:
    """Open the card of a file."""
    (key,) = [str(each.proto.id) for each in page.expander if name in each.label.replace("\\", "")]
    page.session_state[key.split("-", 2)[-1]] = True
    return check(page.run())


def told(table: Table) -> list[list[str]]:
    """The rows of a small table, as they are read."""
    return [[str(cell).replace("\\", "") for cell in row] for row in table.value.to_numpy().tolist()]


def sums(page: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in page.metric if each.label not in ("plus", "equals")}


def heads(page: AppTest) -> list[str]:
    return [each.label.replace("\\", "") for each in page.expander]


def count_of(table: type, **equal: object) -> int:
    with snapshot() as session:
        conditions = [getattr(table, name) == value for name, value in equal.items()]
        return session.exec(select(func.count()).select_from(table).where(*conditions)).one()


def assert_the_books_hold(books: builders.Books) -> None:
    with snapshot() as session:
        found = verify_books(session, builders.caller(books.company_id), [books.company_id])
    assert not found.violations


def listed_numbers(page: AppTest) -> list[str]:
    return [number for each in page.dataframe if "Booked to" in each.value for number in each.value["Number"]]


BILLS = b"Vendor,Bill No.,Bill Date,Due Date,Amount\nAdobe,A-1,03/04/2026,04/05/2026,99.90\n"
