"""The whole pipeline against its floor, in one run: files → committed entries, beside what no pipeline could save.

The floor parses the same bytes with pandas, writes the same rows into the same tables (without triggers and audit) and
asks the model once about the same lines. A change is judged by the ratio of the two; seconds depend on the machine.

    python -m benchmarks.pipeline --rows 100000 [--database-url URL] [--repeat 5] [--json]
"""

import gc
import json
import resource
from collections.abc import Callable, Collection
from io import BytesIO
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID

import numpy as np
import pandas as pd
import typer
from sqlalchemy import Connection, Engine, text
from sqlmodel import col, select

from benchmarks.bank_year import bank_file
from benchmarks.books import COMMAND, NOW, found_benchmark_company
from core.access.machine import script_caller
from core.categorization.lines import Lines
from core.categorization.model import rank
from core.categorization.proposing import load_proposer
from core.ingestion.importing import store_previews
from core.ingestion.previewing import preview_files
from core.ingestion.raw_file import RawFile
from core.posting.entries import book_company
from core.reconciliation.reconciling import match_company
from db.bulk import write_columns
from db.engine import engine, forget, migrate, open_engine, snapshot, unit_of_work, use_database
from models import Table, Transaction

app = typer.Typer(add_completion=False)
BULK = ("transactions", "proposals", "journal_entries", "journal_lines")


@app.command()
def main(
    rows: Annotated[int, typer.Option(help="lines of the file")] = 1702,
    database_url: Annotated[str, typer.Option(help="PostgreSQL to make schemas in; default: SQLite files")] = "",
    repeat: Annotated[int, typer.Option(help="runs of each; medians are told")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Print rows, seconds, rows a second, the floor and the ratio to it, the peak memory and the stages."""
    content = bank_file(rows)
    load_libraries()
    runs = [one_run(content, rows, database_url) for _ in range(repeat)]
    seconds, floor = (median(run[name] for run in runs) for name in ("seconds", "floor_seconds"))
    answer = {
        "rows": rows,
        "seconds": round(seconds, 3),
        "rows_per_second": round(rows / seconds),
        "floor_seconds": round(floor, 3),
        "ratio": round(median(run["seconds"] / run["floor_seconds"] for run in runs), 2),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "stages": {name: round(median(run["stages"][name] for run in runs), 3) for name in runs[0]["stages"]},
        "floor_stages": {name: round(median(run["floor"][name] for run in runs), 3) for name in runs[0]["floor"]},
        "repeat": repeat,
    }
    typer.echo(json.dumps(answer) if as_json else "\n".join(f"{name:16} {value}" for name, value in answer.items()))


def load_libraries() -> None:
    """Import what is imported lazily, so that neither side pays for it."""
    import lightgbm  # noqa: F401
    import polars  # noqa: F401
    import sklearn.feature_extraction.text  # noqa: F401

    from core.categorization.starter import load_starter

    load_starter()


def one_run(content: bytes, rows: int, database_url: str) -> dict[str, Any]:
    """Pipeline and floor once, on fresh databases."""
    with TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/books.db"
        _empty(url)
        with use_database(url):
            migrate()
            company_id = found_benchmark_company()
            gc.collect()
            stages = run_pipeline(company_id, content)
            lines = _lines(company_id, rows)
            floor = {"parse": timed(lambda: pd.read_csv(BytesIO(content), parse_dates=["Date"]))}
            floor["write"] = write_again(engine(), database_url or f"sqlite:///{folder}/floor.db")
            floor["predict"] = timed(lambda: _predict(company_id, lines))
    return {
        "stages": stages,
        "floor": floor,
        "seconds": sum(stages.values()),
        "floor_seconds": sum(floor.values()),
    }


def run_pipeline(company_id: UUID, content: bytes) -> dict[str, float]:
    """Seconds a stage, commit included; the same calls as core.flow makes."""
    stages: dict[str, float] = {}
    file = RawFile("bank.csv", content)
    started = perf_counter()
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        previews = preview_files(session, caller, company_id, [file])
        stages["preview"], started = perf_counter() - started, perf_counter()
        store_previews(session, caller, company_id, previews, write=write_columns, now=NOW)
        stages["store"], started = perf_counter() - started, perf_counter()
        match_company(session, caller, company_id, write=write_columns, now=NOW)
        stages["match"], started = perf_counter() - started, perf_counter()
        book_company(session, caller, company_id, write=write_columns, now=NOW)
        stages["book"], started = perf_counter() - started, perf_counter()
    stages["commit"] = perf_counter() - started
    return stages


def write_again(source: Engine, url: str, tables: Collection[str] = BULK) -> float:
    """Seconds to write the rows of some tables a second time, raw, into the same tables without triggers."""
    target = open_engine(url)
    schema = "floor" if target.dialect.name == "postgresql" else None
    seconds = 0.0
    with source.connect() as reading, target.begin() as writing:
        if schema:
            writing.execute(text("CREATE SCHEMA floor"))
            writing.execute(text("SET search_path TO floor"))
        Table.metadata.create_all(writing)
        for table in Table.metadata.sorted_tables:
            took = _copied(reading, writing, table.name)
            seconds += took if table.name in tables else 0.0
        started = perf_counter()
    target.dispose()
    return seconds + perf_counter() - started


def _copied(reading: Connection, writing: Connection, table: str) -> float:
    if reading.dialect.name == "postgresql":
        block = BytesIO()
        reading.connection.cursor().copy_expert(f'COPY public."{table}" TO STDOUT', block)
        block.seek(0)
        return timed(lambda: writing.connection.cursor().copy_expert(f'COPY floor."{table}" FROM STDIN', block))
    found = reading.exec_driver_sql(f'SELECT * FROM "{table}"')
    names, rows = list(found.keys()), [tuple(row) for row in found]
    marks = ", ".join("?" * len(names))
    sql = f'INSERT INTO "{table}" ({", ".join(names)}) VALUES ({marks})'
    return timed(lambda: writing.exec_driver_sql(sql, rows)) if rows else 0.0


def _predict(company_id: UUID, lines: Lines) -> None:
    with snapshot() as session:
        proposer = load_proposer(session, script_caller(session, COMMAND), company_id)
    rank(lines, proposer.accounts, proposer.history, proposer.ranker)


def _lines(company_id: UUID, rows: int) -> Lines:
    with snapshot() as session:
        stored = session.execute(
            select(
                Transaction.description, Transaction.counterparty, Transaction.amount_minor, Transaction.booked_on
            ).where(col(Transaction.company_id) == company_id)
        ).all()
    assert len(stored) == rows, f"{len(stored)} of {rows} lines stored"
    description, counterparty, amount_minor, booked_on = zip(*stored, strict=True)
    return Lines(
        description,
        counterparty,
        np.array(amount_minor, np.int64),
        np.array(booked_on, "datetime64[D]"),
        ["checking"] * rows,
    )


def _empty(url: str) -> None:
    if not url.startswith("postgresql"):
        return
    opened = open_engine(url)
    with opened.begin() as connection:
        for schema in ("floor", "public"):
            connection.execute(text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    opened.dispose()
    forget(url)


def timed(work: Callable[[], Any]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


if __name__ == "__main__":
    app()
