import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest
import typer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC
from typer.testing import CliRunner

from core.categorization.baselines import svm_answers
from core.categorization.evaluating import coverage_at, evaluate, macro_f1
from core.categorization.fitting import Labelled
from core.categorization.labelled_csv import read_labelled
from core.categorization.lines import Lines
from core.categorization.starter import load_starter
from core.errors import InvalidInput
from scripts.evaluate_categorizer import main as evaluate_command
from tests.unit.categorization.builders import company

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("STATEMENT_COLLECTION", ROOT.parent / "shared" / "data")) / "labelled"
FIELDS = {
    "rows", "classes", "accuracy", "top3_accuracy", "macro_f1", "log_loss", "ece", "coverage_at_99", "coverage_at_98",
    "coverage_at_95", "promise", "auto_approved", "auto_approved_precision", "unseen_counterparty", "baselines",
    "fit_seconds", "predict_rows_per_second",
}  # fmt: skip


def several_companies(count: int) -> Labelled:
    parts = [company(seed=950 + i, months=7) for i in range(count)]
    lines = Lines(
        [text for part in parts for text in part.lines.description],
        [name for part in parts for name in part.lines.counterparty],
        np.concatenate([part.lines.amount_minor for part in parts]),
        np.concatenate([part.lines.booked_on for part in parts]),
        (),
        [f"company {i}" for i, part in enumerate(parts) for _ in range(len(part))],
    )
    return Labelled(lines, [account for part in parts for account in part.account]).by_date()


def test_by_time_all_figures_are_there_and_the_promise_is_kept() -> None:
    rows = several_companies(6)
    found = evaluate(rows, load_starter().ranker)
    assert found.keys() >= FIELDS
    assert found["rows"] == len(rows) - round(len(rows) * 0.7)
    assert set(found["baselines"]) == {"svm_text", "svm_context", "history"}
    assert found["accuracy"] > found["baselines"]["history"]["accuracy"]
    # Few rows: no worse than a support vector machine by more than chance, and far better calibrated.
    assert found["accuracy"] > found["baselines"]["svm_context"]["accuracy"] - 0.02
    assert found["log_loss"] < found["baselines"]["svm_context"]["log_loss"]
    assert found["ece"] < 0.06
    unseen = found["unseen_counterparty"]
    assert unseen["auto_approved"] == 0
    assert 0 <= unseen["held_above_threshold"] <= unseen["rows"]
    assert found["auto_approved"] == 0 or found["auto_approved_precision"] > 0.95
    assert json.loads(json.dumps(found)) == found


def test_by_company_every_row_is_tested_once() -> None:
    rows = several_companies(10)
    rows = rows.take(np.arange(0, len(rows), 3))
    found = evaluate(rows, load_starter().ranker, split="company", reviews="frozen", promise=0.95)
    assert found["rows"] == len(rows)
    assert len(found["thresholds"]) == len(found["thresholds_measured"]) >= 5
    assert found["unseen_counterparty"]["rows"] == len(rows)
    assert found["accuracy"] > 0.4


def small_file(accounts: list[str]) -> Labelled:
    """A year of rows of one company, as many as there are accounts, payee by payee."""
    content = "company,date,amount,description,account\n" + "".join(
        f"a,2024-{1 + i * 12 // len(accounts):02d}-{1 + i % 28:02d},-{5 + i % 7},PAYEE {'XYZW'[i % 4] * 4},{account}\n"
        for i, account in enumerate(accounts)
    )
    return read_labelled(content.encode()).rows


@pytest.mark.parametrize(
    ("accounts", "least"),
    [
        (["rent", "food", "fuel", "food"] * 50, 0.9),
        (["rent"] * 200, 1.0),
        ((["rent", "food", "fuel", "food"] * 40)[:150] + ["new"] * 50, 0.0),
    ],
    ids=["three accounts", "one account", "an account that only the test knows"],
)
def test_a_small_file_is_measured(accounts: list[str], least: float) -> None:
    found = evaluate(small_file(accounts), load_starter().ranker)
    assert found["rows"] == 60
    assert found["accuracy"] >= least
    assert all(each["rows"] == 60 for each in found["baselines"].values())
    assert json.loads(json.dumps(found)) == found


def test_a_split_by_company_needs_companies() -> None:
    with pytest.raises(InvalidInput, match="at least 10 companies"):
        evaluate(several_companies(2), load_starter().ranker, split="company")


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(InvalidInput, match="too few"):
        evaluate(company().take(np.arange(50)), load_starter().ranker)


def test_coverage_and_f1_agree_with_their_definitions() -> None:
    confidence = np.array([0.9, 0.8, 0.8, 0.7, 0.6])
    right = np.array([True, True, False, True, False])
    assert coverage_at(confidence, right, 1.0) == 0.2
    assert coverage_at(confidence, right, 0.75) == 0.8
    assert coverage_at(confidence, ~right, 0.99) == 0.0
    truth, said = np.array(list("aabbc"), dtype=object), np.array(list("abbbd"), dtype=object)
    assert macro_f1(truth, said) == pytest.approx(
        f1_score(truth.astype(str), said.astype(str), average="macro", zero_division=0)
    )


def test_a_labelled_file_is_read_with_its_currency_and_given_counterparty() -> None:
    content = (
        "company,date,amount,description,account,currency,counterparty\n"
        "a,2024-02-01,-12.50,SQ *CAFE 12 RENO NV,6810,USD,\n"
        "a,2024-01-01,-500,ACME,6400,JPY,Acme Works\n"
        "a,2024-01-02,-5,NOBODY KNOWS,,USD,\n"
    )
    found = read_labelled(content.encode())
    assert found.unlabelled == 1
    assert found.rows.lines.amount_minor.tolist() == [-500, -1250]
    assert found.rows.lines.counterparty == ["Acme Works", "Cafe"]


def test_a_few_rows_that_cannot_be_read_are_left_out_and_told() -> None:
    good = "a,2024-01-01,-5,ACME,6400\n" * 20
    found = read_labelled(f"company,date,amount,description,account\n{good}a,2024-01-02,470010 -0.80,B,c\n".encode())
    assert len(found.rows) == 20
    assert len(found.unreadable) == 1
    assert "Row 22 cannot be read" in found.unreadable[0]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("company,date,amount\na,2024-01-01,1\n", "no column description, account"),
        ("company,date,amount,description,account\na,01/02/2024,1,b,c\n", "Row 2 cannot be read"),
        ("company,date,amount,description,account\na,2024-01-01,much,b,c\n", "not an amount"),
        ("company,date,amount,description,account\n", "No row"),
    ],
)
def test_a_labelled_file_that_cannot_be_read_says_why(content: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read_labelled(content.encode())


@pytest.mark.shared_data
@pytest.mark.skipif(not SHARED.is_dir(), reason="the collection of labelled lines is not here")
def test_on_real_purchase_cards_the_ranker_beats_the_baselines_and_keeps_its_promise() -> None:
    import polars as pl

    frame = pl.read_csv(SHARED / "birmingham_purchase_cards_2014.csv.gz", infer_schema=False)
    frame = frame.filter(pl.col("source_file") != "purchasecardtransactionsjune2014.xls").head(18_000)
    rows = read_labelled(frame.write_csv().encode()).rows
    found = evaluate(rows, load_starter().ranker, promise=0.95)
    assert all(found["accuracy"] > each["accuracy"] for each in found["baselines"].values())
    assert found["ece"] < 0.06


def test_the_svm_baseline_is_the_machine_that_every_row_alone_would_give() -> None:
    rows = several_companies(4)
    cut = round(len(rows) * 0.7)
    training, test = rows.take(np.arange(cut)), rows.take(np.arange(cut, len(rows)))
    found = svm_answers(training, test, np.ones(len(test), np.bool_), context=False)
    vectors = TfidfVectorizer(tokenizer=str.split, token_pattern=None)
    machine = LinearSVC(random_state=0, tol=1e-6, max_iter=100_000)
    machine.fit(vectors.fit_transform(training.lines.description), training.account)
    alike = machine.predict(vectors.transform(test.lines.description)) == found.predicted
    assert alike.mean() > 0.99  # a tie may fall either way


def test_the_command_reads_a_file_compressed_by_gzip_and_refuses_a_broken_one(tmp_path: Path) -> None:
    rows = several_companies(3)
    table = ["company,date,amount,description,account"] + [
        f'"{company_}",{day},{minor / 100:.2f},"{text}","{account}"'
        for company_, day, minor, text, account in zip(
            rows.lines.company, rows.lines.booked_on.astype(str), rows.lines.amount_minor.tolist(),
            rows.lines.description, rows.account, strict=True,
        )
    ]  # fmt: skip
    packed = gzip.compress("\n".join(table).encode())
    whole, broken = tmp_path / "lines.csv.gz", tmp_path / "broken.csv.gz"
    whole.write_bytes(packed)
    broken.write_bytes(packed[:-100])
    command = typer.Typer()
    command.command()(evaluate_command)
    answer = CliRunner().invoke(command, [str(whole), "--json"])
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["rows"] == len(rows) - round(len(rows) * 0.7)
    refusal = CliRunner().invoke(command, [str(broken), "--json"])
    assert refusal.exit_code == 1
    assert "cannot be unpacked" in json.loads(refusal.stdout)["error"]
