"""One large bank file against its floor, in one run: previewed, stored, and uploaded again in an overlapping file.

    python -m benchmarks.statement_import --rows 200000 [--repeat 5] [--json]

What is timed, on a SQLite file with a company whose books hold an earlier file of the same account and days:

preview        `preview_files`: reading the bytes, finding the bank account, sorting the lines into new and duplicate
store          the preview, `store_previews` and the commit
again          the preview of another file that repeats every line and adds one
rerun          what a page asks of a preview that it holds: counts, sums, currency, period, first rows
floor          `pandas.read_csv` of the same bytes, and `executemany` of the same rows, as tuples made before,
               into the same table with its indexes but without laws and audit, and the commit

A change is judged by the ratios to the floor; seconds depend on the machine. The peak of the memory is that of a
process that does nothing but preview and store the file; the interpreter and what both import count.
"""

import gc
import json
import multiprocessing
import re
from io import BytesIO
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Annotated, Any
from uuid import UUID

import typer

from benchmarks.bank_year import bank_file
from benchmarks.books import COMMAND, NOW, found_benchmark_company
from core.access.machine import script_caller
from core.ingestion.importing import store_previews
from core.ingestion.previewing import ImportPreview, preview_files
from core.ingestion.raw_file import RawFile
from db.bulk import write_columns
from db.engine import engine, migrate, unit_of_work, use_database

app = typer.Typer(add_completion=False)
HISTORY = 5_000  # lines that the books hold already
TIMED = ("preview_seconds", "store_seconds", "again_seconds", "rerun_seconds", "floor_seconds")


@app.command()
def main(
    rows: Annotated[int, typer.Option(help="lines of the file")] = 200_000,
    repeat: Annotated[int, typer.Option(help="runs of each; medians are told")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Print seconds, their ratios to the floor and the peak of the memory."""
    content = bank_file(rows)
    runs = [one_run(content) for _ in range(repeat)]
    answer: dict[str, Any] = {"rows": rows, "mib": round(len(content) / 2**20, 1), "repeat": repeat}
    for name in TIMED:
        answer[name] = round(median(run[name] for run in runs), 4)
    for name in TIMED[:-1]:
        ratio = median(run[name] / run["floor_seconds"] for run in runs)
        answer[name.replace("seconds", "ratio")] = round(ratio, 2)
    answer["peak_mib"] = peak_of(rows)
    typer.echo(json.dumps(answer) if as_json else "\n".join(f"{name:16} {value}" for name, value in answer.items()))


def one_run(content: bytes) -> dict[str, float]:
    """Product and floor once, on a fresh database."""
    import pandas as pd  # here, so that the process whose memory is measured does without the floor's libraries

    from benchmarks.pipeline import timed, write_again

    with TemporaryDirectory() as folder, use_database(f"sqlite:///{folder}/books.db"):
        company_id = company_with_history()
        gc.collect()
        run = preview_and_store(company_id, content)
        gc.collect()
        run["again_seconds"] = _again(company_id, content)
        gc.collect()
        parse = timed(lambda: pd.read_csv(BytesIO(content), parse_dates=["Date"]))
        run["floor_seconds"] = parse + write_again(engine(), f"sqlite:///{folder}/floor.db", ("transactions",))
    return run


def company_with_history() -> UUID:
    migrate()
    company_id = found_benchmark_company()
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        previews = preview_files(session, caller, company_id, [RawFile("before.csv", bank_file(HISTORY, seed=7))])
        store_previews(session, caller, company_id, previews, write=write_columns, now=NOW)
    return company_id


def preview_and_store(company_id: UUID, content: bytes) -> dict[str, float]:
    started = perf_counter()
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        previews = preview_files(session, caller, company_id, [RawFile("bank.csv", content)])
        previewed = perf_counter() - started
        _look_at(previews[0])
        looked = perf_counter()
        _look_at(previews[0])
        rerun = perf_counter() - looked
        (receipt,) = store_previews(session, caller, company_id, previews, write=write_columns, now=NOW)
    stored = perf_counter() - started
    assert receipt.new_count == receipt.line_count == content.count(b"\n") - 1, receipt.refusal
    return {"preview_seconds": previewed, "store_seconds": stored, "rerun_seconds": rerun}


def _again(company_id: UUID, content: bytes) -> float:
    more = content + b'2034-01-01,"One more",-1.00,1.00\n'
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        started = perf_counter()
        (preview,) = preview_files(session, caller, company_id, [RawFile("again.csv", more)])
        seconds = perf_counter() - started
    assert (preview.new_count, preview.duplicate_count) == (1, content.count(b"\n") - 1), preview.refusal
    return seconds


def _look_at(preview: ImportPreview) -> tuple[object, ...]:
    return (
        preview.line_count, preview.lines_minor, preview.new_count, preview.duplicate_count, preview.currency,
        preview.period, preview.first_rows(), preview.refusal, [one.new_minor for one in preview.accounts],
    )  # fmt: skip


def peak_of(rows: int) -> int:
    """MiB at most that a fresh process holds while it previews and stores the file."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_peak, (rows,))


def _peak(rows: int) -> int:
    content = bank_file(rows)
    with TemporaryDirectory() as folder, use_database(f"sqlite:///{folder}/books.db"):
        preview_and_store(company_with_history(), content)
    # Not getrusage: what it tells of a process begins with the memory of the one that started it.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    return int(peak) // 1024


if __name__ == "__main__":
    app()
