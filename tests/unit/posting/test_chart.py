"""The chart template: what each sector gets."""

from pathlib import Path

import pytest

from core.errors import UnknownSector
from core.posting.chart import SECTORS, TEMPLATE_PATH, chart_template

TYPES = {"asset", "liability", "equity", "revenue", "expense"}
ROLES = {"", "bank", "transfer_clearing", "receivable", "payable", "suspense", "owner", "loan", "tax", "payroll"}
FIRST_DIGIT = {"1": "asset", "2": "liability", "3": "equity", "5": "expense", "6": "expense", "7": "expense"}


@pytest.mark.parametrize("sector", [key for key, _ in SECTORS])
def test_every_sector_gets_a_chart_with_unique_codes_and_names_in_order(sector: str) -> None:
    chart = chart_template(sector)
    codes = [account.code for account in chart]
    assert codes == sorted(set(codes))
    assert len({account.name for account in chart}) == len(chart)
    assert {account.type for account in chart} == TYPES
    assert {account.role for account in chart} <= ROLES
    assert all(account.about and account.name for account in chart)


@pytest.mark.parametrize("sector", [key for key, _ in SECTORS])
def test_every_chart_has_exactly_one_account_for_each_duty_of_the_product(sector: str) -> None:
    roles = [account.role for account in chart_template(sector)]
    for duty in ("transfer_clearing", "suspense", "receivable", "payable"):
        assert roles.count(duty) == 1
    assert roles.count("bank") >= 3


@pytest.mark.parametrize("sector", [key for key, _ in SECTORS])
def test_the_first_digit_of_a_code_tells_its_type(sector: str) -> None:
    for account in chart_template(sector):
        if account.code[0] in FIRST_DIGIT:
            assert account.type == FIRST_DIGIT[account.code[0]], account
        elif account.code[0] == "8":
            assert account.type == "revenue", account


@pytest.mark.parametrize("sector", [key for key, _ in SECTORS])
def test_the_accounts_of_the_first_system_keep_their_codes_everywhere(sector: str) -> None:
    names = {account.code: account.name for account in chart_template(sector)}
    assert names["6300"] == "Software Subscriptions"
    assert names["8000"] == "Sales Revenue"


def test_a_sector_gets_its_own_accounts_and_none_of_the_others() -> None:
    food = {account.code for account in chart_template("food")}
    real_estate = {account.code for account in chart_template("real_estate")}
    assert "5010" in food
    assert "5010" not in real_estate
    assert "8300" in real_estate
    assert "8300" not in food


def test_an_unknown_sector_is_refused_with_the_choices_named() -> None:
    with pytest.raises(UnknownSector, match=r"“circus”.*childcare") as refused:
        chart_template("circus")
    assert refused.value.sector == "circus"


def test_the_template_names_no_sector_that_cannot_be_chosen() -> None:
    known = {key for key, _ in SECTORS} | {"all"}
    header, *rows = Path(TEMPLATE_PATH).read_text(encoding="utf-8").splitlines()
    column = header.split(",").index("sectors")
    assert {word for row in rows for word in row.split(",")[column].split()} <= known
