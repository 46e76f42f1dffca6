"""`python -m scripts.import_files`: one JSON document, exit codes, a fresh database set up on the way."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from db.engine import unit_of_work, use_database
from scripts.import_files import app
from tests import builders

GOOD = "Date,Description,Amount\n2024-03-01,COFFEE,-4.50\n2024-03-01,COFFEE,-4.50\n2024-03-13,INVOICE 17,1200.00\n"
BAD = "Date,Description,Amount\n2024-03-01,COFFEE,-4.50\n2024-03-45,NO DAY,-7.00\n2024-03-46,NOR THIS,1.00\n"


def run(*arguments: object) -> tuple[int, Any]:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    return result.exit_code, json.loads(result.stdout)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(GOOD)
    bad.write_text(BAD)
    return good, bad


def test_each_file_is_answered_with_its_receipt_in_count_and_in_money(
    sqlite_database: str, files: tuple[Path, Path]
) -> None:
    with unit_of_work() as session:
        slug = builders.books(session).company.slug
    good, bad = files
    code, (stored, refused, missing) = run("--company", slug, "--bank-account", "checking", good, bad, "gone.csv")
    assert code == 1
    assert (stored["status"], stored["new"], stored["duplicate"], stored["rejected"], stored["lines"]) == (
        "stored", 3, 0, 0, 3,
    )  # fmt: skip
    assert (stored["new_sum"], stored["duplicate_sum"], stored["rejected_sum"], stored["sum"]) == (
        "1191.00", "0.00", "0.00", "1191.00",
    )  # fmt: skip
    assert (stored["currency"], stored["first_date"], len(stored["id"])) == ("USD", "2024-03-01", 32)
    assert (refused["status"], refused["new"], refused["rejected"], refused["lines"]) == ("refused", 0, 3, 3)
    assert refused["error"].startswith("bad.csv: row 3: the date “2024-03-45” is no date")
    assert [problem["row"] for problem in refused["problems"]] == [3, 4]
    assert missing["error"] == "gone.csv: there is no such file."
    code, (again,) = run("--company", slug, good)
    assert (code, again["status"], again["new"], again["duplicate"]) == (0, "duplicate", 0, 3)


def test_an_archive_is_answered_member_by_member_and_a_damaged_one_by_its_reason(
    sqlite_database: str, files: tuple[Path, Path], tmp_path: Path
) -> None:
    with unit_of_work() as session:
        slug = builders.books(session).company.slug
    archive, damaged = tmp_path / "march.zip", tmp_path / "half.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in files:
            packed.write(path, path.name)
    damaged.write_bytes(archive.read_bytes()[:-40])
    code, answers = run("--company", slug, "--bank-account", "checking", damaged, archive)
    assert code == 1
    assert [(each["file"], each["status"]) for each in answers] == [
        ("half.zip", "refused"),
        ("good.csv", "stored"),
        ("bad.csv", "refused"),
    ]
    assert "damaged" in answers[0]["error"]


def test_an_unknown_company_is_refused_on_a_database_that_was_not_there_before(
    tmp_path: Path, files: tuple[Path, Path]
) -> None:
    with use_database(f"sqlite:///{tmp_path / 'fresh.db'}"):
        code, answer = run("--company", "nobody", files[0])
    assert code == 1
    assert "nobody" in answer["error"]


def test_an_unknown_bank_account_is_refused(sqlite_database: str, files: tuple[Path, Path]) -> None:
    with unit_of_work() as session:
        slug = builders.books(session).company.slug
    code, answer = run("--company", slug, "--bank-account", "savings", files[0])
    assert (code, "savings" in answer["error"]) == (1, True)


def test_wrong_usage_exits_with_2() -> None:
    assert CliRunner().invoke(app, ["--company"]).exit_code == 2
