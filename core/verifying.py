"""Check every law of the books on what is stored, without trusting what the database enforces."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.audit import Violation
from core.access.roles import Action, Caller
from core.verification import (
    base_values,
    companies,
    four_eyes,
    ledger,
    matches,
    papers,
    queue,
    receipts,
    replay,
    statements,
    taxes,
)
from core.verification.scope import Check, Scope
from models import Company

CHECKS: Mapping[str, Check] = {
    "law 1: entries balance": ledger.entries_balance,
    "law 1: entries balance in base currency": base_values.entries_balance_in_base,
    "law 1: taxes are on their lines": taxes.taxes_are_on_their_lines,
    "law 2: reversals are exact": ledger.reversals_are_exact,
    "law 2: reversals are exact in base currency": base_values.reversals_are_exact_in_base,
    "law 2: prepared entries have two people": four_eyes.prepared_entries_have_two_people,
    "law 3: closed periods are left alone": statements.closed_periods_are_left_alone,
    "law 4: one live entry for each line": ledger.one_live_entry,
    "law 4: bank lines are stored once": statements.bank_lines_are_stored_once,
    "law 4: deletions hold": statements.deletions_hold,
    "law 4: items are settled by their matches": matches.items_are_settled_by_their_matches,
    "law 4: what waits is listed": queue.waiting_lines_are_listed,
    "law 5: rows stay with their company": companies.rows_stay_with_their_company,
    "law 6: receipts add up": receipts.receipts_add_up,
    "law 7: rates are shares": companies.rates_are_shares,
    "law 8: the audit log is whole": companies.audit_log_is_whole,
    "law 8: the audit log gives the balances": replay.log_gives_the_balances,
    "law 9: bytes are kept": statements.bytes_are_kept,
    "law 9: attachments are kept": papers.attachments_are_kept,
    "law 9: files of opening balances are kept": papers.opening_files_are_kept,
    "law 10: suspense is empty": ledger.suspense_is_empty,
    "law 10: transfers meet in clearing": ledger.transfers_meet,
    "law 10: matches add up": matches.matches_add_up,
    "law 10: bank lines are booked whole": ledger.bank_lines_are_booked_whole,
    "law 10: closed proofs hold": statements.closed_proofs_hold,
}


@dataclass(frozen=True)
class Verification:
    """`checked`: how many rows each check looked at. `violations`: the first broken row of each kind."""

    checked: Mapping[str, int]
    violations: tuple[Violation, ...]


def verify_books(session: Session, caller: Caller, company_ids: Iterable[UUID]) -> Verification:
    """Check the books of these companies, and the audit chain of the installation.

    Raises:
        NotFound: the caller cannot see one of the companies.
    """
    wanted = list(dict.fromkeys(company_ids))
    for company_id in wanted:
        caller.require(company_id, Action.READ)
    rows = session.execute(
        select(col(Company.id), col(Company.slug)).where(col(Company.id).in_(wanted)).order_by(col(Company.slug))
    )
    scope = Scope(session, {row[0]: row[1] for row in rows})
    findings = {name: check(scope) for name, check in CHECKS.items()}
    return Verification(
        checked={name: found.checked for name, found in findings.items()},
        violations=tuple(violation for found in findings.values() for violation in found.violations),
    )
