"""Open lines that look like a second payment of what another line has settled."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from core.matching.reading import Read
from core.matching.texts import Bools

MOST_DAYS = 45  # between the two payments


def paid_twice(read: Read, paying: Iterable[int], open_lines: Bools) -> dict[int, str]:
    """For open lines that repeat account, amount and name of a line that settles something within the days: why each
    is open, for a bookkeeper to read.

    Args:
        paying: lines that settle something alone.
    """
    side = read.line
    payment = np.stack([side.account, side.unit, side.amount, side.name.of_row], axis=1)
    by_payment: dict[tuple[int, ...], list[int]] = defaultdict(list)
    repeated = set(side.amount[open_lines].tolist())
    for line in paying:
        if int(side.amount[line]) in repeated:
            by_payment[tuple(payment[line].tolist())].append(line)
    notes: dict[int, str] = {}
    for line in np.flatnonzero(open_lines).tolist():
        others = by_payment.get(tuple(payment[line].tolist()), ())
        apart = {other: abs(int(side.day[line] - side.day[other])) for other in others}
        near = [other for other in apart if apart[other] <= MOST_DAYS]
        if near and side.name.keys[payment[line, 3]]:
            other = min(near, key=lambda one: (apart[one], one))
            notes[line] = (
                f"Perhaps paid twice: the line of {read.lines.booked_on[read.line_order[other]]} with this name and amount is matched."
            )
    return notes
