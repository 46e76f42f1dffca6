"""A company's chart of accounts in the database: list, add, rename, switch off."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import AlreadyTaken, InvalidInput, NotFound
from models import Account, AccountRole, AccountType

CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,15}")
NAME_MAX = 120
NEEDED = {  # what the machine books there
    AccountRole.SUSPENSE: "lines that nobody has decided yet",
    AccountRole.TRANSFER_CLEARING: "transfers between own accounts",
    AccountRole.BANK: "the lines of bank statements",
}


def list_accounts(session: Session, caller: Caller, company_id: UUID, *, active_only: bool = False) -> list[Account]:
    """The chart in the order of its codes."""
    caller.require(company_id, Action.READ)
    wanted = select(Account).where(col(Account.company_id) == company_id).order_by(col(Account.code))
    if active_only:
        wanted = wanted.where(col(Account.is_active))
    return list(session.exec(wanted).all())


def add_account(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    code: str,
    name: str,
    type: AccountType,  # noqa: A002 - the field's own word
    now: datetime,
) -> Account:
    """Raises InvalidInput for a code or name that cannot be used, AlreadyTaken for a code in use."""
    caller.require(company_id, Action.CONFIGURE)
    code, name = code.strip(), _checked_name(name)
    if not CODE.fullmatch(code):
        raise InvalidInput(f"“{code}” cannot be an account code. Use up to 16 digits and letters, such as 6310.")
    account = Account(company_id=company_id, code=code, name=name, type=AccountType(type))
    try:
        with session.begin_nested():  # the database's own word counts where two people add the same at a time
            session.add(account)
            session.flush()
    except IntegrityError:
        raise AlreadyTaken("account code", code) from None
    after = {"code": code, "name": name, "type": str(account.type)}
    record(
        session, caller, company_id=company_id, action="account added", subject="account", subject_id=account.id,
        after=after, now=now,
    )  # fmt: skip
    return account


def change_account_details(
    session: Session,
    caller: Caller,
    company_id: UUID,
    account_id: UUID,
    *,
    name: str | None = None,
    is_active: bool | None = None,
    now: datetime,
) -> Account:
    """Rename an account or switch it off; what was booked on it stays. Raises NotFound, InvalidInput."""
    caller.require(company_id, Action.CONFIGURE)
    account = session.exec(
        select(Account).where(col(Account.company_id) == company_id, col(Account.id) == account_id)
    ).one_or_none()
    if account is None:
        raise NotFound("account", str(account_id))
    before = {"name": account.name, "is_active": account.is_active}
    if is_active is False and account.role is not None and account.role in NEEDED:
        what = NEEDED[account.role]
        raise InvalidInput(f"{account.code} {account.name} stays active: {what} are booked there.")
    account.name = account.name if name is None else _checked_name(name)
    account.is_active = account.is_active if is_active is None else is_active
    session.add(account)
    session.flush()
    record(
        session, caller, company_id=company_id, action="account changed", subject="account", subject_id=account.id,
        before=before, after={"name": account.name, "is_active": account.is_active}, now=now,
    )  # fmt: skip
    return account


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_MAX:
        raise InvalidInput(f"An account needs a name of at most {NAME_MAX} signs.")
    return name
