"""What the tests of the Review page share: the page, and the books behind it."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col
from streamlit.testing.v1 import AppTest

from db.engine import snapshot, unit_of_work
from models import EntryStatus, JournalEntry, Review, Transaction
from tests.ui.screen import check
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


def group_open(page: AppTest) -> str:
    return page.header[0].value.replace("\\", "")


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
