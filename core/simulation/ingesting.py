"""Take the simulated companies through the real pipeline."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from core.access.roles import Caller
from core.categorization.rule_book import add_rule
from core.flow import Intake, take_in_files
from core.founding import add_bank_account, found_company
from core.ingestion.open_items import store_open_items
from core.ingestion.raw_file import RawFile
from core.simulation.values import SimulatedCompany, SimulatedFile
from core.storage import WriteColumns
from models import Account, BankAccountKind, Company

KINDS = {"credit_card": BankAccountKind.CARD, "processor": BankAccountKind.PROCESSOR}
FOUNDED_AT = datetime(2024, 9, 30, 12, tzinfo=UTC)


def found_simulated(session: Session, caller: Caller, simulated: SimulatedCompany) -> Company:
    """The company with its chart and bank accounts, still without rules, items or lines."""
    return found_company(
        session,
        caller,
        name=simulated.name,
        slug=simulated.slug,
        sector=simulated.sector,
        base_currency=simulated.base_currency,
        now=FOUNDED_AT,
    )


def equip_simulated(
    session: Session, caller: Caller, company_id: UUID, simulated: SimulatedCompany, *, write: WriteColumns
) -> None:
    """Bank accounts, the rules the bookkeeper had from the start, and the open items."""
    for bank in simulated.bank_accounts:
        add_bank_account(
            session,
            caller,
            company_id,
            code=bank.code,
            name=bank.name,
            kind=KINDS.get(bank.kind, BankAccountKind.BANK),
            currency=bank.currency,
            number=bank.number,
            ledger_code=bank.ledger_code,
            now=FOUNDED_AT,
        )
    accounts = dict(session.exec(select(Account.code, Account.id).where(col(Account.company_id) == company_id)).all())
    for rule in simulated.rules:
        add_rule(
            session,
            caller,
            company_id,
            name=rule["name"],
            conditions=rule["conditions"],
            account_id=accounts[rule["account_code"]],
            now=FOUNDED_AT,
        )
    items = RawFile("open_items.csv", simulated.open_items_csv)
    store_open_items(session, caller, company_id, items, write=write, now=FOUNDED_AT)


def ingest_simulated(
    session: Session,
    caller: Caller,
    company_id: UUID,
    files: Iterable[SimulatedFile],
    *,
    write: WriteColumns,
    now: datetime,
) -> Intake:
    """These files as a bookkeeper would upload them, all at once; each finds its bank account by itself."""
    raw = [RawFile(file.name, file.content) for file in files]
    return take_in_files(session, caller, company_id, raw, write=write, now=now)


def files_by_month(simulated: SimulatedCompany, months: Sequence[str]) -> dict[str, list[SimulatedFile]]:
    """The files by the month ("2024-10") with which they end; `months` in order."""
    ending: dict[str, list[SimulatedFile]] = {month: [] for month in months}
    for file in simulated.files:
        ending[max(month for month in months if month in file.name)].append(file)
    return ending
