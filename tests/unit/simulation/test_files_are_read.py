"""The product reads every simulated file exactly as the truth has it."""

from functools import cache

import pytest

from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement
from core.problems import Severity
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany, TruthRow

SLUGS = ["sim_hamilton_coffee", "sim_cincy_web", "sim_liberty_childcare", "sim_contreras_re", "sim_midwest_accounting"]

# Layouts of the simulated banks that state no balance, or (OFX) only the closing one.
WITHOUT_PROOF = {
    ("sim_hamilton_coffee", "savings"),
    ("sim_cincy_web", "card"),
    ("sim_liberty_childcare", "card"),
    ("sim_liberty_childcare", "savings"),
    ("sim_midwest_accounting", "checking"),
}


@cache
def companies() -> dict[str, SimulatedCompany]:
    return {company.slug: company for company in simulate()}


@cache
def read(slug: str) -> dict[str, Statement]:
    return {
        file.name: read_statement(RawFile(file.name, file.content), None, "USD") for file in companies()[slug].files
    }


def test_all_files_together_give_1702_lines() -> None:
    assert sum(len(statement.lines) for slug in SLUGS for statement in read(slug).values()) == 1702


@pytest.mark.parametrize("slug", SLUGS)
def test_each_line_is_read_with_the_row_day_amount_and_text_of_the_truth(slug: str) -> None:
    truth = companies()[slug].truth_by_line()
    found = {
        (name, line.row): (line.booked_on, line.amount_minor, line.currency, line.description)
        for name, statement in read(slug).items()
        for line in statement.lines
    }
    assert found == {key: facts(row) for key, row in truth.items()}


def facts(row: TruthRow) -> tuple[object, ...]:
    """What a reader should give; runs of spaces are one space after reading."""
    return (row.booked_on, row.amount_minor, row.currency, " ".join(row.description.split()))


@pytest.mark.parametrize("slug", SLUGS)
def test_files_that_state_balances_are_proved_and_no_row_is_faulty(slug: str) -> None:
    company = companies()[slug]
    bank_of = {file.name: file.bank_account_code for file in company.files}
    for name, statement in read(slug).items():
        (account,) = statement.accounts
        expected = None if (slug, bank_of[name]) in WITHOUT_PROOF else True
        assert account.proved is expected, name
        assert not [problem for problem in statement.problems if problem.severity is Severity.ERROR]


@pytest.mark.parametrize("slug", SLUGS)
def test_each_file_opens_where_the_one_before_closed(slug: str) -> None:
    company = companies()[slug]
    for bank in company.bank_accounts:
        running = bank.opening_minor
        for file in company.files:
            if file.bank_account_code != bank.code:
                continue
            (account,) = read(slug)[file.name].accounts
            assert account.opening_minor in (None, running)
            running += account.sum_minor
            assert account.closing_minor in (None, running)
