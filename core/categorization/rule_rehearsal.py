"""What a rule would do, told before it is stored: the conditions held against the last year of bank lines."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row, exists, func, select
from sqlmodel import Session, col

from core.access.roles import Action, Caller
from core.categorization.lines import Lines
from core.categorization.rule_book import NO_TERMS, Terms
from core.categorization.rule_json import read_rule, rule_of_row
from core.categorization.rule_matching import first_hits
from core.categorization.rule_splits import split_lines
from core.categorization.rules import Rule, with_names
from core.ingestion.shown_names import as_shown, shown_names
from core.posting.writing import BANK_POSITION
from models import Account, BankAccount, EntryStatus, JournalEntry, JournalLine, Transaction
from models import Rule as StoredRule

YEAR = timedelta(days=365)
MOST_SHOWN = 200  # lines told one by one


@dataclass(frozen=True, slots=True)
class RehearsedLine:
    """A line that the rule would decide, and the accounts (code and name) that its entry has now."""

    booked_on: date
    description: str
    amount_minor: int
    currency: str
    accounts_now: tuple[str, ...]  # () where no entry stands
    is_posted: bool


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Bank lines of a year: how many there are, how many the conditions fit, and how many of those …"""

    first_on: date | None  # None where there are no bank lines
    last_on: date | None
    lines: int
    fitting: int
    taken_earlier: int  # … an earlier rule in force takes first
    booked_elsewhere: int  # … are posted, and not to the accounts of the rule
    not_fitting_split: int = 0  # … are smaller than the fixed amounts of its split
    decided: tuple[RehearsedLine, ...] = ()  # the newest that it would decide, MOST_SHOWN at most


def rehearse_rule(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    conditions: Sequence[Mapping[str, Any]],
    account_id: UUID | None,
    terms: Terms = NO_TERMS,
    rule_id: UUID | None = None,
) -> Rehearsal:
    """Hold the conditions against the live bank lines of the year that ends with the newest of them.

    Args:
        account_id: where the rule books to; None while it is not chosen, and then nothing is booked elsewhere.
        rule_id: the rule that is being changed: only those before it are earlier. None: a new one, after all others.

    Raises: InvalidInput for conditions that cannot be meant; NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    tried = read_rule("this rule", conditions, str(account_id), **asdict(terms))
    last_on = session.execute(select(func.max(Transaction.booked_on)).where(*_live(company_id))).scalar_one()
    if last_on is None:
        return Rehearsal(None, None, 0, 0, 0, 0)
    rows = _rows(session, company_id, last_on - YEAR, _accounts(tried) if account_id else [])
    names = shown_names(session, company_id)
    lines = Lines(
        [row.description for row in rows],
        as_shown([row.counterparty for row in rows], names),
        np.array([row.amount_minor for row in rows], np.int64),
        np.array([row.booked_on for row in rows], "datetime64[D]"),
        [row.code for row in rows],
    )
    size = lines.amount_minor
    fits = first_hits([with_names(tried, names)], lines) == 0
    earlier = [with_names(rule, names) for rule in _earlier(session, company_id, rule_id)]
    elsewhere = np.array([row.posted and not row.there for row in rows], np.bool_)
    taken = first_hits(earlier, lines) >= 0
    return Rehearsal(
        first_on=min(row.booked_on for row in rows),
        last_on=last_on,
        lines=len(rows),
        fitting=int(fits.sum()),
        taken_earlier=int((fits & taken).sum()),
        booked_elsewhere=int((fits & elsewhere).sum()) if account_id else 0,
        not_fitting_split=sum(
            not split.fits for split in split_lines([tried], fits.astype(np.int32) - 1, size).values()
        ),
        decided=_entries_now(session, [rows[i] for i in np.flatnonzero(fits & ~taken)[::-1][:MOST_SHOWN]]),
    )


def _entries_now(session: Session, rows: Sequence[Row[Any]]) -> tuple[RehearsedLine, ...]:
    """The lines with what they are booked to now: posted, or waiting for review."""
    live = (EntryStatus.POSTED, EntryStatus.NEEDS_REVIEW)
    found = session.execute(
        select(col(JournalEntry.transaction_id), col(JournalEntry.status), col(Account.code), col(Account.name))
        .join(JournalLine, col(JournalLine.entry_id) == col(JournalEntry.id))
        .join(Account, col(Account.id) == col(JournalLine.account_id))
        .where(
            col(JournalEntry.transaction_id).in_([row.id for row in rows]),
            col(JournalEntry.status).in_(live),
            col(JournalLine.position) != BANK_POSITION,
        )
        .order_by(col(JournalLine.position))
    ).all()
    accounts: dict[UUID, list[str]] = {}
    for line_id, _, code, name in found:
        accounts.setdefault(line_id, []).append(f"{code} {name}")
    posted = {line_id for line_id, status, _, _ in found if status == EntryStatus.POSTED}
    return tuple(
        RehearsedLine(
            row.booked_on, row.description, row.amount_minor, row.currency, tuple(accounts.get(row.id, ())),
            row.id in posted,
        )
        for row in rows
    )  # fmt: skip


def _accounts(rule: Rule) -> list[UUID]:
    return [UUID(account) for account in rule.accounts]


def _live(company_id: UUID) -> tuple[Any, ...]:
    return col(Transaction.company_id) == company_id, col(Transaction.reverted_at).is_(None)


def _rows(session: Session, company_id: UUID, after: date, account_ids: Sequence[UUID]) -> Sequence[Row[Any]]:
    posted = exists().where(
        col(JournalEntry.transaction_id) == col(Transaction.id), col(JournalEntry.status) == EntryStatus.POSTED
    )
    there = posted.where(
        col(JournalLine.entry_id) == col(JournalEntry.id), col(JournalLine.account_id).in_(account_ids)
    )
    return session.execute(
        select(
            col(Transaction.id), col(Transaction.currency), col(Transaction.description),
            col(Transaction.counterparty), col(Transaction.amount_minor), col(Transaction.booked_on),
            col(BankAccount.code), posted.label("posted"), there.label("there"),
        )
        .join(BankAccount, col(BankAccount.id) == col(Transaction.bank_account_id))
        .where(*_live(company_id), col(Transaction.booked_on) > after)
        .order_by(col(Transaction.booked_on), col(Transaction.id))
    ).all()  # fmt: skip


def _earlier(session: Session, company_id: UUID, rule_id: UUID | None) -> list[Rule]:
    """Rules in force that are tried before this one; those to an account that is switched off are passed over."""
    stored = session.execute(
        select(StoredRule, col(Account.is_active))
        .join(Account, col(Account.id) == col(StoredRule.account_id))
        .where(col(StoredRule.company_id) == company_id)
        .order_by(col(StoredRule.position), col(StoredRule.id))
    )
    found: list[Rule] = []
    for rule, account_is_active in stored:
        if rule.id == rule_id:
            break
        if rule.is_active and account_is_active and not rule.goes_on:
            found.append(rule_of_row(rule))
    return found
