"""Booking opening balances: one entry at a date, once; a later trial balance takes its place by a reversal."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import InvalidLines, OpeningRefused, TrialBalanceUneven
from core.ingestion.raw_file import RawFile
from core.money import decimal_text
from core.opening.planning import OpeningLine, OpeningPlan, plan_opening
from core.posting.chart_keeping import add_account
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import write_reversals
from core.posting.writing import LineColumns, NewEntries, digest_rows, new_keys, post_entries, write_entries
from core.storage import WriteColumns
from models import Method, OpeningBalances

_NAME_LENGTH = 255


@dataclass(frozen=True, slots=True)
class OpeningReceipt:
    """What was booked. `reversed_id` is the entry of earlier opening balances that this took the place of."""

    entry_id: UUID
    plan: OpeningPlan
    accounts_made: int
    reversed_id: UUID | None


def post_opening(
    session: Session,
    caller: Caller,
    company_id: UUID,
    file: RawFile,
    booked_on: date,
    *,
    replace: bool = False,
    write: WriteColumns,
    now: datetime,
) -> OpeningReceipt:
    """Book a trial balance as the opening balances of a day; new accounts are made, the file is kept.

    Args:
        booked_on: the day at whose end the balances hold; the books begin after it.
        replace: reverse the opening balances that are in force, if there are any.

    Raises:
        OpeningRefused: there are opening balances already, lines of before wait for review, or the books hold these
            balances already.
        TrialBalanceUneven: debits and credits differ.
        InvalidLines: rows cannot be booked, with the reason of each. NoTable, UnknownFormat: no row can be read.
        PeriodClosed: the day, or that of what would be replaced, falls in a closed period.
        InvalidInput, AlreadyTaken: a new account's code or name cannot be used.
        NotFound, AccessDenied: only for those who may change accounts.
    """
    company = open_company(session, caller, company_id, Action.CONFIGURE)
    plan = plan_opening(session, caller, company_id, file, booked_on, lock=True)
    _check(company, plan, file, replace=replace)
    if plan.replaces is not None:
        write_reversals(session, caller, company, [plan.replaces], write=write, now=now)
    made = [_made(session, caller, company_id, line, now) for line in plan.lines if line.account_id is None]
    booked = [line for line in plan.lines if line.amount_minor]
    entry_id = _write(session, write, caller, company, plan, booked, dict(made), now)
    kept = OpeningBalances(
        company_id=company_id, entry_id=entry_id, name=file.name[-_NAME_LENGTH:], sha256=file.digest,
        content=file.content, booked_by=caller.user_id, booked_at=now,
    )  # fmt: skip
    session.add(kept)
    facts = {
        "booked_on": booked_on, "file": kept.name, "sha256": kept.sha256, "currency": plan.currency,
        "debit_minor": plan.debit_minor, "accounts": len(booked), "accounts_made": len(made),
    }  # fmt: skip
    replaced = plan.replaces.id if plan.replaces else None
    record(
        session, caller, company_id=company_id, action="opening balances booked", subject="entry", subject_id=entry_id,
        before={"entry": replaced} if replaced else None, after=facts, row_count=len(booked),
        rows_digest=rows_digest(digest_rows([entry_id], _columns(booked, dict(made)))), now=now,
    )  # fmt: skip
    return OpeningReceipt(entry_id, plan, len(made), replaced)


def _check(company: OpenCompany, plan: OpeningPlan, file: RawFile, *, replace: bool) -> None:
    if plan.replaces is not None and not replace:
        raise OpeningRefused(
            f"Opening balances of {plan.replaces.booked_on} are booked already, from {plan.replaces.file_name}. "
            "Replace them if they are wrong; the old entry is then reversed."
        )
    company.check_open([plan.booked_on])
    if of_all := next((problem.message for problem in plan.errors if not problem.row), ""):
        raise OpeningRefused(f"The opening balances cannot be booked: {of_all}.")
    if plan.errors:
        raise InvalidLines(file.name, [(problem.row, problem.message) for problem in plan.errors])
    if plan.difference_minor:
        amounts = (plan.debit_minor, plan.credit_minor, abs(plan.difference_minor))
        debit, credit, difference = (decimal_text(minor, plan.currency) for minor in amounts)
        raise TrialBalanceUneven(debit, credit, difference, plan.currency)
    if not any(line.amount_minor for line in plan.lines):
        raise OpeningRefused(f"The books of {plan.booked_on} hold these balances already; there is nothing to book.")


def _made(session: Session, caller: Caller, company_id: UUID, line: OpeningLine, now: datetime) -> tuple[str, UUID]:
    account = add_account(session, caller, company_id, code=line.code, name=line.name, type=line.type, now=now)
    return line.code, account.id


def _columns(booked: list[OpeningLine], made: dict[str, UUID]) -> LineColumns:
    return LineColumns(
        [0] * len(booked),
        list(range(1, len(booked) + 1)),
        [line.account_id or made[line.code] for line in booked],
        [line.amount_minor for line in booked],
    )


def _write(
    session: Session,
    write: WriteColumns,
    caller: Caller,
    company: OpenCompany,
    plan: OpeningPlan,
    booked: list[OpeningLine],
    made: dict[str, UUID],
    now: datetime,
) -> UUID:
    entry_id = new_keys(1)[0]
    entries = NewEntries(
        id=[entry_id], transaction_id=[None], booked_on=[plan.booked_on], currency=[plan.currency],
        method=[Method.MANUAL], lines=_columns(booked, made),
        optional={
            "memo": [f"Opening balances of {plan.booked_on}"],
            "replaces_id": [plan.replaces.id if plan.replaces else None],
        },
    )  # fmt: skip
    write_entries(session, write, company.id, entries, now=now)
    post_entries(session, company.id, [entry_id], now=now, by=caller.user_id)
    return entry_id
