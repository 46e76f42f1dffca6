"""The habits of many banks, one small statement each."""

from decimal import Decimal

import pytest

from core.errors import StatementRefused
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.money import to_decimal
from tests.golden.made_up_statements import CASES
from tests.golden.more_made_up_statements import MORE

EVERY = CASES | MORE


@pytest.mark.parametrize("name", [name for name, case in EVERY.items() if not case.refused])
def test_a_made_up_statement_gives_its_facts(name: str) -> None:
    case = EVERY[name]
    lines = read_statement(RawFile("bank.csv", case.text.encode(case.encoding))).lines
    days = [line.booked_on.isoformat() for line in lines]
    total = sum((to_decimal(line.amount_minor, line.currency) for line in lines), Decimal(0))
    assert (len(lines), total, min(days), max(days)) == (case.count, Decimal(case.total), case.first, case.last)
    assert not case.currency or {line.currency for line in lines} == {case.currency}


@pytest.mark.parametrize("name", [name for name, case in EVERY.items() if case.refused])
def test_what_is_no_clear_statement_is_refused(name: str) -> None:
    case = EVERY[name]
    with pytest.raises(StatementRefused, match=case.refused):
        read_statement(RawFile("bank.csv", case.text.encode(case.encoding)))
