"""However a bank account's lines are exported and in whatever order the files come: the books hold each once."""

import random
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from core.ingestion.duplicates import KnownLines, sort_lines
from core.ingestion.importing import store_previews
from core.ingestion.line_facts import LineFacts, Source, identity_text
from core.ingestion.previewing import preview_files
from core.ingestion.raw_file import RawFile
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import Transaction
from tests import builders, databases

CSV, OFX = Source("csv", "description=['Text']"), Source("ofx")
FIRST = date(2024, 3, 1)
TEXTS = ("coffee", "bus", "Rent  ")

# Days, amounts and texts from tiny sets, so that lines collide.
LEDGERS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([-100, -50, 100]), st.sampled_from(TEXTS)), max_size=25
).map(sorted)
SPENDINGS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([-100, -50]), st.sampled_from(TEXTS)), max_size=25
).map(sorted)
WINDOWS = st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=6)


def facts(ledger: list[tuple[int, int, str]], *, ids: bool = False, balances: bool = False) -> list[LineFacts]:
    """The true ledger as the bank knows it, in the order of booking."""
    lines, balance = [], 100_000
    for number, (day, amount, text) in enumerate(ledger):
        balance += amount
        lines.append(
            LineFacts(
                FIRST + timedelta(days=day),
                amount,
                identity_text(text, ""),
                f"fit{number}" if ids else "",
                balance if balances else None,
                OFX if ids else CSV,
            )
        )
    return lines


def day_windows(lines: list[LineFacts], windows: list[tuple[int, int]]) -> list[list[LineFacts]]:
    """Exports of whole days that overlap as they like, and the days between them, so that nothing is left out."""
    files = []
    for left, right in [*windows, (0, 25)]:
        first, last = sorted((FIRST + timedelta(days=left % 6), FIRST + timedelta(days=right % 6)))
        files.append([line for line in lines if first <= line.booked_on <= last])
    return [*files, [line for line in lines if line.booked_on == FIRST], lines]


def row_windows(lines: list[LineFacts], windows: list[tuple[int, int]]) -> list[list[LineFacts]]:
    """Exports cut anywhere, also in the middle of a day; cut into parts, they hold every line."""
    cuts = sorted({0, len(lines), *(left % (len(lines) + 1) for left, _ in windows)})
    parts = [lines[left:right] for left, right in pairwise(cuts)]
    return parts + [lines[min(pair) : max(pair)] for pair in windows]


def imported(files: list[list[LineFacts]]) -> list[LineFacts]:
    """Import file by file; every file has to be conserved: what is not new, the books hold."""
    known = KnownLines()
    stored: list[LineFacts] = []
    for file in files:
        result = sort_lines(file, known)
        held = Counter((line.booked_on, line.amount_minor) for line in stored)
        old = Counter(
            (line.booked_on, line.amount_minor) for line, new in zip(file, result.is_new, strict=True) if not new
        )
        assert not old - held, "a duplicate of nothing"
        new = [line._replace(fingerprint=mark) for line, mark in zip(file, result.fingerprints, strict=True) if mark]
        assert len(new) == sum(result.is_new)
        known.add(new)
        stored += new
    assert len({line.fingerprint for line in stored}) == len(stored)
    return stored


def truth(lines: list[LineFacts]) -> Counter[tuple[date, int, str]]:
    return Counter((line.booked_on, line.amount_minor, line.text) for line in lines)


def shuffled(files: list[list[LineFacts]], seed: int) -> list[list[LineFacts]]:
    """In any order, some of them twice."""
    chance = random.Random(seed)
    again = [file for file in files if chance.random() < 0.3]
    order = files + again
    chance.shuffle(order)
    return order


@settings(deadline=None)
@given(ledger=LEDGERS, windows=WINDOWS, seed=st.integers(0, 999))
def test_exports_of_whole_days_give_the_true_ledger(
    ledger: list[tuple[int, int, str]], windows: list[tuple[int, int]], seed: int
) -> None:
    lines = facts(ledger)
    assert truth(imported(shuffled(day_windows(lines, windows), seed))) == truth(lines)


@settings(deadline=None)
@given(ledger=LEDGERS, windows=WINDOWS, seed=st.integers(0, 999))
def test_exports_with_ids_of_the_bank_give_the_true_ledger_wherever_they_are_cut(
    ledger: list[tuple[int, int, str]], windows: list[tuple[int, int]], seed: int
) -> None:
    lines = facts(ledger, ids=True)
    assert truth(imported(shuffled(row_windows(lines, windows), seed))) == truth(lines)


@settings(deadline=None)
@given(ledger=SPENDINGS, windows=WINDOWS, seed=st.integers(0, 999))
def test_exports_with_running_balances_give_the_true_ledger_wherever_they_are_cut(
    ledger: list[tuple[int, int, str]], windows: list[tuple[int, int]], seed: int
) -> None:
    lines = facts(ledger, balances=True)
    assert truth(imported(shuffled(row_windows(lines, windows), seed))) == truth(lines)


@settings(deadline=None)
@given(ledger=LEDGERS, windows=WINDOWS, seed=st.integers(0, 999))
def test_a_bank_that_sorts_the_lines_of_a_day_anew_at_each_export_does_not_double_them(
    ledger: list[tuple[int, int, str]], windows: list[tuple[int, int]], seed: int
) -> None:
    chance = random.Random(seed)
    files = []
    for window in day_windows(facts(ledger), windows):
        days = {line.booked_on for line in window}
        part = [row for row in ledger if FIRST + timedelta(days=row[0]) in days]
        before = sum(row[1] for row in ledger if part and row[0] < part[0][0])
        order = sorted(part, key=lambda row: (row[0], chance.random()))
        made = facts(order, balances=True)
        files.append([line._replace(balance_minor=(line.balance_minor or 0) + before) for line in made])
    assert truth(imported(shuffled(files, seed))) == truth(facts(ledger))


@settings(deadline=None)
@given(ledger=LEDGERS, windows=WINDOWS, seed=st.integers(0, 999))
def test_csv_and_ofx_of_whole_days_in_any_order_give_the_days_and_amounts_of_the_true_ledger(
    ledger: list[tuple[int, int, str]], windows: list[tuple[int, int]], seed: int
) -> None:
    with_ids = [line._replace(text=f"POS {line.text} 0815") for line in facts(ledger, ids=True)]
    files = day_windows(facts(ledger), windows) + day_windows(with_ids, windows)
    stored = Counter((line.booked_on, line.amount_minor) for line in imported(shuffled(files, seed)))
    assert stored == Counter((line.booked_on, line.amount_minor) for line in facts(ledger))


def csv_of(lines: list[LineFacts], name: str) -> RawFile:
    rows = [f"{line.booked_on},{line.text},{line.amount_minor / 100:.2f}" for line in lines]
    return RawFile(name, "\n".join(["Date,Description,Amount", *rows, ""]).encode())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ledger=SPENDINGS, windows=WINDOWS, seed=st.integers(0, 999), sizes=st.lists(st.integers(1, 4), max_size=12))
def test_whatever_is_uploaded_the_database_holds_the_true_ledger_and_every_receipt_is_conserved(
    sqlite_template: Path, tmp_path: Path, ledger: list[tuple[int, int, str]], windows: list[tuple[int, int]],
    seed: int, sizes: list[int],
) -> None:  # fmt: skip
    lines = facts(ledger)
    exports = [file for file in shuffled(day_windows(lines, windows), seed) if file]
    files = [csv_of(file, f"{place}.csv") for place, file in enumerate(exports)]
    with databases.sqlite_copy(sqlite_template, tmp_path):
        with unit_of_work() as session:
            books = builders.books(session)
        caller = builders.caller(books.company_id)
        while files:
            size = sizes.pop() if sizes else len(files)
            upload, files = files[:size], files[size:]
            with snapshot() as session:
                previews = preview_files(session, caller, books.company_id, upload)
            with unit_of_work() as session:
                receipts = store_previews(
                    session, caller, books.company_id, previews, write=write_columns, now=builders.NOW
                )
            for preview, receipt in zip(previews, receipts, strict=True):
                assert receipt.new_count == preview.new_count
                assert receipt.line_count == preview.line_count
        with snapshot() as session:
            rows = session.exec(
                select(Transaction.booked_on, Transaction.amount_minor, Transaction.description).where(
                    col(Transaction.company_id) == books.company_id
                )
            ).all()
        assert Counter((day, amount, identity_text(text, "")) for day, amount, text in rows) == truth(lines)
