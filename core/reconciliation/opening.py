"""The balance a bank account had before its first statement, put into the books."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import InvalidInput, NotFound, OpeningRefused
from core.opening.standing import load_standing
from core.posting.open_entries import account_with_role, open_company
from core.posting.writing import LineColumns, NewEntries, new_keys, post_entries, write_entries
from core.reconciliation.proofs import account_totals, load_proofs
from core.storage import WriteColumns
from models import AccountRole, BankAccount, Method


def post_opening_balance(
    session: Session,
    caller: Caller,
    company_id: UUID,
    bank_account_id: UUID,
    *,
    write: WriteColumns,
    now: datetime,
) -> UUID:
    """Book what the bank account held before its first statement against owner's equity; the entry's id.

    The entry lies on the day before the first statement and brings the ledger to the statement's opening balance.
    Opening balances of the whole company on or before that day are in the ledger and so are not booked again.

    Raises:
        InvalidInput: no statement, no opening balance, or the ledger has that balance already.
        OpeningRefused: the company's opening balances lie on a later day and hold this one already.
        PeriodClosed: the day falls in a closed period.
        NotFound: no such bank account here, or no active account has the role of owner's equity.
        AccessDenied: only for those who may decide entries.
    """
    company = open_company(session, caller, company_id, Action.REVIEW)
    ledger_id, currency, name = _bank_account(session, company_id, bank_account_id)
    booked_on, opening_minor = _first_opening(session, company_id, bank_account_id, name)
    standing = load_standing(session, company_id)
    if standing is not None and standing.booked_on > booked_on and standing.currency == currency:
        raise OpeningRefused(
            f"The opening balances of {standing.booked_on} hold that of {name} already, but its first statement begins "
            f"before them. Replace them with those of {booked_on} or earlier, or take that statement back."
        )
    totals = account_totals(session, [company_id], bank_account_id).get(bank_account_id)
    in_ledger = totals.ledger_of_others.through(booked_on)[0] if totals else 0
    amount_minor = opening_minor - in_ledger
    if amount_minor == 0:
        raise InvalidInput(f"The books have the opening balance of {name} already; there is nothing to book.")
    company.check_open([booked_on])
    entry_id = new_keys(1)[0]
    owner_id = account_with_role(session, company_id, AccountRole.OWNER)
    entries = NewEntries(
        id=[entry_id], transaction_id=[None], booked_on=[booked_on], currency=[currency], method=[Method.MANUAL],
        lines=LineColumns([0, 0], [1, 2], [ledger_id, owner_id], [amount_minor, -amount_minor]),
        optional={"memo": [f"Opening balance of {name}"]},
    )  # fmt: skip
    write_entries(session, write, company_id, entries, now=now)
    post_entries(session, company_id, [entry_id], now=now, by=caller.user_id)
    record(
        session, caller, company_id=company_id, action="opening balance booked", subject="entry", subject_id=entry_id,
        now=now,
        after={
            "bank_account": name, "booked_on": str(booked_on), "amount_minor": amount_minor, "currency": currency,
        },
    )  # fmt: skip
    return entry_id


def _bank_account(session: Session, company_id: UUID, bank_account_id: UUID) -> tuple[UUID, str, str]:
    row = session.execute(
        select(col(BankAccount.account_id), col(BankAccount.currency), col(BankAccount.name)).where(
            col(BankAccount.company_id) == company_id, col(BankAccount.id) == bank_account_id
        )
    ).one_or_none()
    if row is None:
        raise NotFound("bank account", str(bank_account_id))
    return row[0], row[1], row[2]


def _first_opening(session: Session, company_id: UUID, bank_account_id: UUID, name: str) -> tuple[date, int]:
    """The day before the first statement and its opening balance."""
    proofs = load_proofs(session, [company_id], bank_account_id)
    if not proofs:
        raise InvalidInput(f"{name} has no statement yet; upload its first one.")
    first = proofs[0].proof
    if first.opening_minor is None:
        raise InvalidInput(f"The first statement of {name} states no opening balance; type it in first.")
    return first.stated.first_on - timedelta(days=1), first.opening_minor
