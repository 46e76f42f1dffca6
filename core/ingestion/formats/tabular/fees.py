"""Gross, fee and net: of three money columns that add up in every row, the net is what the account moves by."""

from collections.abc import Sequence
from itertools import pairwise, permutations

from core.ingestion.formats.tabular.columns import Roles
from core.ingestion.formats.tabular.signs import Reading
from core.ingestion.formats.tabular.table import Table

_LARGEST = 3  # a fee is less than a third of the gross amount
_MOST_COLUMNS = 8


def net_of(columns: dict[int, Sequence[int | None]], named: set[int]) -> int:
    """Position of the net column, -1 where no three columns are gross, fee and net.

    Args:
        columns: amounts in millionths by position.
        named: positions that a header calls gross or fee; without one of them a single row proves nothing.
    """
    positions = list(columns)[:_MOST_COLUMNS]
    for gross, fee, net in permutations(positions, 3):
        rows = [
            (g, f, n)
            for g, f, n in zip(columns[gross], columns[fee], columns[net], strict=True)
            if g is not None and n is not None and f is not None and (g or n)
        ]
        charged = sum(f != 0 for _, f, _ in rows)
        if not charged or (charged < 2 and not named & {gross, fee}):
            continue
        # A balance before, an amount and a balance after add up as well.
        if sum(after[0] == before[2] for before, after in pairwise(rows)) * 2 > len(rows):
            continue
        if all(g - abs(f) == n and abs(f) * _LARGEST < abs(g) for g, f, n in rows):
            return net
    return -1


def untaken_fee(table: Table, roles: Roles, decimal: str, best: Reading) -> str:
    """What a person should check of a fee that was not taken off the amounts; "" where there is none or it is proved.

    A running balance that the amounts explain where a fee is charged shows that the fee is in them or apart from them.
    """
    if "fee" in best.columns or not roles.fees:
        return ""
    fees = table.amounts(roles.fees[0], decimal).values
    charged = [index for index, (fee, value) in enumerate(zip(fees, best.values, strict=True)) if fee and value]
    used = {best.columns[role] for role in ("amount", "debit", "credit") if role in best.columns}
    if not charged or roles.fees[0] in used or is_net(table, roles, decimal, used, fees):
        return ""
    if best.chain.proved and best.chain.agree > 1:
        return ""
    name = roles.profiles[roles.fees[0]].name or f"column {roles.fees[0] + 1}"
    return f"Nothing shows whether “{name}” has to be taken off the amounts; it was not. Check one line with a fee."


def is_net(table: Table, roles: Roles, decimal: str, used: set[int], fees: Sequence[int | None]) -> bool:
    """Whether the amounts are those of another column less the fee."""
    for at in used:
        net = table.amounts(at, decimal).values
        for p in roles.profiles:
            if p.position in used or p.numbers < 0.8 or p.position == roles.fees[0]:
                continue
            gross = table.amounts(p.position, decimal).values
            rows = [
                (g, f, n) for g, f, n in zip(gross, fees, net, strict=True) if g is not None and n is not None and f
            ]
            if rows and all(abs(g) - abs(f) == abs(n) or g - abs(f) == n for g, f, n in rows):
                return True
    return False
