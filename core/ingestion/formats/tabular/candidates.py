"""Every plausible way to get at the amounts of a table, before anything is judged."""

from core.ingestion.formats.tabular.columns import Roles
from core.ingestion.formats.tabular.fees import net_of
from core.ingestion.formats.tabular.signs import Reading, by_direction, by_own_sign, by_separate, with_fee
from core.ingestion.formats.tabular.table import Table

_LESS_A_FEE = ("signed", "direction", "separate")  # ways to get at amounts of which a fee may have to be taken off


def all_readings(table: Table, roles: Roles, decimal: str) -> list[Reading]:
    """By each column's own sign, by a word for the direction, by pairs of columns, and each less a fee."""
    readings: list[Reading] = []
    net = _add_net(table, roles, decimal)
    columns = {position: table.amounts(position, decimal) for position in roles.amounts}
    # A column of nothing but zeros (a tip, a fee, a refund) holds the amounts only where no other does.
    moving = any(column.negative or column.positive for column in columns.values())
    for position, column in columns.items():
        if not column.filled or (moving and not column.negative and not column.positive):
            continue
        name = roles.profiles[position].name or f"column {position + 1}"
        # Without header words, the column that has negative amounts is likelier the amount than a balance.
        prior = 10.0 if roles.named_amount else 6.0 + (2 if column.negative else 0)
        prior += position == net
        prior -= 3 * (1 - column.filled / max(1, len(table.rows)))
        directed = [
            reading
            for at in roles.directions[:2]
            # Where both an amount and a balance have their word, the amount's is the one right behind it.
            for reading in by_direction(position, column, at, table.texts(at), prior + (at == position + 1) / 4, name)
        ]
        for reading in directed:
            told_by = roles.profiles[reading.columns.get("direction", position)]
            if reading.sign == "direction" and told_by.speaks_for("description") > told_by.speaks_for("direction"):
                reading.warnings.append(f"The words in “{told_by.name}” were read as money in and out. Check one line.")
        readings += directed or by_own_sign(position, column, prior, name)
        if directed and column.negative:
            readings.append(by_own_sign(position, column, prior, name)[1])
    for pair in roles.pairs:
        out, into = table.amounts(pair[0], decimal), table.amounts(pair[1], decimal)
        named = bool(roles.profiles[pair[0]].speaks_for("debit"))
        readings += by_separate(pair, out, into, 9.0 if named else 8.0, named)
    for position in roles.fees[:1]:
        fees = table.amounts(position, decimal)
        readings += [made for r in readings if r.sign in _LESS_A_FEE and (made := with_fee(r, position, fees))]
    return readings


def _add_net(table: Table, roles: Roles, decimal: str) -> int:
    """Position of the net of three columns that add up, which becomes a candidate; -1 where there is none."""
    money = [p for p in roles.profiles if p.numbers >= 0.8 and not p.identifier and p.dates < 0.5]
    named = {p.position for p in money if p.speaks_for("gross") or p.speaks_for("fee")}
    net = net_of({p.position: table.amounts(p.position, decimal).values for p in money}, named)
    if net >= 0 and net not in roles.amounts and roles.amounts and net not in roles.balances:
        roles.amounts = [net, *roles.amounts]
    return net
