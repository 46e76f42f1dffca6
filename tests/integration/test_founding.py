"""A company is founded whole: chart, founder, bank accounts, and nothing that cannot be used."""

import pytest
from sqlmodel import col, select

from core.access.audit import verify_chain
from core.access.machine import script_caller
from core.access.roles import Caller, Via
from core.errors import AccessDenied, AlreadyTaken, InvalidInput, MayNotFound, UnknownSector
from core.founding import add_bank_account, bank_accounts_of, companies_of, found_company
from db.engine import unit_of_work
from models import Account, AccountRole, BankAccount, BankAccountKind, Company, CompanyAccess, Role
from tests import builders

FOUNDER = Caller(None, "founder", Via.SCRIPT)


def founded(**given: object) -> Company:
    values = {"name": "Corner Café & Co.", "sector": "food", "now": builders.NOW, **given}
    with unit_of_work() as session:
        return found_company(session, FOUNDER, **values)  # type: ignore[arg-type]


def bank(company: Company, **given: object) -> tuple[BankAccount, Account]:
    values = {"code": "checking", "name": "Business Checking", "kind": "bank", "currency": "USD", **given}
    with unit_of_work() as session:
        caller = script_caller(session, "test")
        made = add_bank_account(session, caller, company.id, now=builders.NOW, **values)  # type: ignore[arg-type]
        return made, session.get_one(Account, made.account_id)


def test_a_company_gets_the_chart_of_its_sector_and_a_short_name_from_its_name(database: str) -> None:
    company = founded()
    assert company.slug == "corner_cafe_co"
    with unit_of_work() as session:
        accounts = session.exec(select(Account).where(col(Account.company_id) == company.id)).all()
        assert verify_chain(session, company.id.hex) == []
    assert {account.code for account in accounts} >= {"6300", "8000", "8010"}
    assert [account.role for account in accounts].count(AccountRole.SUSPENSE) == 1


def test_two_companies_of_one_name_get_short_names_of_their_own_but_a_chosen_one_is_refused(database: str) -> None:
    assert [founded().slug, founded().slug] == ["corner_cafe_co", "corner_cafe_co_2"]
    with pytest.raises(AlreadyTaken):
        founded(slug="corner_cafe_co")


def test_the_founder_becomes_administrator_and_sees_the_company(database: str) -> None:
    with unit_of_work() as session:
        user = builders.user(session)
        caller = Caller(user.id, user.username, Via.PAGE)
        company = found_company(session, caller, name="Acme", sector="general", now=builders.NOW)
        access = session.exec(select(CompanyAccess)).one()
        assert (access.user_id, access.company_id, access.role) == (user.id, company.id, Role.ADMINISTRATOR)
        assert [one.id for one in companies_of(session, builders.caller(company.id))] == [company.id]
        assert companies_of(session, caller) == []


@pytest.mark.parametrize(
    "given",
    [{"name": "  "}, {"name": "x" * 121}, {"slug": "Has Spaces"}, {"slug": "_x"}, {"base_currency": "XXZ"}],
)
def test_what_cannot_be_used_is_refused_in_words(sqlite_database: str, given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        founded(**given)


def test_an_unknown_sector_and_a_caller_without_the_right_are_refused(sqlite_database: str) -> None:
    with pytest.raises(UnknownSector):
        founded(sector="piracy")
    caller = Caller(None, "guest", Via.PAGE, may_found=False)
    with pytest.raises(MayNotFound), unit_of_work() as session:
        found_company(session, caller, name="Acme", sector="general", now=builders.NOW)


def test_bank_accounts_take_what_is_free_in_the_chart_and_then_the_next_codes(database: str) -> None:
    company = founded()
    codes = [
        bank(company)[1].code,
        bank(company, code="savings", name="Rainy Day Savings")[1].code,
        bank(company, code="second", name="Second Account")[1].code,
        bank(company, code="card", name="Visa", kind=BankAccountKind.CARD)[1].code,
        bank(company, code="amex", name="Amex", kind=BankAccountKind.CARD)[1].code,
    ]
    assert codes == ["1010", "1020", "1011", "2100", "2101"]
    made, ledger = bank(company, code="chosen", name="Chosen", ledger_code="1033")
    assert (ledger.code, ledger.name, ledger.role) == ("1033", "Chosen", AccountRole.BANK)
    with unit_of_work() as session:
        listed = bank_accounts_of(session, script_caller(session, "test"), company.id)
    assert [one.code for one in listed] == ["amex", "card", "checking", "chosen", "savings", "second"]
    assert made.currency == "USD"


def test_a_ledger_account_feeds_from_one_bank_account_and_must_be_one_of_the_chart(database: str) -> None:
    company = founded()
    bank(company, ledger_code="1010")
    with pytest.raises(AlreadyTaken):
        bank(company, code="other", ledger_code="1010")
    with pytest.raises(AlreadyTaken):
        bank(company, code="Checking ")
    with pytest.raises(InvalidInput, match="Software"):
        bank(company, code="other", ledger_code="6300")
    with pytest.raises(InvalidInput):
        bank(company, code="other", currency="dollars")


def test_only_a_manager_adds_bank_accounts(sqlite_database: str) -> None:
    company = founded()
    caller = builders.caller(company.id, role=Role.REVIEWER)
    with pytest.raises(AccessDenied), unit_of_work() as session:
        add_bank_account(
            session, caller, company.id, code="x", name="X", kind=BankAccountKind.BANK, currency="USD", now=builders.NOW
        )
