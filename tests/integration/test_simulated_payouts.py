"""A processor's payouts in the books against its own reports: net of fees to the cent, each with its true partner."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from uuid import UUID

from sqlmodel import Session, col, select

from core.simulation.ingesting import equip_simulated, found_simulated, ingest_simulated
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany
from db.bulk import write_columns
from db.engine import unit_of_work
from models import Match, MatchKind, MatchMember, MatchStatus, StatementFile, Transaction
from tests import builders

NOW = datetime(2025, 10, 1, 9, tzinfo=UTC)
Line = tuple[str, int]  # file and row


@dataclass(frozen=True)
class Reported:
    """A row of a processor's report, in minor units."""

    line: Line
    on: date
    category: str
    gross: int
    fee: int
    net: int


def reports_of(simulated: SimulatedCompany) -> list[Reported]:
    """Every row of the processor's reports by day, read without the product's own readers."""
    codes = {bank.code for bank in simulated.bank_accounts if bank.kind == "processor"}
    return sorted(
        (
            row
            for file in simulated.files
            if file.bank_account_code in codes
            for row in _rows(file.name, file.content.decode())
        ),
        key=lambda row: row.on,
    )


def _rows(name: str, content: str) -> Iterator[Reported]:
    for number, row in enumerate(csv.DictReader(StringIO(content)), 2):
        gross, fee, net = (round(float(row[column]) * 100) for column in ("gross", "fee", "net"))
        yield Reported(
            (name, number), date.fromisoformat(row["created"][:10]), row["reporting_category"], gross, fee, net
        )


def stored_amounts(session: Session, company_id: UUID) -> dict[Line, int]:
    rows = session.execute(
        select(StatementFile.name, Transaction.row, Transaction.amount_minor)
        .join(Transaction, col(Transaction.statement_file_id) == col(StatementFile.id))
        .where(col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None))
    ).all()
    return {(name, row): minor for name, row, minor in rows}


def other_sides(session: Session, company_id: UUID) -> dict[Line, Line]:
    """Of each line in a confirmed transfer the other one."""
    rows = session.execute(
        select(Match.id, StatementFile.name, Transaction.row)
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .join(Transaction, col(Transaction.id) == col(MatchMember.transaction_id))
        .join(StatementFile, col(StatementFile.id) == col(Transaction.statement_file_id))
        .where(
            col(Match.company_id) == company_id,
            col(Match.status) == MatchStatus.CONFIRMED,
            col(Match.kind) == MatchKind.TRANSFER,
        )
    ).all()
    sides: dict[UUID, list[Line]] = {}
    for match_id, name, row in rows:
        sides.setdefault(match_id, []).append((name, row))
    return {one: other for first, second in sides.values() for one, other in ((first, second), (second, first))}


def test_payouts_are_what_the_processor_took_less_its_fees_and_meet_their_true_other_side(sqlite_database: str) -> None:
    (simulated,) = [one for one in simulate() if any(bank.kind == "processor" for bank in one.bank_accounts)]
    with unit_of_work() as session:
        company = found_simulated(session, builders.caller(), simulated)
        caller = builders.caller(company.id)
        equip_simulated(session, caller, company.id, simulated, write=write_columns)
        ingest_simulated(session, caller, company.id, simulated.files, write=write_columns, now=NOW)
        amounts, others = stored_amounts(session, company.id), other_sides(session, company.id)
    reported, truth = reports_of(simulated), simulated.truth_by_line()
    assert sum(row.fee for row in reported) > 0
    for row in reported:
        assert row.gross - row.fee == row.net == amounts[row.line]
    payouts = [row for row in reported if row.category == "payout"]
    assert payouts
    paid_before = date.min
    for payout in payouts:
        taken = [row for row in reported if row.category != "payout" and paid_before < row.on <= payout.on]
        name, _, row = truth[payout.line].partner.rpartition(":")
        assert others[payout.line] == (name, int(row))
        assert amounts[name, int(row)] == sum(one.gross for one in taken) - sum(one.fee for one in taken)
        paid_before = payout.on
