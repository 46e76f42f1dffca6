"""Invented bank lines of invented US small companies, from which the starter model learns.

The vocabulary is data/starter/merchants.csv (names by account meaning, written for this purpose) and
data/starter/merchant_categories.csv (public-domain merchant category descriptions). No client's rows are in it.
Everything is drawn from one seeded generator, so that the same seed gives the same lines.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from core.categorization.fitting import Labelled
from core.categorization.lines import Lines
from core.ingestion.normalising import counterparty_names

SECTORS = (
    "food", "retail", "construction", "childcare", "health", "agency", "professional", "real_estate", "transport"
)  # fmt: skip
ONE_OFFS = 0.35  # share of a group's lines that go to a payee not seen regularly
OTHER_HABIT = 0.08  # share of regular payees a company books to a like account instead
NOISE = 0.015  # share of lines booked wrongly by the people themselves

_PEOPLE = "Alvarez Bennett Castillo Dorsey Ellison Fontaine Gallagher Hwang Ibarra Jansen Kowalski Lindqvist Mbeki Novak Okafor Petrov Quintero Rahman Sandoval Takeda Underwood Vasquez Whitaker Xiong Yilmaz Zimmer Abbott Brennan Chowdhury Delacroix Eriksen Farrow Gupta Hollis Iyer Jimenez Keller Lombardi Mercer Nakamura".split()  # noqa: E501, SIM905
_GIVEN = "Ana Ben Carla Dev Elena Felix Grace Hugo Iris Jonas Kira Liam Mona Nate Olga Pablo Quinn Rosa Sam Tara Uma Victor Wendy Yara Zane".split()  # noqa: E501, SIM905
_PLACES = "Arlington Boise Camden Dayton Eugene Fresno Gilbert Hudson Irving Juneau Kenosha Laredo Mobile Norfolk Ogden Peoria Quincy Reno Salem Tampa Utica Vallejo Waco Yonkers Durham Akron Tulsa".split()  # noqa: E501, SIM905
_STATES = "TX ID NJ OH OR CA AZ NY FL VA UT IL NV WA GA NC CO PA MI MN".split()  # noqa: SIM905
_FIRMS = "Harbor Summit Cedar Beacon Ironwood Lakeside Prairie Granite Falcon Juniper Meridian Northgate Redwood Silverline Tidewater Vista Westbrook Copper Evergreen Bluebird Keystone Maple Orchard Pinnacle Riverbend Sterling".split()  # noqa: E501, SIM905
_LIKE = {
    "6400": ("6320", "6990"), "6320": ("6400", "1500"), "6810": ("6800", "5020"), "5020": ("5010", "5000"),
    "5010": ("5020",), "6130": ("5110", "6140"), "5110": ("6130", "5000"), "6820": ("5400", "6830"),
    "5400": ("6820",), "6300": ("6310", "6320"), "6310": ("6300",), "6500": ("6300", "6420"), "6420": ("6500", "6400"),
    "6600": ("6020", "1300"), "6020": ("6600",), "6510": ("6710", "6300"), "6710": ("6510",), "6410": ("6400",),
    "5030": ("5000", "6400"), "5200": ("6400", "5020"), "5000": ("1200",), "1200": ("5000",), "6830": ("6800", "6820"),
    "6800": ("6810",), "6140": ("6130",), "6200": ("6210",), "6210": ("6200",), "8000": ("8100",), "8100": ("8000",),
    "6700": ("5100",), "5100": ("6700",), "6110": ("6120",), "6120": ("6110",), "8110": ("8100",), "6730": ("6130",),
}  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Names of one form that mean one account: a row of merchants.csv."""

    code: str
    form: str  # brand, trade, person, plain, bank, in, refund
    sectors: frozenset[str]
    low: float  # amounts, in dollars
    high: float
    monthly: float  # lines a month of a company of the sector
    names: tuple[str, ...]


@cache
def read_groups(path: Path) -> tuple[Group, ...]:
    """The vocabulary."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            Group(
                row["code"],
                row["form"],
                frozenset(SECTORS if row["sectors"] == "all" else row["sectors"].split()),
                float(row["low"]),
                float(row["high"]),
                float(row["monthly"]),
                tuple(row["names"].split("|")),
            )
            for row in csv.DictReader(file)
        )


@dataclass(frozen=True)
class Payee:
    """A payee of a company as the bank prints it, before what varies from line to line."""

    name: str
    template: str  # of merchants.csv: the vocabulary item it came from
    form: str
    code: str
    centre: float  # usual amount
    fixed: bool  # the same amount every time


def invented_company(
    groups: Sequence[Group], sector: str, name: str, months: int, seed: int
) -> tuple[Labelled, list[str]]:
    """(lines of a company with their account codes, by date; the vocabulary item behind each line)."""
    rng = np.random.default_rng(seed)
    days: list[np.datetime64] = []
    texts, codes, templates, cents = [], [], [], []
    style = int(rng.integers(4))
    for group in groups:
        if sector not in group.sectors or (group.monthly < 0.5 and rng.random() < 0.35):
            continue
        regular = [_payee(group, rng) for _ in range(max(1, int(rng.poisson(group.monthly * 0.6))))]
        for _ in range(int(rng.poisson(group.monthly * months))):
            one_off = rng.random() < ONE_OFFS and group.form not in {"bank"}
            payee = _payee(group, rng) if one_off else regular[int(rng.integers(len(regular)))]
            texts.append(_printed(payee, style, rng))
            codes.append(_other(payee.code, rng) if rng.random() < NOISE else payee.code)
            templates.append(payee.template)
            cents.append(_amount(payee, group, rng))
            days.append(np.datetime64("2023-01-01") + int(rng.integers(months * 30)))
    lines = Lines(
        texts,
        counterparty_names(texts),
        np.array(cents, np.int64),
        np.array(days, "datetime64[D]"),
        (),
        [name] * len(texts),
    )
    order = np.argsort(lines.booked_on, kind="stable").astype(np.int64)
    return Labelled(lines, codes).take(order), [templates[i] for i in order.tolist()]


def _payee(group: Group, rng: np.random.Generator) -> Payee:
    template = group.names[int(rng.integers(len(group.names)))]
    habit = _other(group.code, rng) if rng.random() < OTHER_HABIT else group.code
    centre = float(np.exp(rng.uniform(np.log(group.low), np.log(group.high))))
    fixed = (
        group.code in {"6300", "6310", "6100", "2500", "2510", "6030", "6600", "6120", "6020"} and rng.random() < 0.7
    )
    return Payee(_filled(template, group.form, rng), template, group.form, habit, centre, fixed)


def _filled(template: str, form: str, rng: np.random.Generator) -> str:
    def pick(words: Sequence[str]) -> str:
        return words[int(rng.integers(len(words)))]

    if form == "trade":
        own = (pick(_PEOPLE), pick(_PLACES), pick(_FIRMS), f"{pick(_FIRMS)} {pick(_PLACES)}", f"{pick(_PEOPLE)} & SONS")
        template = f"{pick(own)} {template}"
    return (
        template.replace("{person}", f"{pick(_GIVEN)} {pick(_PEOPLE)}")
        .replace("{firm}", f"{pick(_FIRMS)} {pick(('', 'GROUP', 'PARTNERS', 'HOLDINGS', 'SERVICES'))}".strip())
        .replace("{place}", pick(_PLACES))
        .upper()
    )


def _other(code: str, rng: np.random.Generator) -> str:
    like = _LIKE.get(code)
    return like[int(rng.integers(len(like)))] if like else code


def _amount(payee: Payee, group: Group, rng: np.random.Generator) -> int:
    dollars = payee.centre if payee.fixed else payee.centre * float(np.exp(rng.normal(0, 0.45)))
    cents = max(1, round(dollars * 100))
    back = group.form != "in" and rng.random() < 0.02
    money_in = group.form == "in" or back or payee.name in {"LOAN PROCEEDS", "LOC ADVANCE"}
    return cents if money_in else -cents


def _printed(payee: Payee, style: int, rng: np.random.Generator) -> str:
    """The payee as one of four kinds of bank prints a line, with numbers, places and prefixes that vary."""
    name = payee.name
    number = int(rng.integers(100, 99999))
    if payee.form in {"in", "refund"}:
        return _pick(rng, f"{name}", f"{name} {number}", f"ACH CREDIT {name}", f"{name} REF {number}X")
    if payee.form in {"bank", "plain", "person"}:
        ach = f"{name} DES:{_pick(rng, 'PAYMENT', 'DEBIT', 'ACH')} ID:{number}"
        return _pick(rng, name, f"{name} {number}", ach, f"ACH DEBIT {name} {number}", name)
    if rng.random() < 0.15:
        name = name[: int(rng.integers(10, 20))].strip()  # card networks cut names
    place = f"{_pick(rng, *_PLACES).upper()} {_pick(rng, *_STATES)}"
    till = _pick(rng, "SQ *", "TST* ", "SP ", "", "", "", "", "PAYPAL *")
    if style == 0:
        return _pick(
            rng, f"{till}{name} {number} {place}", f"{till}{name} #{number % 10000:04d} {place}", f"{name} {place}"
        )
    if style == 1:
        return f"POS DEBIT {_pick(rng, '', till)}{name} {_pick(rng, place, '')}".strip()
    if style == 2:
        day = f"{int(rng.integers(1, 13)):02d}/{int(rng.integers(1, 29)):02d}"
        return f"PURCHASE AUTHORIZED ON {day} {name} {place} CARD {number % 10000:04d}"
    web = _pick(rng, "WEB PMT", "AUTO PAY", "AUTOPAY", "ONLINE PMT", "EPAY", "ACH PMT", "PURCHASE", "RECURRING PYMT")
    return _pick(
        rng, name, f"{name} {number}", f"{name} DES:{web} ID:{number}", f"{name} BILL PAYMENT", f"{name} {web}"
    )


def _pick(rng: np.random.Generator, *options: str) -> str:
    return options[int(rng.integers(len(options)))]
