"""The accounts that a company uses where the product books by itself: processors' fees and small differences."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.posting.open_entries import check_bookable, open_company
from models import Account, AccountPurpose, DefaultAccount

TEMPLATE_CODES = {AccountPurpose.FEES: "6200", AccountPurpose.ADJUSTMENTS: "6990"}  # of the chart template


def default_accounts(session: Session, caller: Caller, company_id: UUID) -> dict[AccountPurpose, UUID]:
    """Every purpose that the company has named an account for. Raises NotFound, AccessDenied."""
    caller.require(company_id, Action.READ)
    rows = session.execute(
        select(col(DefaultAccount.purpose), col(DefaultAccount.account_id)).where(
            col(DefaultAccount.company_id) == company_id
        )
    )
    return {AccountPurpose(purpose): account_id for purpose, account_id in rows}


def name_default_account(
    session: Session, caller: Caller, company_id: UUID, purpose: AccountPurpose, account_id: UUID, *, now: datetime
) -> None:
    """Use this account for the purpose from now on; what is booked stays.

    Raises:
        AccountNotBookable: suspense, an inactive account, or one with statements of its own.
        NotFound, AccessDenied.
    """
    open_company(session, caller, company_id, Action.CONFIGURE)
    check_bookable(session, company_id, [account_id])
    row: DefaultAccount | None = session.execute(
        select(DefaultAccount).where(
            col(DefaultAccount.company_id) == company_id, col(DefaultAccount.purpose) == purpose
        )
    ).scalar_one_or_none()
    before = None if row is None else str(row.account_id)
    if before == str(account_id):
        return
    row = row or DefaultAccount(company_id=company_id, purpose=purpose, account_id=account_id)
    row.account_id = account_id
    session.add(row)
    session.flush()
    record(
        session, caller, company_id=company_id, action="default account named", subject="account",
        subject_id=account_id, now=now, before={str(purpose): before}, after={str(purpose): str(account_id)},
    )  # fmt: skip


def template_defaults(company_id: UUID, accounts: Iterable[Account]) -> list[DefaultAccount]:
    """What a company that is founded with the chart template begins with."""
    by_code = {account.code: account.id for account in accounts}
    return [
        DefaultAccount(company_id=company_id, purpose=purpose, account_id=by_code[code])
        for purpose, code in TEMPLATE_CODES.items()
        if code in by_code
    ]
