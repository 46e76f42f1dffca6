"""What the database file says, asked past the product: plain SQL over its own connection."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.e2e.servers import ROOT, Server

IN_LEDGER = "entry.status in ('posted', 'reversed')"


@dataclass(frozen=True)
class Books:
    """The embedded database behind a running workbench, read while nobody writes."""

    database_url: str

    @property
    def path(self) -> Path:
        return Path(self.database_url.removeprefix("sqlite:///"))

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as connection:
            return connection.execute(query, values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        """The single value of a query with one row and one column."""
        ((value,),) = self.rows(query, *values)
        return value

    def lines(self) -> int:
        """Bank lines in the books."""
        return int(self.one("select count(*) from transactions where reverted_at is null"))

    def waiting(self) -> int:
        """Entries that wait for a person."""
        return int(self.one("select count(*) from journal_entries where status = 'needs_review'"))

    def files(self) -> list[tuple[Any, ...]]:
        """(name, status, lines, new, duplicate, refused, net of the new lines) in the order of upload."""
        return self.rows(
            "select name, status, line_count, new_count, duplicate_count, refused_count, new_minor"
            " from statement_files order by uploaded_at, name"
        )

    def ledger_sum(self, kind: str) -> int:
        """Debit less credit over all accounts of a type, in minor units."""
        return int(
            self.one(
                "select coalesce(sum(line.amount_minor), 0) from journal_lines line"
                " join journal_entries entry on entry.id = line.entry_id"
                " join accounts account on account.id = line.account_id"
                f" where account.type = ? and {IN_LEDGER}",
                kind,
            )
        )

    def verify(self) -> dict[str, Any]:
        """What `scripts.verify_books` finds, run as a command of its own."""
        done = run_script("scripts.verify_books", self.database_url, "--json")
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def books_of(server: Server) -> Books:
    return Books(server.database_url)


def run_script(module: str, database_url: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the product on the database."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
