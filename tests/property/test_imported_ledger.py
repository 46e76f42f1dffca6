"""Any exports of a bank account, imported in any way, with a person who answers what is asked: the books are the truth.

The person answers doubtful lines only. A line that is lost or stored twice without having been shown as doubtful makes
these tests fail.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from core.errors import ImportInUse
from core.ingestion.importing import revert_import, store_previews
from core.ingestion.previewing import FileAnswer, ImportPreview, preview_files
from core.ingestion.raw_file import RawFile
from core.verifying import verify_books
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import FileStatus, Transaction
from tests import builders
from tests.builders import NOW, Books

FIRST = date(2024, 3, 1)
TEXTS = ("coffee", "bus", "rent")
WRITERS = ("csv", "csv with balance", "csv in other words", "ofx", "ofx in other words")

Slot = tuple[date, int]


@dataclass(frozen=True)
class Line:
    """One line of the bank's own ledger; `number` is what no export shows."""

    number: int
    day: date
    amount: int
    text: str
    balance: int


def ledger_of(rows: list[tuple[int, int, str]]) -> list[Line]:
    made, balance = [], 50_000
    for number, (day, amount, text) in enumerate(sorted(rows)):
        balance += amount
        made.append(Line(number, FIRST + timedelta(days=day), amount, text, balance))
    return made


def written(lines: list[Line], writer: str, name: str) -> RawFile:
    if writer.startswith("ofx"):
        return RawFile(f"{name}.ofx", ofx(lines, "POS {} 0815" if writer == "ofx" else "ZX{:.1}").encode())
    words = "{}" if writer != "csv in other words" else "card {:.2}"
    head = "Date,Description,Amount" + (",Balance" if writer == "csv with balance" else "")
    rows: list[str] = []
    for line in lines:
        cells = [str(line.day), words.format(line.text), money(line.amount)]
        rows.append(",".join([*cells, money(line.balance)] if writer == "csv with balance" else cells))
    return RawFile(f"{name}.csv", "\n".join([head, *rows, ""]).encode())


def ofx(lines: list[Line], words: str) -> str:
    made = "".join(
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{line.day:%Y%m%d}<TRNAMT>{money(line.amount)}<FITID>f{line.number}"
        f"<NAME>{words.format(line.text)}"
        for line in lines
    )
    return (
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD"
        f"<BANKACCTFROM><ACCTID>111222333</BANKACCTFROM><BANKTRANLIST>{made}</BANKTRANLIST>"
        "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )


def money(minor: int) -> str:
    return f"{Decimal(minor) / 100:.2f}"


@dataclass
class Person:
    """Imports files and answers what is doubtful so that the books come to hold each line of the bank once."""

    books: Books
    files: dict[UUID, list[Line]] = field(default_factory=dict)  # stored ones
    minute: int = 0

    def held(self) -> set[int]:
        return {line.number for lines in self.files.values() for line in lines}

    def upload(self, exports: list[tuple[RawFile, list[Line]]]) -> None:
        """One upload; the answers are given file by file, since what one brings the next one meets.

        A file that the reader asks about, such as one without a sign at any amount, is left out.
        """
        caller, company_id = builders.caller(self.books.company_id), self.books.company_id
        answers: dict[str, FileAnswer] = {}
        held = self.held()
        with snapshot() as session:
            read = preview_files(session, caller, company_id, [file for file, _ in exports])
            taken = [one for one, preview in zip(exports, read, strict=True) if not preview.error]
            raw = [file for file, _ in taken]
            for place, (file, lines) in enumerate(taken, 1):
                preview = preview_files(session, caller, company_id, raw[:place], answers=answers)[-1]
                if preview.duplicate_of is None:
                    answers[file.digest] = answer(preview, lines, held)
                    held |= {line.number for line in lines}
            previews = preview_files(session, caller, company_id, raw, answers=answers)
        self.minute += 1
        now = NOW + timedelta(minutes=self.minute)
        with unit_of_work() as session:
            receipts = store_previews(session, caller, company_id, previews, write=write_columns, now=now)
        for (_, lines), preview, receipt in zip(taken, previews, receipts, strict=True):
            assert receipt.status is not FileStatus.REFUSED, receipt.refusal
            assert (receipt.line_count, receipt.new_count) == (len(lines), preview.new_count)
            if receipt.status is FileStatus.STORED:
                self.files[receipt.file_id] = lines

    def take_back(self, choice: int) -> list[Line]:
        """Take one of the files back, unless a later one counts on it; what is to be imported again."""
        if not self.files:
            return []
        file_id = list(self.files)[choice % len(self.files)]
        self.minute += 1
        try:
            with unit_of_work() as session:
                revert_import(
                    session, builders.caller(self.books.company_id), self.books.company_id, file_id,
                    now=NOW + timedelta(minutes=self.minute), write=write_columns,
                )  # fmt: skip
        except ImportInUse:
            return []
        return self.files.pop(file_id)


def answer(preview: ImportPreview, lines: list[Line], held: set[int]) -> FileAnswer:
    """Say of the doubtful lines what makes the file bring, of each day and amount, as many lines as are missing."""
    wanted = Counter((line.day, line.amount) for line in lines if line.number not in held)
    wanted = Counter(dict.fromkeys(slots(lines), 0)) | wanted
    counted: Counter[Slot] = Counter(
        (line.booked_on, line.amount_minor) for account in preview.accounts for line in account.new_lines
    )
    known, new = set(), set()
    for one in preview.doubtful:
        slot = (one.line.booked_on, one.line.amount_minor)
        if one.is_new and counted[slot] > wanted[slot]:
            known.add(one.row)
            counted[slot] -= 1
        elif not one.is_new and counted[slot] < wanted[slot]:
            new.add(one.row)
            counted[slot] += 1
    for slot in slots(lines):
        assert counted[slot] == wanted[slot], f"nothing in doubt about {slot}: {counted[slot]} for {wanted[slot]}"
    return FileAnswer(known_rows=frozenset(known), new_rows=frozenset(new))


def slots(lines: list[Line]) -> set[Slot]:
    return {(line.day, line.amount) for line in lines}


def live(books: Books) -> Counter[Slot]:
    with snapshot() as session:
        rows = session.exec(
            select(Transaction.booked_on, Transaction.amount_minor).where(
                col(Transaction.company_id) == books.company_id, col(Transaction.reverted_at).is_(None)
            )
        ).all()
    return Counter((day, amount) for day, amount in rows)


EXPORTS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 20), st.sampled_from(WRITERS), st.booleans()), min_size=1, max_size=6
)


@pytest.mark.parametrize("cut", ["whole days", "anywhere"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from([-100, -50, 100]), st.sampled_from(TEXTS)), min_size=1, max_size=12
    ),
    exports=EXPORTS,
    sizes=st.lists(st.integers(1, 3), max_size=6),
    taken_back=st.lists(st.integers(0, 9), max_size=2),
)
def test_whatever_is_exported_and_imported_the_books_hold_each_line_of_the_bank_once(
    database: str, cut: str, rows: list[tuple[int, int, str]], exports: list[tuple[int, int, str, bool]],
    sizes: list[int], taken_back: list[int],
) -> None:  # fmt: skip
    ledger = ledger_of(rows)
    chosen = []
    for place, (left, right, writer, again) in enumerate(exports):
        lines = cut_out(ledger, left, right, by_day=cut == "whole days")
        if lines:
            chosen += [(written(lines, writer, f"{place}"), lines)] * (1 + again)
    with unit_of_work() as session:
        person = Person(builders.books(session))
    while chosen:
        size = sizes.pop() if sizes else len(chosen)
        person.upload(chosen[:size])
        chosen = chosen[size:]
        if taken_back:
            lines = person.take_back(taken_back.pop())
            if lines:
                chosen.append((written(lines, "csv", f"again {len(chosen)}"), lines))
    held = person.held()
    assert live(person.books) == Counter((line.day, line.amount) for line in ledger if line.number in held)
    if person.files:
        with snapshot() as session:
            company = person.books.company_id
            assert verify_books(session, builders.caller(company), [company]).violations == ()


def cut_out(ledger: list[Line], left: int, right: int, *, by_day: bool) -> list[Line]:
    if by_day:
        first, last = sorted((FIRST + timedelta(days=left % 5), FIRST + timedelta(days=right % 5)))
        return [line for line in ledger if first <= line.day <= last]
    first_row, last_row = sorted((left % (len(ledger) + 1), right % (len(ledger) + 1)))
    return ledger[first_row:last_row]
