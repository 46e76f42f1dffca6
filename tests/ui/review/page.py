"""What the tests of the Review page share: the page, and the books behind it."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from db.engine import snapshot, unit_of_work
from models import EntryStatus, JournalEntry, Review, Transaction
from tests.unit.posting.cases import status_of, waiting

PAGE = Path(__file__).parents[3] / "pages/review.py"


def line(books, payee, amount_minor, account=None, **given) -> UUID:
    """A waiting line of this payee; its entry."""
    with unit_of_work() as session:
        return waiting(
            session, books, account=account, counterparty=payee, description=f"CARD 4411 {payee.upper()}",
            amount_minor=amount_minor, **given,
        ).id  # fmt: skip


def opened() -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20).run()
    check(page)
    return page


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def button(page: AppTest, name: str) -> Button:
    """By the start of its key: some keys end in what the button acts on."""
    (found,) = [each for each in page.button if each.key and each.key.startswith(name)]
    return found


def press(page: AppTest, name: str) -> AppTest:
    return check(button(page, name).click().run())


def group_open(page: AppTest) -> str:
    return page.header[0].value.replace("\\", "")


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


def refusals(page: AppTest) -> list[str]:
    return [element.value for element in page.error]


def statuses(*entry_ids) -> list[EntryStatus]:
    with snapshot() as session:
        return [status_of(session, entry_id) for entry_id in entry_ids]


def reviews() -> list[Review]:
    with snapshot() as session:
        return list(session.execute(select(Review).order_by(col(Review.decided_at))).scalars())


def waiting_amounts() -> list[int]:
    """Straight from the tables, as a check on what the page says."""
    with snapshot() as session:
        return list(
            session.execute(
                select(col(Transaction.amount_minor))
                .join(JournalEntry, col(JournalEntry.transaction_id) == col(Transaction.id))
                .where(col(JournalEntry.status) == "needs_review")
            ).scalars()
        )
