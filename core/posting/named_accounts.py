"""Looking up the account that a company named for a purpose; core.posting.default_accounts names it."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from models import Account, AccountPurpose, DefaultAccount


def default_account(session: Session, company_id: UUID, purpose: AccountPurpose) -> UUID | None:
    """The active account that the company named for this purpose, if any. The caller's access is checked already."""
    found: UUID | None = session.execute(
        select(col(DefaultAccount.account_id))
        .join(Account, col(Account.id) == col(DefaultAccount.account_id))
        .where(
            col(DefaultAccount.company_id) == company_id,
            col(DefaultAccount.purpose) == purpose,
            col(Account.is_active),
        )
    ).scalar_one_or_none()
    return found
