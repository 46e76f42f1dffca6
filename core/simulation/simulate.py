"""Five small companies and a year of their bank files, the same bytes at every run.

Only the shape is taken from the pilot (which companies, how many lines each); names, texts, amounts and layouts are
invented here. What each line really was is kept apart from the files.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from io import StringIO

from core.money import decimal_text
from core.period import Period
from core.simulation.drawing import FIRST_ON, LAST_ON, Draw
from core.simulation.layouts import CSV_LAYOUTS, Page, Written
from core.simulation.movements import year_of
from core.simulation.ofx import sgml, xml
from core.simulation.plan import BankPlan, CompanyPlan
from core.simulation.plans import cincy_web, contreras_re, hamilton_coffee, liberty_childcare, midwest_accounting
from core.simulation.values import (
    CURRENCY,
    Movement,
    SimulatedBankAccount,
    SimulatedCompany,
    SimulatedFile,
    SimulatedItem,
    TruthRow,
)

PLANS: tuple[CompanyPlan, ...] = (
    hamilton_coffee.PLAN,
    cincy_web.PLAN,
    liberty_childcare.PLAN,
    contreras_re.PLAN,
    midwest_accounting.PLAN,
)

OFX_LAYOUTS = {"ofx_sgml": ("ofx", sgml), "ofx_xml": ("qfx", xml)}
LEAST_BALANCE = 850_00  # no checking or savings account falls below this

ITEM_COLUMNS = (
    "number",
    "kind",
    "counterparty",
    "issued_on",
    "due_on",
    "amount",
    "currency",
    "reference",
    "account_code",
)
TRUTH_COLUMNS = (
    "file",
    "row",
    "bank_account",
    "date",
    "amount",
    "currency",
    "description",
    "account_code",
    "kind",
    "item_numbers",
    "partner",
    "trait",
)


def simulate(seed: int = 42) -> tuple[SimulatedCompany, ...]:
    """The five companies, 1,702 statement lines from October 2024 to September 2025 in all."""
    return tuple(_company(plan, Draw(seed, plan.slug)) for plan in PLANS)


def truth_csv(rows: Iterable[TruthRow]) -> bytes:
    """The truth as CSV: TRUTH_COLUMNS, amounts in plain notation, several item numbers joined by "|"."""
    return _csv(
        TRUTH_COLUMNS,
        (
            (
                row.file,
                str(row.row),
                row.bank_account,
                row.booked_on.isoformat(),
                decimal_text(row.amount_minor, row.currency),
                row.currency,
                row.description,
                row.account_code,
                row.kind,
                "|".join(row.item_numbers),
                row.partner,
                row.trait,
            )
            for row in rows
        ),
    )


def rules_json(company: SimulatedCompany) -> bytes:
    """The company's rules in their order, as JSON."""
    return (json.dumps(company.rules, indent=1) + "\n").encode()


def company_json(company: SimulatedCompany) -> bytes:
    """Name, sector, currency and bank accounts, as JSON."""
    accounts = [
        {
            "code": account.code,
            "name": account.name,
            "kind": account.kind,
            "ledger_code": account.ledger_code,
            "currency": account.currency,
            "number": account.number,
            "opening_balance": decimal_text(account.opening_minor, account.currency),
        }
        for account in company.bank_accounts
    ]
    facts = {
        "slug": company.slug,
        "name": company.name,
        "sector": company.sector,
        "base_currency": company.base_currency,
        "bank_accounts": accounts,
    }
    return (json.dumps(facts, indent=1) + "\n").encode()


def _company(plan: CompanyPlan, draw: Draw) -> SimulatedCompany:
    movements, items = year_of(plan, draw)
    files: list[SimulatedFile] = []
    accounts: list[SimulatedBankAccount] = []
    places: list[tuple[Movement, str, int]] = []
    for bank in plan.banks:
        lines = [move for move in movements if move.bank == bank.code]
        opening = _opening(bank, lines)
        accounts.append(_account(bank, opening))
        for page in _pages(bank, lines, opening):
            name, (content, rows) = _written(page)
            files.append(SimulatedFile(name, bank.code, content))
            places += [(move, name, row) for move, row in zip(page.movements, rows, strict=True)]
    return SimulatedCompany(
        slug=plan.slug,
        name=plan.name,
        sector=plan.sector,
        base_currency=CURRENCY,
        bank_accounts=tuple(accounts),
        files=tuple(files),
        items=tuple(items),
        open_items_csv=_items_csv(items),
        rules=list(plan.rules),
        truth=_truth(places),
    )


def _account(bank: BankPlan, opening_minor: int) -> SimulatedBankAccount:
    return SimulatedBankAccount(
        code=bank.code,
        name=bank.name,
        kind=bank.kind,
        ledger_code=bank.ledger_code,
        currency=CURRENCY,
        number=bank.number,
        opening_minor=opening_minor,
    )


def _opening(bank: BankPlan, lines: Sequence[Movement]) -> int:
    """The planned opening balance, raised where the account would else fall below the least balance."""
    if bank.kind == "credit_card":
        return bank.opening_minor
    running = lowest = 0
    for move in lines:
        running += move.minor
        lowest = min(lowest, running)
    least = 0 if bank.kind == "processor" else LEAST_BALANCE
    return max(bank.opening_minor, least - lowest)


def _pages(bank: BankPlan, lines: Sequence[Movement], opening: int) -> Iterable[Page]:
    """One page a file: so many months each, the closing balance of one being the opening balance of the next."""
    months = Period(FIRST_ON, LAST_ON).months()
    for start in range(0, len(months), bank.months_a_file):
        period = Period(months[start].first_on, months[start + bank.months_a_file - 1].last_on)
        page = Page(bank, period, opening, tuple(move for move in lines if move.on in period))
        opening = page.closing_minor
        yield page


def _written(page: Page) -> tuple[str, Written]:
    first, months = page.period.first_on, page.bank.months_a_file
    span = f"{first:%Y-%m}" if months == 1 else f"{first:%Y-%m}_to_{page.period.last_on:%Y-%m}"
    stem = f"{page.bank.code}_{page.bank.number}_{span}"
    if page.bank.layout in OFX_LAYOUTS:
        ending, write = OFX_LAYOUTS[page.bank.layout]
        return f"{stem}.{ending}", write(page)
    return f"{stem}.csv", CSV_LAYOUTS[page.bank.layout](page)


def _truth(places: Sequence[tuple[Movement, str, int]]) -> tuple[TruthRow, ...]:
    sides: dict[str, list[str]] = {}
    for move, file, row in places:
        if move.pair:
            sides.setdefault(move.pair, []).append(f"{file}:{row}")
    return tuple(
        TruthRow(
            file=file,
            row=row,
            bank_account=move.bank,
            booked_on=move.on,
            amount_minor=move.minor,
            currency=CURRENCY,
            description=move.text,
            account_code=move.account,
            kind=move.kind,
            item_numbers=move.items,
            partner=next((side for side in sides.get(move.pair, ()) if side != f"{file}:{row}"), ""),
            trait=move.trait,
        )
        for move, file, row in places
    )


def _items_csv(items: Iterable[SimulatedItem]) -> bytes:
    return _csv(
        ITEM_COLUMNS,
        (
            (
                item.number,
                item.kind,
                item.counterparty,
                item.issued_on.isoformat(),
                item.due_on.isoformat(),
                decimal_text(item.amount_minor, item.currency),
                item.currency,
                item.reference,
                item.account_code,
            )
            for item in items
        ),
    )


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()
