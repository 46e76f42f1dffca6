"""The command's answer: one JSON document, exact money, exit codes."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from core.errors import AmbiguousStatement
from core.ingestion.describing import describe_readably, describe_refusal, describe_statement
from core.ingestion.raw_file import RawFile
from core.ingestion.reading import read_statement

ROOT = Path(__file__).parents[3]
TABLE = "Date,Text,Amount (EUR),Balance\n2024-01-05,shop,-1.00,99.00\n2024-01-07,salary,1000.00,1099.00\n"


def described(text: str, with_lines: bool = False) -> dict[str, Any]:
    return describe_statement("a.csv", read_statement(RawFile("a.csv", text.encode())), with_lines)


def test_the_answer_states_count_sum_dates_and_proof() -> None:
    answer = described(TABLE)
    assert {key: answer[key] for key in ("file", "status", "format", "currency", "line_count", "sum")} == {
        "file": "a.csv",
        "status": "read",
        "format": "csv",
        "currency": "EUR",
        "line_count": 2,
        "sum": "999.00",
    }
    assert (answer["first_date"], answer["last_date"]) == ("2024-01-05", "2024-01-07")
    assert (answer["opening_balance"], answer["closing_balance"], answer["balance_proved"]) == (
        "100.00",
        "1099.00",
        True,
    )
    assert answer["accounts"] == []
    assert json.loads(json.dumps(answer)) == answer


def test_a_file_without_currency_says_null_and_counts_in_hundredths() -> None:
    answer = described("Date,Text,Amount\n2024-01-05,shop,-1.5\n")
    assert (answer["currency"], answer["sum"]) == (None, "-1.50")


def test_several_currencies_are_summed_apart() -> None:
    answer = described("Date,Text,Amount,Currency\n2024-01-05,shop,-1.50,EUR\n2024-01-06,shop,-20,JPY\n")
    assert (answer["currency"], answer["sum"], answer["line_count"]) == (None, None, 2)
    assert answer["sum_by_currency"] == {"EUR": "-1.50", "JPY": "-20"}
    assert [account["sum"] for account in answer["accounts"]] == ["-1.50", "-20"]


def test_lines_carry_what_the_bank_wrote() -> None:
    line = described(TABLE, with_lines=True)["lines"][0]
    assert (line["date"], line["amount"], line["description"], line["balance"]) == (
        "2024-01-05",
        "-1.00",
        "shop",
        "99.00",
    )


def test_a_refusal_lists_its_candidates() -> None:
    answer = describe_refusal("a.csv", AmbiguousStatement("a.csv", "why", ["one", "two"]))
    assert (answer["status"], answer["candidates"]) == ("refused", ["one", "two"])
    assert "a.csv" in answer["error"]
    assert "- one" in describe_readably(answer)


def test_the_readable_answer_names_file_sum_and_columns() -> None:
    text = describe_readably(described(TABLE, with_lines=True))
    assert "2 lines from 2024-01-05 to 2024-01-07, sum 999.00 EUR" in text
    assert "amount: Amount (EUR)" in text
    assert "proved" in text


def test_the_command_prints_one_document_and_exits_1_if_any_file_was_refused(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(TABLE, encoding="utf-8")
    bad.write_bytes(b"%PDF-1.7")
    command = [sys.executable, "-m", "scripts.inspect_statement"]
    run = subprocess.run(
        [*command, str(good), str(bad), "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert [each["status"] for each in json.loads(run.stdout)] == ["read", "refused"]
    assert subprocess.run([*command, str(good)], cwd=ROOT, capture_output=True, check=False).returncode == 0
    assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 2


def test_the_command_answers_once_a_member_of_an_archive(tmp_path: Path) -> None:
    archive = tmp_path / "march.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.csv", TABLE)
        packed.writestr("b.pdf", "%PDF-1.7")
    command = [sys.executable, "-m", "scripts.inspect_statement", "--json", str(archive)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert [(each["file"], each["status"]) for each in json.loads(done.stdout)] == [
        ("march.zip/a.csv", "read"),
        ("march.zip/b.pdf", "refused"),
    ]


def test_the_days_of_mt940_are_value_dates_and_those_of_booking_stand_beside_them() -> None:
    text = "\n:20:X\n:25:1\n:28C:1\n:60F:C240101EUR5,\n:61:2401030105D1,NMSCNONREF\n:62F:C240105EUR4,\n-\n"
    answer = describe_statement("a.sta", read_statement(RawFile("a.sta", text.encode())))
    assert (answer["first_date"], answer["last_date"]) == ("2024-01-03", "2024-01-03")
    assert (answer["first_booked"], answer["last_booked"]) == ("2024-01-05", "2024-01-05")


def test_the_currency_of_the_lines_counts_where_the_account_has_no_line_in_its_own() -> None:
    entry = "<Ntry><Amt Ccy='SEK'>5</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>2024-01-02</Dt></BookgDt></Ntry>"
    text = f"<Document><BkToCstmrStmt><Stmt><Acct><Ccy>CHF</Ccy></Acct>{entry}</Stmt></BkToCstmrStmt></Document>"
    answer = describe_statement("a.xml", read_statement(RawFile("a.xml", text.encode())))
    assert (answer["currency"], answer["sum"], answer["sum_by_currency"]) == ("SEK", "-5.00", {"SEK": "-5.00"})
