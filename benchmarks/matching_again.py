"""What one more file costs a company with long books: its lines are matched against all that is open.

    python -m benchmarks.matching_again --lines 100000 --new 200 [--database-url URL]

A company gets the items and all but the last lines of `benchmarks.matching_cases` and is matched; then the last lines
arrive. "Everything" is a run that looks at all that is open, as the first one of each month does. See docs/matching.md.
"""

import json
import resource
from collections.abc import Mapping
from tempfile import TemporaryDirectory
from time import process_time
from typing import Annotated, Any
from uuid import UUID

import numpy as np
import typer
from sqlmodel import Session, col, select

from benchmarks.books import COMMAND, NOW, found_benchmark_company
from benchmarks.matching_cases import ACCOUNTS, matching_cases
from core.access.machine import script_caller
from core.founding import add_bank_account
from core.matching.set_csv import read_bank, read_items
from core.matching.values import BankLines, Integers, OpenItems
from core.posting.writing import new_keys
from core.reconciliation.reconciling import MatchingResult, match_company
from db.bulk import write_columns
from db.engine import migrate, unit_of_work, use_database
from models import (
    Account,
    AccountType,
    BankAccount,
    BankAccountKind,
    FileKind,
    FileStatus,
    ItemKind,
    OpenItem,
    StatementFile,
    Transaction,
)


def main(
    lines: Annotated[int, typer.Option(help="bank lines that are matched before")] = 100_000,
    new: Annotated[int, typer.Option(help="lines of the file that arrives")] = 200,
    database_url: Annotated[str, typer.Option(help="an empty PostgreSQL database; default: a SQLite file")] = "",
    difficulty: str = "medium",
    seed: int = 1,
) -> None:
    """Print one JSON row a run: what it found and its processor seconds."""
    files = matching_cases(seed, difficulty, lines + new).files()
    bank, items = read_bank(files["bank.csv"]), read_items(files["items.csv"])
    order = np.argsort(bank.booked_on, kind="stable")
    with TemporaryDirectory() as folder, use_database(database_url or f"sqlite:///{folder}/books.db"):
        migrate()
        company_id = found_benchmark_company()
        with unit_of_work() as session:
            accounts = _bank_accounts(session, company_id)
            _store_items(session, company_id, items)
            _store_lines(session, company_id, accounts, bank, order[:-new])
        _tell("first run", company_id)
        _tell("again, without news", company_id)
        with unit_of_work() as session:
            _store_lines(session, company_id, accounts, bank, order[-new:])
        _tell(f"{new} new lines", company_id)
        _tell("again, without news", company_id)


def _tell(name: str, company_id: UUID) -> None:
    started = process_time()
    with unit_of_work() as session:
        found = match_company(session, script_caller(session, COMMAND), company_id, write=write_columns, now=NOW)
    print(
        json.dumps({"run": name, "processor_seconds": round(process_time() - started, 2), **_facts(found)}), flush=True
    )


def _facts(found: MatchingResult) -> dict[str, Any]:
    return {
        "confirmed": found.confirmed_transfers + found.confirmed_settlements, "suggested": found.suggested,
        "open_lines": found.open_lines, "open_items": found.open_items,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip


def _bank_accounts(session: Session, company_id: UUID) -> Mapping[str, BankAccount]:
    """A bank account for each account of the cases."""
    caller = script_caller(session, COMMAND)
    return {
        code: add_bank_account(
            session, caller, company_id, code=f"bank{code}", name=f"Bank {code}", kind=BankAccountKind.BANK,
            currency="USD", now=NOW,
        )
        for code in ACCOUNTS
    }  # fmt: skip


def _store_lines(
    session: Session, company_id: UUID, accounts: Mapping[str, BankAccount], bank: BankLines, rows: Integers
) -> None:
    for code, account in accounts.items():
        here = [row for row in rows.tolist() if bank.account[row] == code]
        keys = new_keys(1)
        write_columns(session, StatementFile, {
            "id": keys, "company_id": [company_id], "bank_account_id": [account.id], "name": [f"{code}.csv"],
            "sha256": [keys[0].hex * 2], "size": [1], "kind": [FileKind.STATEMENT], "status": [FileStatus.STORED],
            "uploaded_at": [NOW], "line_count": [len(here)], "new_count": [len(here)], "content": [b"x"],
        })  # fmt: skip
        write_columns(session, Transaction, {
            "id": new_keys(len(here)), "company_id": [company_id] * len(here),
            "bank_account_id": [account.id] * len(here), "statement_file_id": keys * len(here),
            "row": range(1, len(here) + 1), "booked_on": bank.booked_on[here].tolist(),
            "amount_minor": bank.amount_minor[here].tolist(), "currency": ["USD"] * len(here),
            "description": [bank.text[row] for row in here], "counterparty": [""] * len(here),
            "fingerprint": [f"{row:032x}" for row in here],
        })  # fmt: skip


def _store_items(session: Session, company_id: UUID, items: OpenItems) -> None:
    revenue = session.execute(
        select(col(Account.id)).where(col(Account.company_id) == company_id, col(Account.type) == AccountType.REVENUE)
    ).scalars().first()  # fmt: skip
    count = len(items)
    kinds = [ItemKind.PAYOUT if kind == "sale" else ItemKind(kind) for kind in items.kind]
    write_columns(session, OpenItem, {
        "id": new_keys(count), "company_id": [company_id] * count, "kind": kinds,
        "number": items.key, "counterparty": items.counterparty, "issued_on": items.issued_on.tolist(),
        "amount_minor": items.amount_minor.tolist(), "currency": ["USD"] * count,
        "reference": [references[0] for references in items.references], "account_id": [revenue] * count,
    })  # fmt: skip


if __name__ == "__main__":
    typer.run(main)
