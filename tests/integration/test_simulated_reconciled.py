"""The simulated companies reconciled, held against what the generator knows of every line."""

from collections import defaultdict
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from core.reconciliation.bank_reconciliation import reconcile_day
from core.reconciliation.proofs import statement_proofs
from core.simulation.ingesting import equip_simulated, found_simulated, ingest_simulated
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import unit_of_work
from models import (
    Match,
    MatchKind,
    MatchMember,
    MatchRefund,
    MatchStatus,
    OpenItem,
    StatementFile,
    Transaction,
)
from tests import builders

NOW = datetime(2025, 10, 1, 9, tzinfo=UTC)

Line = tuple[str, int]  # file and row


def matches_that_are(
    session: Session, company_id: UUID, status: MatchStatus
) -> list[tuple[MatchKind, list[Line], set[str]]]:
    """Kind, lines and item numbers of each match of this status."""
    rows = session.execute(
        select(col(Match.id), col(Match.kind), col(StatementFile.name), col(Transaction.row), col(OpenItem.number))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .outerjoin(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .outerjoin(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .outerjoin(OpenItem, col(OpenItem.id) == col(MatchMember.open_item_id))
        .where(col(Match.company_id) == company_id, col(Match.status) == status)
        .where(col(Match.id).not_in(select(col(MatchRefund.match_id))))
    ).all()
    kinds: dict[UUID, MatchKind] = {}
    lines: dict[UUID, list[Line]] = defaultdict(list)
    numbers: dict[UUID, set[str]] = defaultdict(set)
    for match_id, kind, file, row, number in rows:
        kinds[match_id] = MatchKind(kind)
        if file is not None:
            lines[match_id].append((file, row))
        if number is not None:
            numbers[match_id].add(number)
    return [(kind, sorted(lines[key]), numbers[key]) for key, kind in kinds.items()]


def refunds_in_force(session: Session, company_id: UUID) -> list[tuple[Line, Line]]:
    """Each line that turns back a payment, and the payment."""
    paid, file = aliased(Transaction), aliased(StatementFile)
    rows = session.execute(
        select(col(StatementFile.name), col(Transaction.row), col(file.name), col(paid.row))
        .join(Transaction, col(Transaction.statement_file_id) == col(StatementFile.id))
        .join(MatchMember, col(MatchMember.transaction_id) == col(Transaction.id))
        .join(MatchRefund, col(MatchRefund.match_id) == col(MatchMember.match_id))
        .join(Match, col(Match.id) == col(MatchRefund.match_id))
        .join(paid, col(paid.id) == col(MatchRefund.transaction_id))
        .join(file, col(file.id) == col(paid.statement_file_id))
        .where(col(Match.company_id) == company_id, col(Match.status) == MatchStatus.CONFIRMED)
    ).all()
    return [((name, row), (earlier, earlier_row)) for name, row, earlier, earlier_row in rows]


@pytest.mark.parametrize("simulated", simulate(), ids=lambda one: one.slug)
def test_what_is_matched_is_what_the_generator_says_and_every_statement_leads_to_the_books(
    simulated: SimulatedCompany, sqlite_database: str
) -> None:
    with unit_of_work() as session:
        company = found_simulated(session, builders.caller(), simulated)
        caller = builders.caller(company.id)
        equip_simulated(session, caller, company.id, simulated, write=write_columns)
        ingest_simulated(session, caller, company.id, simulated.files, write=write_columns, now=NOW)
        matches = matches_that_are(session, company.id, MatchStatus.CONFIRMED)
        suggested = matches_that_are(session, company.id, MatchStatus.SUGGESTED)
        truth = simulated.truth_by_line()
        transfers = {tuple(sorted([key, partner(row.partner)])) for key, row in truth.items() if row.kind == "transfer"}
        settled = {key: set(row.item_numbers) for key, row in truth.items() if row.kind == "settlement"}

        moved = [tuple(lines) for kind, lines, _ in matches if kind is MatchKind.TRANSFER]
        assert set(moved) <= transfers
        assert len(moved) >= 0.9 * len(transfers)
        paid = {line for kind, lines, _ in matches if kind is MatchKind.SETTLEMENT for line in lines}
        for kind, lines, numbers in matches:
            if kind is MatchKind.SETTLEMENT:
                assert numbers == set().union(*(settled.get(line, {"nothing"}) for line in lines)), lines
        assert paid <= set(settled)
        right = {line for kind, lines, numbers in suggested for line in lines if settled.get(line) == numbers}
        assert len(paid | right) >= 0.55 * len(settled)
        for back, payment in refunds_in_force(session, company.id):
            assert truth[back].account_code == truth[payment].account_code, (back, payment)
        proofs = statement_proofs(session, caller, company.id)
        assert proofs
        assert all(one.proof.is_proved for one in proofs if one.proof.difference_minor is not None)
        for found in reconcile_day(session, caller, company.id, date(2025, 3, 31)):
            if found.bank_minor is not None:
                assert found.bank_minor + found.outstanding_minor == found.books_minor
                for part in found.parts:
                    assert not part.rows or sum(row.amount_minor for row in part.rows) == part.amount_minor
        assert verify_books(session, caller, [company.id]).violations == ()


def partner(text: str) -> Line:
    file, _, row = text.rpartition(":")
    return file, int(row)
