"""Which way to get at the amounts: every plausible reading is made, judged and ranked; the best must stand out."""

import re

from core.errors import AmbiguousStatement, UnknownFormat
from core.ingestion.formats.tabular.columns import Roles
from core.ingestion.formats.tabular.date_order import directions
from core.ingestion.formats.tabular.fees import net_of
from core.ingestion.formats.tabular.signs import (
    FEE_DOUBT,
    NO_HEADER,
    Reading,
    by_direction,
    by_own_sign,
    by_separate,
    judge,
    with_fee,
)
from core.ingestion.formats.tabular.table import Table
from core.ingestion.formats.tabular.words import fold, text_direction
from core.ingestion.layout import Layout

_NOT_FEW = 5
_LOOKED_AT = 400  # lines whose texts are asked for a direction
_CARD = re.compile(r"\b(?:card|credit card|kreditkarte|karte|kredietkaart|carte|tarjeta|kort|merchant category)\b")


def choose_reading(table: Table, roles: Roles, decimal: str, answers: Layout) -> Reading:
    """The way to get at the amounts that the balance proves, or that stands out where none does.

    Raises AmbiguousStatement where no reading stands out, UnknownFormat where there is none.
    """
    readings = _answered(_all_readings(table, roles, decimal), answers)
    if not readings:
        raise UnknownFormat(table.name, "No column of it can be read as amounts of money.")
    balances = {position: table.amounts(position, decimal).values for position in roles.balances}
    groups = table.texts(roles.single["currency"]) if "currency" in roles.single else None
    judge(readings, balances, groups)
    named = roles.named_amount or any(roles.profiles[out].speaks_for("debit") for out, _ in roles.pairs)
    sure = any(not reading.doubt for reading in readings)
    ranks = {id(reading): reading.rank(sure, named) for reading in readings}
    readings.sort(key=lambda reading: ranks[id(reading)], reverse=True)
    best = readings[0]
    rivals = [r for r in readings[1:] if ranks[id(r)] == ranks[id(best)] and r.values != best.values]
    if ranks[id(best)][0]:
        if rivals:
            raise _which(table, "two columns fit the running balance", [best, *rivals])
        return _right_way_up(table, roles, best, readings)
    if not rivals and (told := _told_by_texts(table, roles, best, readings)):
        return _with_named_balance(roles, told, readings)
    if best.doubt or rivals:
        others = [r for r in readings[1:] if r.values != best.values and r.doubt != FEE_DOUBT]
        why = best.doubt or "more than one column may hold the amounts"
        raise _which(table, why, [best, *(rivals or others)][:4])
    if not answers.sign:
        best = _unproved(table, roles, decimal, best, readings)
    return _with_named_balance(roles, best, readings)


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


def _with_named_balance(roles: Roles, best: Reading, readings: list[Reading]) -> Reading:
    """A balance column that proved nothing stays one only where the header names it."""
    named = [position for position in roles.balances if roles.profiles[position].speaks_for("balance")]
    if not named:
        best.columns.pop("balance", None)
        return best
    best.columns["balance"] = named[0]
    if any(reading.chain.steps for reading in readings):
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
    raise _which(
        table, "the running balance fits the amounts forwards and, with the other sign, backwards", [best, *twins]
    )


def _which(table: Table, why: str, readings: list[Reading]) -> AmbiguousStatement:
    labels = []
    for reading in readings:
        position = reading.columns.get("amount", reading.columns.get("debit", 0))
        labels.append(f"{table.header_name(position) or f'column {position + 1}'}: {reading.words.split(': ')[-1]}")
    layouts = [
        {
            "sign": r.sign,
            "positions": {
                role: [[at, table.header_name(at)]]
                for role, at in r.columns.items()
                if role in ("amount", "debit", "credit")
            },
        }
        for r in readings
    ]
    return AmbiguousStatement(table.name, why + ".", labels, layouts)


def _all_readings(table: Table, roles: Roles, decimal: str) -> list[Reading]:
    readings: list[Reading] = []
    net = _add_net(table, roles, decimal)
    for position in roles.amounts:
        column = table.amounts(position, decimal)
        if not column.filled:
            continue
        name = roles.profiles[position].name or f"column {position + 1}"
        # Without header words, the column that has negative amounts is likelier the amount than a balance.
        prior = 10.0 if roles.named_amount else 6.0 + (2 if column.negative else 0)
        prior += position == net
        prior -= 3 * (1 - column.filled / max(1, len(table.rows)))
        directed = [
            reading
            for at in roles.directions[:2]
            for reading in by_direction(position, column, at, table.texts(at), prior, name)
        ]
        readings += directed or by_own_sign(position, column, prior, name)
        if directed and column.negative:
            readings.append(by_own_sign(position, column, prior, name)[1])
    for pair in roles.pairs:
        out, into = table.amounts(pair[0], decimal), table.amounts(pair[1], decimal)
        named = bool(roles.profiles[pair[0]].speaks_for("debit"))
        readings += by_separate(pair, out, into, 9.0 if named else 8.0, named)
    for position in roles.fees[:1]:
        fees = table.amounts(position, decimal)
        readings += [made for r in readings if r.sign == "signed" and (made := with_fee(r, position, fees))]
    return readings


def _add_net(table: Table, roles: Roles, decimal: str) -> int:
    """Position of the net of three columns that add up, which becomes a candidate; -1 where there is none."""
    money = [p for p in roles.profiles if p.numbers >= 0.8 and not p.identifier and p.dates < 0.5]
    named = {p.position for p in money if p.speaks_for("gross") or p.speaks_for("fee")}
    net = net_of({p.position: table.amounts(p.position, decimal).values for p in money}, named)
    if net >= 0 and net not in roles.amounts and roles.amounts and net not in roles.balances:
        roles.amounts = [net, *roles.amounts]
    return net


def _unproved(table: Table, roles: Roles, decimal: str, best: Reading, readings: list[Reading]) -> Reading:
    """An amount's own sign that no balance, word or second column confirms: ask the texts, else say so."""
    if not roles.named_amount and "amount" in best.columns and len(roles.amounts) > 1:
        position = best.columns["amount"]
        if not (table.amounts(position, decimal).negative and table.amounts(position, decimal).positive):
            others = [r for r in readings if r.sign == "signed" and r.columns["amount"] != position]
            raise _which(table, "no header and no balance says which column is the amount", [best, *others])
        taken = f"column {position + 1}"
        best.warnings.append(f"No header and no balance says which column is the amount; {taken} was taken.")
    if best.sign != "signed" or "direction" in best.columns or roles.directions:
        return best
    column = table.amounts(best.columns["amount"], decimal)
    inverted = next(r for r in readings if r.sign == "inverted" and r.columns["amount"] == best.columns["amount"])
    usual, turned = _evidence(table, roles, column.values)
    if turned >= 3 and turned >= 4 * max(usual, 1):
        inverted.warnings.append(
            "Purchases stand as positive amounts, so the sign was turned round: positive was read as money out."
        )
        return inverted
    titles = " ".join(fold(cell) for cell in table.header.cells) if table.header else ""
    unsigned = not column.negative and column.positive and not column.plus
    open_sign = unsigned and not (usual and not turned) and (not table.header or bool(_CARD.search(titles)))
    if open_sign and _tells(turned, usual, column.filled):
        inverted.warnings.append(
            "No amount has a sign; the texts are of purchases and other payments, so all were read as money out."
        )
        return inverted
    if unsigned and not (usual and not turned):
        if open_sign or turned:
            raise _which(
                table, "no amount has a sign, and nothing says whether they are money in or money out", [best, inverted]
            )
        best.warnings.append("No amount is negative; all were read as money in. Check that none is money out.")
    elif usual <= 2 * turned and not (column.plus and not turned):
        best.warnings.append(
            "Nothing in the file confirms that negative means money out (no balance, no word for it). Check one line."
        )
    return best


def _told_by_texts(table: Table, roles: Roles, best: Reading, readings: list[Reading]) -> Reading | None:
    """Of two columns that no header names, which is money out, where the texts of the lines all say the same."""
    if best.sign != "separate" or not best.doubt.startswith(NO_HEADER):
        return None
    usual, turned = _evidence(table, roles, best.values)
    swapped = [r for r in readings if r.columns.get("debit") == best.columns["credit"] and r.sign == "separate"]
    filled = sum(value is not None for value in best.values)
    for reading, fits, fails in ((best, usual, turned), *((r, turned, usual) for r in swapped[:1])):
        if _tells(fits, fails, filled):
            out = reading.columns["debit"] + 1
            reading.warnings.append(f"No header says which column is money out; by the texts column {out} was taken.")
            return reading
    return None


def _tells(fits: int, fails: int, lines: int) -> bool:
    """Whether texts that fit one direction are enough: hardly any says otherwise, and they are most or not few."""
    return fits >= 8 * max(fails, 1 / 8) and (fits * 2 > lines or fits >= _NOT_FEW)


def _evidence(table: Table, roles: Roles, values: list[int | None]) -> tuple[int, int]:
    """How many of the first lines' texts fit the sign as it stands, and how many fit it turned round."""
    usual = turned = 0
    positions = [p.position for p in roles.profiles if p.letters >= 0.3 and not p.speaks_for("account")]
    for index, value in enumerate(values[:_LOOKED_AT]):
        if value:
            way = text_direction(" ".join(table.rows[index].cell(position) for position in positions))
            usual += way * value > 0
            turned += way * value < 0
    return usual, turned
