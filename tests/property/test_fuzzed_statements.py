"""Damaged files of every format: each ends as read, read with warnings, or refused; never a crash, a hang, a silence.

The budget grows with the profile: `make property-long` damages 20,000 files.
"""

import os
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.errors import StatementRefused
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement
from core.ingestion.statement import Statement

ROOT = Path(__file__).parents[2]
COLLECTION = Path(os.environ.get("STATEMENT_COLLECTION", ROOT.parent / "shared" / "data")) / "statements"
LONGEST = 2.0  # seconds of processor time a file
LARGEST = 60_000  # bytes of a file that is damaged, to keep thousands of them quick
FILES = settings.default.max_examples * 10 if settings.default else 1_000

HOSTILE = [
    b'"', b"'", b'""', b",", b";", b"\t", b"|", b"\n", b"\r\n", b"\r", b"\0", b"\xef\xbb\xbf", b"\xff\xfe", b"\x1a",
    b"-", b"(", b")", b"--", b"1e309", b"NaN", b"9" * 40, b"0,00", b"1.234.567,89", b"31/02/2024", b"00000000",
    b"=cmd|' /C calc'!A0", b"<", b">", b"</", b"<STMTTRN>", b"</OFX>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;",
    b"&#0;", b"]]>", b":61:", b":62F:", b"-}", b"^", b"!Type:Bank", b"\xe2\x88\x92", b"\xc2\xa0", b"\xd9\xa3",
    b"A" * 5_000, b"1" * 5_000, b"<a>" * 500, b"(" * 500, b" " * 3_000, b",;" * 800,
]  # fmt: skip


@dataclass(frozen=True)
class Damage:
    """One change of a file's bytes. `at` and `other` are shares of its length."""

    kind: str
    at: float
    other: float
    payload: bytes

    def done(self, content: bytes) -> bytes:
        start, end = sorted((int(self.at * len(content)), int(self.other * len(content))))
        match self.kind:
            case "insert":
                return content[:start] + self.payload + content[start:]
            case "overwrite":
                return content[:start] + self.payload + content[start + len(self.payload) :]
            case "cut out":
                return content[:start] + content[end:]
            case "cut off":
                return content[:start]
            case "repeat":
                return content[:end] + content[start:end] + content[end:]
            case "lines swapped":
                lines = content.split(b"\n")
                i, j = int(self.at * len(lines)), int(self.other * len(lines))
                lines[i], lines[j] = lines[j], lines[i]
                return b"\n".join(lines)
            case "line dropped":
                lines = content.split(b"\n")
                del lines[int(self.at * len(lines))]
                return b"\n".join(lines)
            case "16 bit":
                return content.decode("latin-1").encode("utf-16")
            case _:
                return content.replace(b"\r\n", b"\n").replace(b"\n", b"\r")


SHARES = st.floats(0, 1, exclude_max=True)
PAYLOADS = st.one_of(st.sampled_from(HOSTILE), st.binary(min_size=1, max_size=6))
DAMAGES = st.builds(
    Damage,
    st.sampled_from(
        [
            "insert",
            "insert",
            "overwrite",
            "cut out",
            "cut off",
            "repeat",
            "lines swapped",
            "line dropped",
            "16 bit",
            "cr",
        ]
    ),
    SHARES,
    SHARES,
    PAYLOADS,
)


@lru_cache(maxsize=1)
def whole_files() -> tuple[RawFile, ...]:
    """The statements of the tests, and the collection where it is at hand."""
    folders = [folder for folder in (ROOT / "tests" / "data" / "statements", COLLECTION) if folder.is_dir()]
    paths = sorted(path for folder in folders for path in folder.iterdir() if path.suffix not in (".json", ".md"))
    return tuple(RawFile(path.name, path.read_bytes()) for path in paths if path.stat().st_size <= LARGEST)


@lru_cache(maxsize=1)
def readable_files() -> tuple[tuple[RawFile, Statement], ...]:
    """Those that are read without a problem, with what is read."""
    found = ((file, read_or_refused(file)) for file in whole_files())
    return tuple((file, read) for file, read in found if read and not read.problems)


def read_or_refused(file: RawFile) -> Statement | None:
    """The statement, None where it is refused with a sentence. Whatever else happens fails the test."""
    statement, took = timed(file)
    if took >= LONGEST:  # the collector of a process that holds thousands of examples can take that long once
        statement, took = timed(file)
    assert took < LONGEST, f"{file.name} took {took:.1f} s"
    return statement


def timed(file: RawFile) -> tuple[Statement | None, float]:
    began = time.process_time()
    try:
        statement = read_statement(file)
    except StatementRefused as refused:
        assert len(str(refused)) > 20  # noqa: PT017 - most files are read
        statement = None
    return statement, time.process_time() - began


def movements(statement: Statement) -> Counter[tuple[date, int]]:
    return Counter((line.booked_on, line.amount_minor) for line in statement.lines)


@settings(max_examples=FILES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), damages=st.lists(DAMAGES, min_size=1, max_size=4))
def test_a_damaged_file_is_read_or_refused_in_time(data: st.DataObject, damages: list[Damage]) -> None:
    file = data.draw(st.sampled_from(whole_files()))
    content = file.content
    for damage in damages:
        content = damage.done(content)
    read_or_refused(RawFile(file.name, content))


@settings(max_examples=FILES // 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_two_files_run_together_are_read_or_refused_in_time(data: st.DataObject) -> None:
    files = st.sampled_from(whole_files())
    first, second = data.draw(files), data.draw(files)
    cut, on = data.draw(SHARES), data.draw(SHARES)
    content = first.content[: int(cut * len(first.content))] + second.content[int(on * len(second.content)) :]
    read_or_refused(RawFile(first.name, content))


@settings(max_examples=FILES // 2, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), at=SHARES, payload=PAYLOADS)
def test_dirt_in_one_place_loses_no_other_line_in_silence(data: st.DataObject, at: float, payload: bytes) -> None:
    """One insertion can spoil the movement that it falls into. Others may be missing only if a problem says so."""
    assume(b"\n" not in payload and b"\r" not in payload)
    file, whole = data.draw(st.sampled_from(readable_files()))
    dirty = read_or_refused(RawFile(file.name, Damage("insert", at, at, payload).done(file.content)))
    if dirty is None or dirty.problems or any(account.proved is False for account in dirty.accounts):
        return
    if any(dirty.layout.get(key) != whole.layout.get(key) for key in ("date_order", "decimal", "sign", "columns")):
        return  # the dirt decided what the file as a whole leaves open; nothing is lost by that
    assert sum((movements(whole) - movements(dirty)).values()) <= 1
    assert len(dirty.lines) >= len(whole.lines) - 1
