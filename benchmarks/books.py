"""The company whose books the benchmarks fill."""

from datetime import UTC, datetime
from uuid import UUID

from core.access.machine import script_caller
from core.founding import add_bank_account, found_company
from db.engine import unit_of_work
from models import BankAccountKind

COMMAND = "benchmark"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def found_benchmark_company() -> UUID:
    with unit_of_work() as session:
        founder = script_caller(session, COMMAND)
        company_id = found_company(session, founder, name="Benchmark", sector="food", now=NOW).id
        add_bank_account(
            session,
            script_caller(session, COMMAND),
            company_id,
            code="checking",
            name="Checking",
            kind=BankAccountKind.BANK,
            currency="USD",
            now=NOW,
        )
    return company_id
