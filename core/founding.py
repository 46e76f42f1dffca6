"""Founding a company: its chart of accounts from a template, its founder as administrator, its bank accounts."""

import re
import unicodedata
from datetime import datetime
from uuid import UUID

from babel.core import get_global
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.categorization.policy import Policy
from core.errors import AlreadyTaken, InvalidInput, MayNotFound, NotFound
from core.posting.chart import chart_template
from core.posting.default_accounts import template_defaults
from models import (
    Account,
    AccountRole,
    AccountType,
    BankAccount,
    BankAccountKind,
    Company,
    CompanyAccess,
    Role,
)

NAME_LENGTH = 120
SLUG = re.compile(r"[a-z0-9][a-z0-9_]{0,39}")
BANK_CODE = re.compile(r"[a-z0-9][a-z0-9_\-]{0,39}")
NUMBER_LENGTH = 64

# Where the ledger accounts of bank accounts stand in the chart: first and last code, type.
LEDGER_RANGES = {
    BankAccountKind.BANK: (1010, 1049, AccountType.ASSET),
    BankAccountKind.PROCESSOR: (1050, 1089, AccountType.ASSET),
    BankAccountKind.CARD: (2100, 2199, AccountType.LIABILITY),
}


def found_company(
    session: Session,
    caller: Caller,
    *,
    name: str,
    slug: str | None = None,
    sector: str,
    base_currency: str = "USD",
    fiscal_year_start: int = 1,
    now: datetime,
) -> Company:
    """A company with the chart of accounts of its sector and the default policy; the founder becomes administrator.

    Args:
        slug: names the company in commands and ids, never changes; without it, it is made from the name.
        sector: a key of core.posting.chart.SECTORS.
        fiscal_year_start: the month in which its year begins, 1 to 12.

    Raises:
        MayNotFound: the caller may not add companies.
        AlreadyTaken: the slug given is another company's.
        InvalidInput: name, slug, currency or month cannot be used. UnknownSector: there is no chart for it.
    """
    if not caller.may_found:
        raise MayNotFound
    if not 1 <= fiscal_year_start <= 12:
        raise InvalidInput("The fiscal year starts in a month from 1 to 12.")
    template = chart_template(sector)
    company = Company(
        slug=_free_slug(session, name) if slug is None else _checked_slug(session, slug),
        name=_checked(name, "company", NAME_LENGTH),
        sector=sector,
        base_currency=checked_currency(base_currency),
        fiscal_year_start=fiscal_year_start,
        policy=Policy().to_dict(),
        created_at=now,
    )
    _add(session, company, "company name", company.slug)
    accounts = [
        Account(
            company_id=company.id,
            code=row.code,
            name=row.name,
            type=AccountType(row.type),
            role=AccountRole(row.role) if row.role else None,
        )
        for row in template
    ]
    session.add_all(accounts)
    session.flush()
    session.add_all(template_defaults(company.id, accounts))
    after = {
        "slug": company.slug,
        "name": company.name,
        "sector": sector,
        "base_currency": company.base_currency,
        "fiscal_year_start": fiscal_year_start,
    }
    record(
        session, caller, company_id=company.id, action="company founded", subject="company", subject_id=company.id,
        after=after, row_count=len(accounts), rows_digest=rows_digest((a.code, a.name, a.type) for a in accounts),
        now=now,
    )  # fmt: skip
    if caller.user_id:
        session.add(CompanyAccess(user_id=caller.user_id, company_id=company.id, role=Role.ADMINISTRATOR))
        record(
            session, caller, company_id=company.id, action="access granted", subject="user", now=now,
            subject_id=caller.user_id, after={"role": Role.ADMINISTRATOR},
        )  # fmt: skip
    return company


def companies_of(session: Session, caller: Caller) -> list[Company]:
    """The companies that the caller may see, by name."""
    visible = caller.visible(Action.READ)
    return list(session.exec(select(Company).where(col(Company.id).in_(visible)).order_by(col(Company.name))).all())


def bank_accounts_of(session: Session, caller: Caller, company_id: UUID) -> list[BankAccount]:
    """The company's active bank accounts, by code."""
    caller.require(company_id, Action.READ)
    wanted = select(BankAccount).where(col(BankAccount.company_id) == company_id, col(BankAccount.is_active))
    return list(session.exec(wanted.order_by(col(BankAccount.code))).all())


def add_bank_account(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    code: str | None = None,
    name: str,
    kind: BankAccountKind,
    currency: str,
    number: str = "",
    ledger_code: str | None = None,
    now: datetime,
) -> BankAccount:
    """A bank, card or processor account with the ledger account that it feeds.

    Args:
        code: names it in commands, such as "checking"; without it, it is made from the name.
        number: as the bank writes it in its files, whole or its last digits; by it files find their account.
        ledger_code: account of the chart. It is made where there is none; without a code, the chart's free account
            for this kind is taken, else one is made at the next free code of the kind's range.

    Raises:
        AlreadyTaken: the code is in use, or another bank account feeds that ledger account.
        InvalidInput: a value cannot be used, or the ledger account is no bank account of the chart.
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    kind, name = BankAccountKind(kind), _checked(name, "bank account", NAME_LENGTH)
    code = _free_bank_code(session, company_id, name) if code is None else _checked_bank_code(session, company_id, code)
    number = _checked_number(number)
    currency = checked_currency(currency)
    ledger = _ledger_account(session, company_id, kind, name, ledger_code)
    account = BankAccount(
        company_id=company_id,
        code=code,
        name=name,
        kind=kind,
        number=number,
        currency=currency,
        account_id=ledger.id,
    )
    _add(session, account, "bank account code", account.code)
    after = {
        "code": account.code,
        "name": account.name,
        "kind": kind,
        "currency": account.currency,
        "number": account.number,
        "ledger_code": ledger.code,
    }
    record(
        session, caller, company_id=company_id, action="bank account added", subject="bank_account",
        subject_id=account.id, after=after, now=now,
    )  # fmt: skip
    return account


def checked_currency(code: str) -> str:
    """The ISO 4217 code in capitals. Raises InvalidInput."""
    wanted = code.strip().upper()
    if wanted not in get_global("all_currencies"):
        raise InvalidInput(f"“{code}” is no currency. Use a code of three letters, such as USD.")
    return wanted


def _add(session: Session, row: Company | BankAccount, what: str, key: str) -> None:
    """Insert at once: the database's own word on uniqueness counts where two people found the same at a time."""
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        raise AlreadyTaken(what, key) from None


def _checked(text: str, what: str, longest: int) -> str:
    name = " ".join(text.split())
    if not name or len(name) > longest or not name.isprintable():
        raise InvalidInput(f"A {what} needs a name of at most {longest} signs.")
    return name


def _checked_slug(session: Session, slug: str) -> str:
    if not SLUG.fullmatch(slug):
        raise InvalidInput(
            f"“{slug}” cannot be a short name. Use up to 40 small letters, digits and underscores, such as corner_cafe."
        )
    if session.exec(select(Company.id).where(col(Company.slug) == slug)).first():
        raise AlreadyTaken("short name", slug)
    return slug


def _free_slug(session: Session, name: str) -> str:
    """Small letters, digits and underscores from the name; with a number behind where another company has that."""
    base = _plain(name) or "company"
    taken = set(session.exec(select(Company.slug).where(col(Company.slug).startswith(base, autoescape=True))).all())
    return _numbered(base, taken)


def _free_bank_code(session: Session, company_id: UUID, name: str) -> str:
    taken = set(session.exec(select(BankAccount.code).where(col(BankAccount.company_id) == company_id)).all())
    return _numbered(_plain(name) or "account", taken)


def _plain(name: str) -> str:
    """The name in small letters, digits and underscores, with room for a number behind it."""
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:34].strip("_")


def _numbered(base: str, taken: set[str]) -> str:
    number, free = 1, base
    while free in taken:
        number += 1
        free = f"{base}_{number}"
    return free


def _checked_bank_code(session: Session, company_id: UUID, text: str) -> str:
    code = text.strip().lower()
    if not BANK_CODE.fullmatch(code):
        raise InvalidInput(f"“{text}” cannot be a bank account's code. Use small letters and digits, such as checking.")
    wanted = select(BankAccount.id).where(col(BankAccount.company_id) == company_id, col(BankAccount.code) == code)
    if session.exec(wanted).first():
        raise AlreadyTaken("bank account code", code)
    return code


def _checked_number(text: str) -> str:
    number = " ".join(text.split())
    if len(number) > NUMBER_LENGTH or not number.isprintable():
        raise InvalidInput(f"An account number has at most {NUMBER_LENGTH} signs.")
    return number


def _ledger_account(
    session: Session, company_id: UUID, kind: BankAccountKind, name: str, ledger_code: str | None
) -> Account:
    """The account of the chart that a new bank account feeds; it is made where there is none."""
    accounts = {
        account.code: account
        for account in session.exec(select(Account).where(col(Account.company_id) == company_id)).all()
    }
    if not accounts:
        raise NotFound("chart of accounts for company", str(company_id))
    fed = set(session.exec(select(BankAccount.account_id).where(col(BankAccount.company_id) == company_id)).all())
    if ledger_code is None:
        found = _free_in_chart(accounts, fed, kind, name)
        code = found.code if found else _next_code(accounts, kind)
    else:
        code = ledger_code.strip()
        found = accounts.get(code)
    if found is None:
        return _made(session, company_id, kind, name, code)
    if found.id in fed:
        raise AlreadyTaken("ledger account", f"{found.code} {found.name}")
    if found.role != AccountRole.BANK or not found.is_active:
        raise InvalidInput(
            f"{found.code} {found.name} is no bank account of the chart. Choose another or leave it out."
        )
    return found


def _free_in_chart(accounts: dict[str, Account], fed: set[UUID], kind: BankAccountKind, name: str) -> Account | None:
    """A bank account of the chart that nothing feeds yet: one that the name names, else the first of its range."""
    first, last, _ = LEDGER_RANGES[kind]
    own = [account for account in accounts.values() if account.code.isdigit() and first <= int(account.code) <= last]
    free = [a for a in own if a.role == AccountRole.BANK and a.is_active and a.id not in fed]
    words = set(name.lower().split())
    named = [account for account in free if words & set(account.name.lower().split())]
    usual = [account for account in free if account.code == str(first)]
    return next(iter(sorted(named, key=lambda account: account.code) or usual), None)


def _next_code(accounts: dict[str, Account], kind: BankAccountKind) -> str:
    first, last, _ = LEDGER_RANGES[kind]
    for code in range(first, last + 1):
        if str(code) not in accounts:
            return str(code)
    raise InvalidInput(f"The chart has no free code between {first} and {last}. Name the ledger account yourself.")


def _made(session: Session, company_id: UUID, kind: BankAccountKind, name: str, code: str) -> Account:
    if not re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,15}", code):
        raise InvalidInput(f"“{code}” cannot be an account code. Use up to 16 digits and letters, such as 1011.")
    made = Account(company_id=company_id, code=code, name=name, type=LEDGER_RANGES[kind][2], role=AccountRole.BANK)
    session.add(made)
    session.flush()
    return made
