"""Which column plays which role: header words propose, the contents of the column dispose."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.ingestion.formats.tabular.amounts import currency_codes, is_blank, is_zero, mark_votes, read_amount
from core.ingestion.formats.tabular.dates import is_date, read_parts
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import (
    CURRENCY_NAMES,
    direction_of,
    fold,
    header_roles,
    is_status,
    status_kind,
)

_MOSTLY = 0.6
_ENOUGH = 2000
_MONEY_WORDS = re.compile(r"curr|ccy|wahrung|waehrung|devis|valut|munt|moned|moeda|divis|walut|mena|валют|币|通貨")
_SAY_LITTLE_ALONE = frozenset({"no", "paid", "received", "in"})  # words for a direction
_LOOKED_AT = 50  # rows looked at to find what a column is


@dataclass(slots=True)
class Profile:
    """What the sampled cells of one column are. Shares are of the cells that are filled."""

    position: int
    name: str
    roles: dict[str, int]
    filled: int = 0
    dates: float = 0.0
    numbers: float = 0.0
    identifier: bool = False  # digits that name something: long, or with leading zeros, or always the same
    directions: float = 0.0
    currencies: float = 0.0
    letters: float = 0.0
    zeros: float = 0.0
    statuses: float = 0.0
    distinct: int = 0

    @property
    def booked(self) -> float:
        """How clearly the header calls it the booking date: that before any date, any before the purchase's."""
        value = 3 if self.speaks_for("value_date") else 0
        return 2 * self.speaks_for("booked") + 1.5 * self.speaks_for("dated") - value - self.speaks_for("made") / 2

    def speaks_for(self, role: str) -> int:
        return self.roles.get(role, 0)


def profile(table: Table) -> list[Profile]:
    """One Profile a column, over the rows that look like lines."""
    sample = table.sample()
    sample = sample[:: max(1, len(sample) // _LOOKED_AT)]
    rows = [row for row in sample if any(read_parts(cell) for cell in row.cells)] or list(sample)
    width = max((len(row.cells) for row in rows), default=0)
    if table.header:
        width = max(width, len(table.header.cells))
    return [_profile(table, i, [row.cell(i) for row in rows]) for i in range(width)]


def _profile(table: Table, position: int, cells: list[str]) -> Profile:
    name = table.header_name(position)
    made = Profile(position, name, header_roles(name) if name else {})
    signs = "+" in cells and {cell for cell in cells if cell} <= {"+", "-", "\u2212"}
    counts = Counter(cell for cell in cells if not is_blank(cell) or (signs and cell))
    # Days that no calendar has are faults of a column that is called a date, and digits of any other. Beside its days
    # such a column may hold a word for "not booked".
    called_date = bool({"booked", "dated"} & made.roles.keys())
    if called_date and any(is_date(cell) for cell in counts):
        counts = Counter({cell: times for cell, times in counts.items() if not status_kind(cell)})
    made.filled, made.distinct = sum(counts.values()), len(counts)
    if not counts:
        return made
    codes = currency_codes()
    totals: Counter[str] = Counter()
    for cell, times in counts.items():
        totals["dates"] += times * (is_date(cell) or (called_date and read_parts(cell) is not None))
        totals["numbers"] += times * _is_number(cell)
        totals["directions"] += times * (direction_of(cell) != 0)
        totals["currencies"] += times * ((len(cell) == 3 and cell.upper() in codes) or cell.lower() in CURRENCY_NAMES)
        totals["zeros"] += times * is_zero(cell)
        totals["statuses"] += times * is_status(cell)
        totals["letters"] += times * any(map(str.isalpha, cell))
        totals["identifiers"] += times * (cell.isdigit() and (len(cell) >= 9 or (len(cell) > 1 and cell[0] == "0")))
    for kind in ("dates", "numbers", "directions", "currencies", "letters", "zeros", "statuses"):
        setattr(made, kind, totals[kind] / made.filled)
    if not _says_both_ways(counts):
        made.directions = 0.0
    plain = all(cell.isdigit() for cell in counts)
    made.identifier = totals["identifiers"] * 2 > made.filled or (plain and len(counts) == 1 and made.filled > 2)
    return made


def _says_both_ways(cells: Iterable[str]) -> bool:
    """False for a column of nothing but "No", which denies something, or "Paid", which is a status.

    Beside its opposite ("Có", "Received") such a word says where the money goes.
    """
    words = {fold(cell) for cell in cells}
    return not words & _SAY_LITTLE_ALONE or len({direction_of(word) for word in words} - {0}) == 2


def _is_number(cell: str) -> bool:
    if not any(map(str.isdigit, cell)):
        return False
    return read_amount(cell, ".") is not None or read_amount(cell, ",") is not None


@dataclass(slots=True)
class Roles:
    """Candidates per role, best first, as positions."""

    profiles: list[Profile]
    date: list[int] = field(default_factory=list)
    value_date: int = -1
    amounts: list[int] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)  # (out, in)
    directions: list[int] = field(default_factory=list)
    balances: list[int] = field(default_factory=list)
    fees: list[int] = field(default_factory=list)
    single: dict[str, int] = field(default_factory=dict)  # currency, account, reference, status, kind
    counterparties: list[int] = field(default_factory=list)
    descriptions: list[int] = field(default_factory=list)
    named_amount: bool = False

    @property
    def money(self) -> set[int]:
        """Every column that may hold money."""
        return {*self.amounts, *self.balances, *self.fees, *(at for pair in self.pairs for at in pair)}


def find_roles(profiles: list[Profile]) -> Roles:
    """Candidates for every role. Money roles that no header names are proposed by contents alone."""
    roles = Roles(profiles)
    roles.date = _dates(profiles)
    taken = set(roles.date)
    roles.value_date = (
        next(
            (
                p.position
                for p in profiles
                if p.speaks_for("value_date") and p.dates >= _MOSTLY and p.position != roles.date[0]
            ),
            -1,
        )
        if roles.date
        else -1
    )
    money = [p for p in profiles if p.position not in taken and p.dates < _MOSTLY and _is_money(p)]
    _money_by_header(roles, profiles, money)
    if not roles.amounts and not roles.pairs:
        _money_by_contents(roles, money)
    roles.directions = [
        p.position
        for p in sorted(profiles, key=lambda p: -p.speaks_for("direction"))
        if (p.directions >= 0.9 and not p.speaks_for("status"))
        or (p.speaks_for("direction") == 4 and p.directions >= _MOSTLY)
    ]
    _texts(roles, profiles)
    return roles


def _is_money(p: Profile) -> bool:
    """Few faulty cells do not unmake a column that its header names: its faults are reported row by row."""
    named = any(p.speaks_for(role) == 4 for role in ("amount", "gross", "debit", "credit", "balance"))
    if p.speaks_for("rate"):
        return False
    return p.numbers >= (0.3 if named else 0.8) and (not p.identifier or p.speaks_for("amount") == 4)


def _dates(profiles: list[Profile]) -> list[int]:
    """Date columns, the booking date first, then the transaction's own, then any other."""
    scored = []
    for p in profiles:
        if p.dates < _MOSTLY:
            continue
        scored.append((-p.booked, p.position))
    return [position for _, position in sorted(scored)]


def _money_by_header(roles: Roles, profiles: list[Profile], money: list[Profile]) -> None:
    def named(role: str) -> list[Profile]:
        fitting = [p for p in money if p.speaks_for(role)]
        return sorted(fitting, key=lambda p: (-p.speaks_for(role), -p.filled, p.position))

    moving = any(p.zeros < 1 and not p.speaks_for("balance") and not p.speaks_for("fee") for p in money)
    amounts = [p for p in named("amount") if not p.speaks_for("balance") and not _one_way(p)]
    # Nothing but zeros under "Refunded amount" is not what the account moved by.
    amounts = [p for p in amounts if p.speaks_for("amount") == 4 or p.zeros < 1 or not moving]
    # Of gross, fee and net it is the net that moves the balance.
    amounts.sort(key=lambda p: (-p.speaks_for("amount"), p.name.strip().lower() not in ("net", "netto")))
    roles.amounts = [p.position for p in amounts if p.speaks_for("amount") == amounts[0].speaks_for("amount")]
    if not roles.amounts:
        roles.amounts = [p.position for p in named("gross")[:1]]
    roles.named_amount = bool(roles.amounts)
    empty = [p for p in profiles if not p.filled]  # a month without money in leaves its column empty
    outgoings = named("debit") + [p for p in empty if p.speaks_for("debit")]
    incomings = named("credit") + [p for p in empty if p.speaks_for("credit")]
    roles.pairs = [
        (d.position, c.position)
        for d in outgoings[:3]
        for c in incomings[:3]
        if d.position != c.position and (d.filled or c.filled) and _siblings(d, c, outgoings, incomings)
    ]
    filled = {p.position: p.filled for p in profiles}
    roles.pairs.sort(key=lambda pair: -(filled[pair[0]] + filled[pair[1]]))
    roles.balances = [p.position for p in named("balance") if p.position not in roles.amounts]
    roles.fees = [p.position for p in named("fee") if p.position not in roles.amounts]


def _one_way(p: Profile) -> bool:
    """Whether the header calls it money in or money out rather than the amount: "Withdrawal amount"."""
    return max(p.speaks_for("debit"), p.speaks_for("credit")) > p.speaks_for("amount")


def _siblings(debit: Profile, credit: Profile, outgoings: list[Profile], incomings: list[Profile]) -> bool:
    """Of several pairs, the two that stand in the same place among their kind belong together."""
    if len(outgoings) != len(incomings) or len(outgoings) == 1:
        return True
    ranks = sorted(p.position for p in outgoings), sorted(p.position for p in incomings)
    return ranks[0].index(debit.position) == ranks[1].index(credit.position)


def _money_by_contents(roles: Roles, money: list[Profile]) -> None:
    """Without words: every money column may be the amount or the balance, two that exclude each other a pair."""
    fee_or_balance = {p.position for p in money if p.speaks_for("fee") or p.speaks_for("balance")}
    positions = [p.position for p in money if p.position not in fee_or_balance][:6]
    roles.amounts = list(positions)
    roles.pairs = [(a, b) for i, a in enumerate(positions) for b in positions[i + 1 :]]
    if not roles.balances:
        roles.balances = list(positions)


def _texts(roles: Roles, profiles: list[Profile]) -> None:
    """Columns that are neither date nor money; without header words, every column that holds text describes."""
    money = {*roles.amounts, *roles.balances, *roles.fees, *(i for pair in roles.pairs for i in pair)}
    used = money | set(roles.date) | set(roles.directions)
    best: dict[str, tuple[int, int]] = {}
    for p in profiles:
        for role in ("account", "reference", "status", "currency", "kind"):
            weight = p.speaks_for(role)
            fits = p.currencies >= 0.8 if role == "currency" else p.filled > 0 and p.dates < _MOSTLY
            if role == "status" and weight and fold(p.name) == "info":  # or a text of any kind
                fits = fits and p.statuses > 0
            if role == "kind":
                fits = p.letters > 0 and not p.speaks_for("status")
            if weight and fits and p.position not in used and weight > best.get(role, (0, 0))[0]:
                best[role] = (weight, p.position)
    roles.single = {role: position for role, (_, position) in best.items()}
    if "status" not in roles.single:
        telling = [p for p in profiles if p.statuses == 1 and not p.roles and p.position not in used]
        if telling:
            roles.single["status"] = telling[0].position
    if "currency" not in roles.single:
        unnamed = [p for p in profiles if p.currencies >= 0.95 and (not p.name or not _foreign(p))]
        if unnamed:
            roles.single["currency"] = unnamed[-1].position
    taken = used | {roles.single.get(role, -1) for role in ("account", "currency", "status")}
    # A column that happens to be empty in this file keeps its role, so that the layout serves the next file too.
    texts = [p for p in profiles if p.position not in taken and (p.letters >= 0.3 or not p.filled)]
    names = sorted(
        (p for p in texts if p.speaks_for("counterparty")), key=lambda p: (-p.speaks_for("counterparty"), p.position)
    )
    roles.counterparties = [p.position for p in names][:3]
    described = [p for p in texts if p.speaks_for("description")]
    if not any(p.filled for p in described):
        named = described
        described = [p for p in profiles if p.letters >= 0.5 and p.position not in taken and not p.currencies >= 0.8]
        described = [
            p for p in described if p.dates < _MOSTLY and (not p.name or not p.speaks_for("counterparty"))
        ] or described
        described = named + [p for p in described if p not in named]
    roles.descriptions = [p.position for p in described][:8]


def _foreign(p: Profile) -> bool:
    """A named column of currency codes whose name does not speak for the account's own currency.

    A name that is not about currencies at all, above the same code in every row, does not speak against it.
    """
    about_money = p.roles or _MONEY_WORDS.search(fold(p.name))
    return not p.speaks_for("currency") and (bool(about_money) or p.distinct > 1)


def money_votes(table: Table, positions: list[int]) -> dict[str, int]:
    """Which decimal mark the whole of these columns proves."""
    votes = {".": 0, ",": 0, "?": 0, "plain": 0}
    for position in positions:
        # Enough cells settle the mark; the rest of the column is still read with it, and what does not fit is faulty.
        texts = [text for text in dict.fromkeys(table.texts(position)) if text][:_ENOUGH]
        texts = [text for text in texts if any(map(str.isdigit, text))]
        for mark, count in mark_votes(texts).items():
            votes[mark] += count
        votes["plain"] += sum(1 for text in texts if "." not in text and "," not in text)
    return votes
