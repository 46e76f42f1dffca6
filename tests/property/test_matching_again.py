"""Matching only what news can reach says the same as matching all that is open."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from uuid import UUID

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from benchmarks.matching_cases import DIFFICULTIES, matching_cases
from core.matching.background import Background
from core.matching.matching import find_matches
from core.matching.neighbourhood import AROUND, Neighbourhood
from core.matching.reading import day_numbers
from core.matching.set_csv import read_bank, read_items
from core.matching.values import BankLines, Integers, OpenItems, ProposedMatch
from core.reconciliation.reconciling import match_company
from db.bulk import write_columns
from db.engine import unit_of_work
from models import AccountRole, AccountType, BankAccount, Match, MatchMember, MatchStatus, OpenItem, Transaction
from tests import builders
from tests.builders import NOW
from tests.integration.reconciling_builders import Company, founded

NUMBERS = count(1)  # of companies
YEAR = 365  # between two portions of cases, so that many are out of each other's reach
CASES = st.lists(
    st.tuples(st.integers(0, 9999), st.sampled_from(DIFFICULTIES), st.integers(5, 60)), min_size=1, max_size=4
)


def spread(cases: Sequence[tuple[int, str, int]]) -> tuple[BankLines, OpenItems]:
    """The lines and items of several sets, a year apart; keys, names and numbers as each set has them."""
    banks, items = [], []
    for number, (seed, difficulty, size) in enumerate(cases):
        files = matching_cases(seed, difficulty, size).files()
        banks.append((number, read_bank(files["bank.csv"])))
        items.append((number, read_items(files["items.csv"])))
    return (
        BankLines(
            key=[f"{number} {key}" for number, table in banks for key in table.key],
            account=[account for _, table in banks for account in table.account],
            booked_on=np.concatenate([table.booked_on + YEAR * number for number, table in banks]),
            amount_minor=np.concatenate([table.amount_minor for _, table in banks]),
            currency=[currency for _, table in banks for currency in table.currency],
            text=[text for _, table in banks for text in table.text],
            counterparty=[name for _, table in banks for name in table.counterparty],
        ),
        OpenItems(
            key=[f"{number} {key}" for number, table in items for key in table.key],
            account=[""] * sum(len(table) for _, table in items),
            issued_on=np.concatenate([table.issued_on + YEAR * number for number, table in items]),
            amount_minor=np.concatenate([table.amount_minor for _, table in items]),
            currency=[currency for _, table in items for currency in table.currency],
            counterparty=[name for _, table in items for name in table.counterparty],
            references=[references for _, table in items for references in table.references],
            kind=["payout" if kind == "sale" else kind for _, table in items for kind in table.kind],
        ),
    )


def told(matches: Sequence[ProposedMatch], lines: BankLines, items: OpenItems) -> set[object]:
    """Members, kind and decision of each match, by keys."""
    return {
        (frozenset([*(lines.key[i] for i in one.lines), *(items.key[j] for j in one.items)]), one.kind, one.decision)
        for one in matches
    }


@settings(max_examples=20, deadline=None)
@example(cases=[(0, "easy", 50), (0, "easy", 50)], place=0.0, days=1)  # the processor's fee shows a year later only
@example(cases=[(299, "easy", 5), (29, "hard", 47)], place=1.0, days=1)  # how rare a word is shows in both
@example(cases=[(1734, "hard", 54), (1734, "hard", 54)], place=0.0, days=1)  # alike, but a year apart
@given(cases=CASES, place=st.floats(0, 1), days=st.integers(1, 31))
def test_what_news_can_reach_is_matched_as_if_all_were(
    cases: list[tuple[int, str, int]], place: float, days: int
) -> None:
    lines, items = spread(cases)
    all_days = day_numbers(lines.booked_on)
    first = int(all_days.min() + place * (all_days.max() - all_days.min()))
    news = np.arange(first, first + days)
    near = Neighbourhood.of(lines, items, news)
    reached = {
        *(near.lines.key[row] for row in np.flatnonzero(near.touched_lines)),
        *(near.items.key[row] for row in np.flatnonzero(near.touched_items)),
    }
    found = find_matches(near.lines, near.items, background=Background.of(lines, items, {}))
    alone = told(near.touched(found), near.lines, near.items)
    every = told(find_matches(lines, items).matches, lines, items)
    assert alone == {one for one in every if one[0] & reached}  # type: ignore[index]


def test_what_lies_out_of_reach_is_left_out() -> None:
    lines, items = spread([(1, "easy", 20), (2, "easy", 20), (3, "easy", 20)])
    first = day_numbers(lines.booked_on).min()
    near = Neighbourhood.of(lines, items, np.array([first]))
    assert 0 < len(near.lines) < len(lines)
    assert int(day_numbers(near.lines.booked_on).max()) <= first + AROUND


@dataclass
class Books:
    """A company into which lines and items come by and by, under keys that sort alike in any company."""

    company: Company
    number: int
    accounts: dict[str, BankAccount]

    @classmethod
    def of(cls, session: Session, number: int) -> "Books":
        company = founded(session)
        ledger = builders.account(
            session, company.id, code="1050", name="Card", type=AccountType.ASSET, role=AccountRole.BANK
        )
        card = builders.bank_account(session, ledger, code="card", name="Card")
        return cls(company, number, {"1000": company.books.checking, "1010": company.savings, "1050": card})

    def key(self, row: int) -> UUID:
        return UUID(int=(self.number << 64) + row + 1, version=4)

    def add(self, session: Session, lines: BankLines, items: OpenItems, rows: Integers) -> None:
        """Rows below the count of lines are lines, the others items."""
        for row in rows.tolist():
            if row < len(lines):
                builders.transaction(
                    session, self.company.books, id=self.key(row), amount_minor=int(lines.amount_minor[row]),
                    description=lines.text[row], counterparty="", booked_on=lines.booked_on[row].item(),
                    bank_account_id=self.accounts[lines.account[row]].id, fingerprint=f"{row:032x}",
                )  # fmt: skip
                continue
            at = row - len(lines)
            builders.open_item(
                session, self.company.books, id=self.key(row), number=items.key[at], kind=items.kind[at],
                counterparty=items.counterparty[at], amount_minor=int(items.amount_minor[at]),
                issued_on=items.issued_on[at].item(), reference=items.references[at][0],
            )  # fmt: skip

    def match(self, session: Session, *, everything: bool) -> None:
        match_company(
            session, self.company.caller, self.company.id, write=write_columns, now=NOW, everything=everything
        )

    def stored(self, session: Session) -> set[tuple[frozenset[str], MatchStatus]]:
        """Members and status of every match."""
        rows = session.execute(
            select(Match.id, Match.status, Transaction.fingerprint, OpenItem.number)
            .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
            .outerjoin(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
            .outerjoin(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
            .where(col(Match.company_id) == self.company.id)
        ).all()
        members: dict[tuple[UUID, MatchStatus], set[str]] = {}
        for match_id, status, line, item in rows:
            members.setdefault((match_id, MatchStatus(status)), set()).add(line or item)
        return {(frozenset(found), status) for (_, status), found in members.items()}


@pytest.mark.usefixtures("database")
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cases=st.lists(
        st.tuples(st.integers(0, 9999), st.sampled_from(DIFFICULTIES), st.integers(4, 20)), min_size=1, max_size=3
    ),
    portions=st.integers(2, 5),
    seed=st.integers(0, 9999),
)
def test_in_whatever_order_and_portions_they_come_the_books_are_matched_as_if_all_were_looked_at_each_time(
    cases: list[tuple[int, str, int]], portions: int, seed: int
) -> None:
    lines, items = spread(cases)
    order = np.array(random.Random(seed).sample(range(len(lines) + len(items)), len(lines) + len(items)))
    with unit_of_work() as session:
        news, every = Books.of(session, next(NUMBERS)), Books.of(session, next(NUMBERS))
        for rows in np.array_split(order, portions):
            for books in (news, every):
                books.add(session, lines, items, rows)
                books.match(session, everything=books is every)
            assert news.stored(session) == every.stored(session)
            before = news.stored(session)
            news.match(session, everything=False)
            assert news.stored(session) == before
