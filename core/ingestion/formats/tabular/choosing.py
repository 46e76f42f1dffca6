"""Which way to get at the amounts: every plausible reading is made, judged and ranked; the best must stand out."""

from dataclasses import dataclass

from core.errors import UnknownFormat
from core.ingestion.formats.tabular.amount_question import label_of, which_amounts
from core.ingestion.formats.tabular.candidates import all_readings
from core.ingestion.formats.tabular.columns import Roles
from core.ingestion.formats.tabular.fees import untaken_fee
from core.ingestion.formats.tabular.row_order import directions
from core.ingestion.formats.tabular.sign_evidence import AGAINST_TEXTS, against_texts, read_unproved, told_by_texts
from core.ingestion.formats.tabular.signs import AGAINST_HEADER, FEE_DOUBT, Chain, Reading, by_named_pair, chain, judge
from core.ingestion.formats.tabular.table import Table
from core.ingestion.layout import Layout
from core.ingestion.statement import Evidence

_MANY_EQUAL = 3
_NO_CHANCE = 2  # steps of a balance


@dataclass(frozen=True)
class _Ranked:
    """All readings, the likeliest first, with what ranked them."""

    readings: list[Reading]
    ranks: dict[int, tuple[bool, int, float]]
    balances: dict[int, list[int | None]]

    @property
    def proved(self) -> bool:
        return self.ranks[id(self.readings[0])][0]

    def rivals(self, readings: list[Reading]) -> list[Reading]:
        """Those that rank like the first and give other amounts."""
        best = readings[0]
        same = self.ranks[id(best)]
        return [r for r in readings[1:] if self.ranks[id(r)] == same and r.values != best.values]


def choose_reading(table: Table, roles: Roles, decimal: str, answers: Layout) -> tuple[Reading, Evidence]:
    """The way to get at the amounts that the balance proves, or that stands out where none does; and why.

    Raises AmbiguousStatement where no reading stands out, UnknownFormat where there is none.
    """
    ranked = _rank(table, roles, decimal, answers)
    best = (
        _proved(table, roles, decimal, ranked, answers)
        if ranked.proved
        else _likeliest(table, roles, decimal, ranked, answers)
    )
    if warning := untaken_fee(table, roles, decimal, best):
        best.warnings.append(warning)
    return best, _evidence_for(table, best, ranked.readings)


def _rank(table: Table, roles: Roles, decimal: str, answers: Layout) -> _Ranked:
    readings = _answered(all_readings(table, roles, decimal), answers)
    if not readings:
        raise UnknownFormat(table.name, "No column of it can be read as amounts of money.")
    balances = {position: table.amounts(position, decimal).values for position in roles.balances}
    groups = table.texts(roles.single["currency"]) if "currency" in roles.single else None
    judge(readings, balances, groups)
    if not balances and roles.pairs:
        # Beside money out and money in a column called "Total" is no amount but may be the balance.
        totals = {position: table.amounts(position, decimal).values for position in roles.amounts}
        judge([reading for reading in readings if reading.sign == "separate"], totals, groups)
    named = roles.named_amount or any(roles.profiles[out].speaks_for("debit") for out, _ in roles.pairs)
    sure = any(not reading.doubt for reading in readings)
    ranks = {id(reading): reading.rank(sure, named) for reading in readings}
    readings.sort(key=lambda reading: ranks[id(reading)], reverse=True)
    return _Ranked(readings, ranks, balances)


def _proved(table: Table, roles: Roles, decimal: str, ranked: _Ranked, answers: Layout) -> Reading:
    """The reading that the running balance proves."""
    readings = ranked.readings
    best = readings[0]
    if usual := _with_balance_before(table, roles, decimal, best, readings):
        return usual
    if rivals := ranked.rivals(readings):
        raise which_amounts(table, "two columns fit the running balance", [best, *rivals])
    if best.doubt == AGAINST_HEADER and not answers.columns:
        named_so = [r for r in readings if r.sign == "separate" and r.columns["debit"] == best.columns["credit"]]
        raise which_amounts(table, AGAINST_HEADER, [*named_so, best])
    if not answers.sign and (turned := against_texts(table, roles, best, readings)):
        raise which_amounts(table, AGAINST_TEXTS, [best, turned])
    return _right_way_up(table, roles, best, readings)


def _with_balance_before(
    table: Table, roles: Roles, decimal: str, best: Reading, readings: list[Reading]
) -> Reading | None:
    """The amounts with their own sign, where the balance that proves them turned round is that before each line.

    So it is where it fits against the direction in which the dates run, or where a column that no header calls a
    balance proves them as they stand.
    """
    if best.sign != "inverted":
        return None
    usual = next((r for r in readings if r.sign == "signed" and r.columns == _without_balance(r, best)), None)
    if usual is None:
        return None
    taken = {*roles.balances, *roles.date, best.columns["amount"]}
    for p in roles.profiles:
        if p.position in taken or p.numbers < 1 or p.identifier:
            continue
        found = chain(usual.values, table.amounts(p.position, decimal).values)
        if found.proved and found.agree >= best.chain.agree:
            usual.chain = found
            usual.columns["balance"] = p.position
            return usual
    runs = directions(table.dates(roles.date[0]))
    if best.chain.agree < _NO_CHANCE or best.chain.newest_first is None or runs != {not best.chain.newest_first}:
        return None
    usual.chain = Chain(best.chain.agree, best.chain.steps, not best.chain.newest_first)
    usual.columns.pop("balance", None)
    return usual


def _without_balance(reading: Reading, best: Reading) -> dict[str, int]:
    """The columns of `best`, with the balance that `reading` has."""
    own = {"balance": reading.columns["balance"]} if "balance" in reading.columns else {}
    return {role: at for role, at in best.columns.items() if role != "balance"} | own


def _likeliest(table: Table, roles: Roles, decimal: str, ranked: _Ranked, answers: Layout) -> Reading:
    """The reading that stands out though no running balance proves it."""
    readings = ranked.readings if roles.named_amount else _moving(ranked.readings)
    if named := by_named_pair(readings):
        return _with_named_balance(roles, named, readings, ranked.balances)
    best, rivals = readings[0], ranked.rivals(readings)
    if not rivals and (told := told_by_texts(table, roles, best, readings)):
        return _with_named_balance(roles, told, readings, ranked.balances)
    if best.doubt or rivals:
        others = [r for r in readings[1:] if r.values != best.values and r.doubt != FEE_DOUBT]
        why = best.doubt or "more than one column may hold the amounts"
        raise which_amounts(table, why, [best, *(rivals or others)][:4])
    if not answers.sign:
        best = read_unproved(table, roles, decimal, best, readings)
    return _with_named_balance(roles, best, readings, ranked.balances)


def _evidence_for(table: Table, best: Reading, readings: list[Reading]) -> Evidence:
    """Steps of the balance that are explained count most, then what words and contents suggest."""
    found = best.chain
    why = "; ".join(best.warnings) or "header words and contents suggest it"
    if found.proved and "balance" in best.columns:
        column = table.header_name(best.columns["balance"]) or f"column {best.columns['balance'] + 1}"
        why = f"{found.agree} of {found.steps} steps of the running balance in “{column}” follow"
    other = next((r for r in readings if r.values != best.values), None)
    runner_up = (label_of(table, other), other.score) if other else ("", 0.0)
    return Evidence("amounts", label_of(table, best), best.score, why, *runner_up)


def _answered(readings: list[Reading], answers: Layout) -> list[Reading]:
    """The readings that a person's answers leave; what was answered is no longer in doubt."""
    if answers.columns:
        chosen = {role: answers.position(role) for role in ("amount", "debit", "credit") if role in answers.columns}
        readings = [r for r in readings if chosen.items() <= r.columns.items()] or readings
    if answers.sign:
        readings = [r for r in readings if r.sign == answers.sign] or readings
        for reading in readings:
            reading.doubt = reading.doubt if reading.sign != answers.sign else ""
    return readings


def _moving(readings: list[Reading]) -> list[Reading]:
    """Those whose amounts differ, where some do: a limit or a rate stands unchanged beside the amounts."""
    moving = [r for r in readings if len({value for value in r.values if value}) > 1]
    still = [r for r in readings if len([value for value in r.values if value]) < _MANY_EQUAL]
    return [r for r in readings if r in moving or r in still] or readings


def _with_named_balance(
    roles: Roles, best: Reading, readings: list[Reading], balances: dict[int, list[int | None]]
) -> Reading:
    """A balance column that proved nothing stays one only where the header names it."""
    named = [position for position in roles.balances if roles.profiles[position].speaks_for("balance")]
    if not named:
        best.columns.pop("balance", None)
        return best
    turned = [None if value is None else -value for value in best.values]
    against = chain(turned, balances[named[0]])
    if not best.chain.proved and against.proved and against.agree > 1:
        best.columns.pop("balance", None)
        best.warnings.append("The running balance rises with money out, as that of a debt does; it was left aside.")
        return best
    best.columns["balance"] = named[0]
    if any(reading.chain.steps for reading in readings) and not best.chain.proved:
        best.warnings.append("The running balance does not follow the amounts, so it could not confirm them.")
    return best


def _right_way_up(table: Table, roles: Roles, best: Reading, readings: list[Reading]) -> Reading:
    """Equal amounts fit a balance forwards with one sign and backwards with the other; the dates' direction tells.

    Raises AmbiguousStatement where they do not, and no header says which sign is meant.
    """
    turned = [None if value is None else -value for value in best.values]
    twins = [
        r
        for r in readings
        if r.values == turned and r.chain.proved and r.chain.agree >= best.chain.agree and any(turned)
    ]
    if not twins or (roles.named_amount and best.sign != "inverted") or ("debit" in best.columns and table.header):
        return best
    runs = directions(table.dates(roles.date[0]))
    if len(runs) == 1:
        newest_first = runs.pop()
        fitting = [r for r in (best, *twins) if r.chain.newest_first in (newest_first, None)]
        if fitting:
            return fitting[0]
    raise which_amounts(
        table, "the running balance fits the amounts forwards and, with the other sign, backwards", [best, *twins]
    )
