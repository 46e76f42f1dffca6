"""What the tests of the Reconcile page share: the page, and the books behind it."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col
from streamlit.testing.v1 import AppTest

from core.flow import work_through
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import (
    EntryStatus,
    ItemStatus,
    JournalEntry,
    JournalLine,
    Match,
    MatchStatus,
    OpenItem,
    Reconciliation,
    ReconciliationStatus,
)
from tests import builders
from tests.builders import DAY, NOW
from tests.integration.reconciling_builders import Company
from tests.ui.screen import check

PAGE = Path(__file__).parents[3] / "pages/reconcile.py"


def statement(company: Company, *lines: tuple[str, int], opening: int | None = 100_000, off: int = 0, **given) -> UUID:
    """A stored statement of ten days with these lines (text, minor units), matched and booked; its id.

    `off`: by how much the stated closing misses what the lines come to.
    """
    amounts = [minor for _, minor in lines]
    with unit_of_work() as session:
        file = builders.statement_file(session, company.books, new_count=len(lines), new_minor=sum(amounts))
        first_on = given.pop("first_on", DAY)
        for row, (text, minor) in enumerate(lines, 1):
            builders.transaction(
                session, company.books, file=file, row=row, amount_minor=minor, description=text, booked_on=first_on,
                counterparty=text.split()[0],
            )  # fmt: skip
        row = builders.reconciliation(
            session, company.books, file, first_on=first_on, last_on=first_on + timedelta(days=9),
            opening_minor=opening, closing_minor=None if opening is None else opening + sum(amounts) + off,
            lines_minor=sum(amounts), line_count=len(lines),
        )  # fmt: skip
        work_through(session, company.caller, company.id, write=write_columns, now=NOW)
        return row.id


def invoice(company: Company, number: str = "INV-2044", minor: int = 12_000) -> UUID:
    with unit_of_work() as session:
        return builders.open_item(
            session, company.books, number=number, counterparty="Acme Ltd", amount_minor=minor,
            issued_on=DAY - timedelta(days=5),
        ).id  # fmt: skip


def doubtful(company: Company) -> tuple[UUID, UUID]:
    """A receipt that may pay either of two invoices, so that one of them is suggested; the invoices."""
    items = invoice(company), invoice(company, "INV-2045")
    statement(company, ("CREDIT ACME LTD", 12_000))
    return items


def opened(**state) -> AppTest:
    page = AppTest.from_file(PAGE, default_timeout=20)
    for name, value in state.items():
        page.session_state[name] = value
    return check(page.run())


def figures(page: AppTest) -> list[str]:
    return [metric.value for metric in page.metric]


def matches() -> list[MatchStatus]:
    with snapshot() as session:
        return [MatchStatus(one) for one in session.execute(select(Match.status).order_by(Match.status)).scalars()]


def item_statuses() -> list[ItemStatus]:
    with snapshot() as session:
        rows = session.execute(select(col(OpenItem.status)).order_by(col(OpenItem.status))).scalars()
        return [ItemStatus(one) for one in rows]


def in_ledger(session: Session, account_id: UUID) -> int:
    """Straight from the tables, as a check on what the page says."""
    return int(
        session.execute(
            select(func.coalesce(func.sum(col(JournalLine.amount_minor)), 0))
            .join(JournalEntry, col(JournalEntry.id) == col(JournalLine.entry_id))
            .where(
                col(JournalLine.account_id) == account_id,
                col(JournalEntry.status).in_([EntryStatus.POSTED, EntryStatus.REVERSED]),
            )
        ).scalar_one()
    )


def selected(page: AppTest, table: str, *rows: int) -> None:
    statement_id = page.session_state["reconcile_statement"].hex
    page.session_state[f"reconcile_{table}_{statement_id}_0"] = {
        "selection": {"rows": list(rows), "columns": [], "cells": []}
    }


def proved(company: Company) -> None:
    invoice(company)
    statement(company, ("ACH CREDIT ACME LTD INV-2044", 12_000))


def status() -> ReconciliationStatus:
    with snapshot() as session:
        return ReconciliationStatus(session.execute(select(col(Reconciliation.status))).scalar_one())
