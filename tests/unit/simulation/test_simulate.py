"""What the five simulated companies hold, and that they hold it at every run."""

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.categorization.rule_json import read_rule
from core.money import Money
from core.posting.chart import chart_template
from core.simulation.drawing import BANK_HOLIDAYS, FIRST_ON, LAST_ON
from core.simulation.simulate import CURRENCY, TRUTH_COLUMNS, company_json, rules_json, simulate, truth_csv
from core.simulation.values import SimulatedCompany

ROOT = Path(__file__).resolve().parents[3]
COUNTS = {
    "sim_hamilton_coffee": 330,
    "sim_cincy_web": 357,
    "sim_liberty_childcare": 368,
    "sim_contreras_re": 358,
    "sim_midwest_accounting": 289,
}


@cache
def companies(seed: int = 42) -> dict[str, SimulatedCompany]:
    return {company.slug: company for company in simulate(seed)}


each_company = pytest.mark.parametrize("slug", COUNTS)


def test_the_companies_hold_exactly_the_lines_of_the_pilot() -> None:
    assert {slug: len(company.truth) for slug, company in companies().items()} == COUNTS
    assert sum(COUNTS.values()) == 1702


def test_the_companies_come_in_few_enough_files() -> None:
    assert sum(len(company.files) for company in companies().values()) <= 110


@each_company
def test_the_year_runs_from_october_to_september_without_a_month_missing(slug: str) -> None:
    days = [row.booked_on for row in companies()[slug].truth]
    assert min(days) >= FIRST_ON
    assert max(days) <= LAST_ON
    assert len({(day.year, day.month) for day in days}) == 12


@each_company
def test_banks_post_on_banking_days_only(slug: str) -> None:
    company = companies()[slug]
    banks = {account.code for account in company.bank_accounts if account.kind in {"checking", "savings"}}
    days = {row.booked_on for row in company.truth if row.bank_account in banks}
    assert not [day for day in days if day.weekday() >= 5 or day in BANK_HOLIDAYS]


@each_company
def test_every_true_account_exists_in_the_companys_chart(slug: str) -> None:
    company = companies()[slug]
    chart = {account.code: account for account in chart_template(company.sector)}
    used = {row.account_code for row in company.truth} | {item.account_code for item in company.items}
    assert used <= set(chart)
    assert chart["1090"].role == "transfer_clearing"
    assert "9000" not in used
    for account in company.bank_accounts:
        assert chart[account.ledger_code].role == "bank"
        assert account.ledger_code not in used


@each_company
def test_own_transfers_pair_up_and_sum_to_zero(slug: str) -> None:
    company = companies()[slug]
    truth = company.truth_by_line()
    transfers = [row for row in company.truth if row.kind == "transfer"]
    assert len(transfers) >= 30
    for row in transfers:
        file, _, number = row.partner.rpartition(":")
        other = truth[file, int(number)]
        assert other.partner == f"{row.file}:{row.row}"
        assert other.amount_minor == -row.amount_minor
        assert other.bank_account != row.bank_account
        assert abs((other.booked_on - row.booked_on).days) <= 6  # at most three days, and a weekend or a holiday
        assert row.account_code == other.account_code == "1090"
    assert all(not row.partner for row in company.truth if row.kind != "transfer")


@each_company
def test_open_items_are_settled_to_the_cent_or_left_open(slug: str) -> None:
    company = companies()[slug]
    items = {item.number: item for item in company.items}
    assert len(items) == len(company.items)
    paid: dict[tuple[str, ...], int] = defaultdict(int)
    for row in company.truth:
        assert (row.kind == "settlement") == bool(row.item_numbers)
        if row.item_numbers:
            paid[row.item_numbers] += row.amount_minor
            assert {items[number].account_code for number in row.item_numbers} == {row.account_code}
            assert all(items[number].issued_on <= row.booked_on for number in row.item_numbers)
    settled = [number for numbers in paid for number in numbers]
    assert len(settled) == len(set(settled))
    for numbers, minor in paid.items():
        assert minor == sum(items[number].amount_minor for number in numbers)
    assert 0 < len(settled) <= len(items)


def test_items_are_paid_alone_in_parts_and_several_at_once_and_some_stay_open() -> None:
    rows = [row for company in companies().values() for row in company.truth if row.item_numbers]
    lines_of = Counter(row.item_numbers for row in rows)
    assert {len(numbers) for numbers in lines_of} >= {1, 2, 4}
    assert max(lines_of.values()) == 2
    settled = {number for numbers in lines_of for number in numbers}
    assert any(item.number not in settled for company in companies().values() for item in company.items)


@each_company
def test_invoices_are_money_in_and_bills_money_out(slug: str) -> None:
    for item in companies()[slug].items:
        assert (item.amount_minor > 0) == (item.kind == "invoice")
        assert item.due_on >= item.issued_on


@each_company
def test_the_open_items_file_says_the_same_as_the_items(slug: str) -> None:
    company = companies()[slug]
    rows = list(csv.DictReader(io.StringIO(company.open_items_csv.decode())))
    assert [row["number"] for row in rows] == [item.number for item in company.items]
    total = sum(Money.parse(row["amount"], row["currency"]).minor for row in rows)
    assert total == sum(item.amount_minor for item in company.items)


@each_company
def test_every_company_holds_truly_equal_lines_of_one_day(slug: str) -> None:
    company = companies()[slug]
    keys = Counter((row.bank_account, row.booked_on, row.amount_minor, row.description) for row in company.truth)
    twins = [row for row in company.truth if row.trait == "equal"]
    assert twins
    for row in twins:
        assert keys[row.bank_account, row.booked_on, row.amount_minor, row.description] == 2


@each_company
def test_the_hard_cases_of_real_books_are_there(slug: str) -> None:
    traits = Counter(row.trait for row in companies()[slug].truth)
    assert traits["once"] >= 10
    assert traits["ambiguous"] >= 15
    assert traits["refund"] >= 1
    assert traits["private"] >= 3


@each_company
def test_no_placeholder_is_left_in_a_text_and_all_texts_are_one_line(slug: str) -> None:
    for row in companies()[slug].truth:
        assert not set(row.description) & set("{}\r\n")
        assert row.description == row.description.strip()
        assert row.amount_minor != 0


@each_company
def test_ambiguous_vendors_really_lead_to_several_accounts(slug: str) -> None:
    accounts = defaultdict(set)
    for row in companies()[slug].truth:
        if row.trait == "ambiguous":
            accounts[row.description.split()[0][:5]].add(row.account_code)
    assert any(len(codes) >= 2 for codes in accounts.values())


@each_company
def test_checks_are_numbered_in_the_order_of_their_days(slug: str) -> None:
    texts = [row.description.lower().split() for row in sorted(companies()[slug].truth, key=lambda row: row.booked_on)]
    numbers = [int(words[1]) for words in texts if words[0] == "check" and words[1].isdigit()]
    assert numbers == sorted(set(numbers))


@each_company
def test_no_account_but_a_card_is_ever_overdrawn(slug: str) -> None:
    company = companies()[slug]
    for account in company.bank_accounts:
        running = account.opening_minor
        lines = [row for row in company.truth if row.bank_account == account.code]
        for row in sorted(lines, key=lambda row: row.booked_on):
            running += row.amount_minor
            assert account.kind == "credit_card" or running >= 0


@each_company
def test_rules_are_readable_and_lead_to_accounts_of_the_chart(slug: str) -> None:
    company = companies()[slug]
    chart = {account.code for account in chart_template(company.sector)}
    for rule in company.rules:
        read_rule(rule["name"], rule["conditions"], rule["account_code"])
        assert rule["account_code"] in chart
    assert json.loads(rules_json(company)) == company.rules


def test_the_rules_decide_about_a_third_of_the_lines_and_are_right() -> None:
    decided = wrong = 0
    for company in companies().values():
        for row in company.truth:
            account = first_rule(company, row.description, row.amount_minor, row.bank_account)
            decided += account is not None
            wrong += account not in (None, row.account_code)
    assert 0.30 <= decided / 1702 <= 0.40
    assert wrong <= 0.01 * decided


def first_rule(company: SimulatedCompany, text: str, amount_minor: int, bank_account: str) -> str | None:
    """A second, slow reading of the rules: none of the product's own matching is used."""
    plain = " ".join(text.lower().split())
    for rule in company.rules:
        for condition in rule["conditions"]:
            if condition["kind"] == "text" and condition["value"].lower() not in plain:
                break
            if condition["kind"] == "direction" and (condition["way"] == "in") != (amount_minor > 0):
                break
            if condition["kind"] == "bank_account" and condition["code"] != bank_account:
                break
            if condition["kind"] == "amount" and abs(amount_minor) > condition["most_minor"]:
                break
        else:
            return str(rule["account_code"])
    return None


@each_company
def test_files_of_a_company_have_names_of_their_own_and_known_accounts(slug: str) -> None:
    company = companies()[slug]
    assert len({file.name for file in company.files}) == len(company.files)
    assert {file.bank_account_code for file in company.files} == {account.code for account in company.bank_accounts}
    assert {row.file for row in company.truth} == {file.name for file in company.files}
    assert len(company.truth_by_line()) == len(company.truth)


@each_company
def test_truth_and_company_facts_are_written_in_full(slug: str) -> None:
    company = companies()[slug]
    rows = list(csv.DictReader(io.StringIO(truth_csv(company.truth).decode())))
    assert len(rows) == COUNTS[slug]
    assert tuple(rows[0]) == TRUTH_COLUMNS
    facts = json.loads(company_json(company))
    assert facts["slug"] == slug
    assert len(facts["bank_accounts"]) == 3
    assert {row.currency for row in company.truth} == {CURRENCY}


def test_no_truth_leaks_into_the_files_a_bookkeeper_gets() -> None:
    for company in companies().values():
        for file in company.files:
            assert b"account_code" not in file.content
            assert b"settlement" not in file.content


def test_two_processes_with_different_hash_seeds_write_the_same_bytes(tmp_path: Path) -> None:
    digests = []
    for hash_seed in ("0", "4711"):
        out = tmp_path / hash_seed
        subprocess.run(
            [sys.executable, "-m", "scripts.simulate_companies", "--out", str(out), "--json"],
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
        )
        files = sorted(path for path in out.rglob("*") if path.is_file())
        digests.append([(str(path.relative_to(out)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files])
    assert digests[0] == digests[1]
    assert len(digests[0]) == sum(len(company.files) + 4 for company in companies().values())


def test_a_second_run_in_one_process_gives_equal_values() -> None:
    assert simulate(42) == tuple(companies().values())


def test_another_seed_gives_other_books() -> None:
    assert companies(43)["sim_cincy_web"].files != companies()["sim_cincy_web"].files


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_counts_pairs_and_settlements_hold_for_any_seed(seed: int) -> None:
    for company in simulate(seed):
        assert len(company.truth) == COUNTS[company.slug]
        assert sum(row.amount_minor for row in company.truth if row.kind == "transfer") == 0
        items = {item.number: item.amount_minor for item in company.items}
        settled = {number for row in company.truth for number in row.item_numbers}
        paid = sum(row.amount_minor for row in company.truth if row.kind == "settlement")
        assert paid == sum(items[number] for number in settled)


def test_the_whole_simulation_takes_less_than_a_second_and_a_half() -> None:
    started = perf_counter()
    simulate(42)
    assert perf_counter() - started < 15
