"""Open lines that look like a second payment of what another line has settled."""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from core.matching.joining import same_number
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
    payment = same_number(side.account, side.unit, side.amount, side.name.of_row)
    alone = np.array(list(paying), np.int64)
    alone = alone[np.isin(payment[alone], payment[open_lines])]
    by_payment: dict[int, list[int]] = defaultdict(list)
    for line in alone.tolist():
        by_payment[int(payment[line])].append(line)
    notes: dict[int, str] = {}
    for line in np.flatnonzero(open_lines & np.isin(payment, payment[alone])).tolist():
        others = by_payment[int(payment[line])]
        apart = {other: abs(int(side.day[line] - side.day[other])) for other in others}
        near = [other for other in apart if apart[other] <= MOST_DAYS]
        if near and side.name.keys[side.name.of_row[line]]:
            other = min(near, key=lambda one: (apart[one], one))
            day = read.lines.booked_on[read.line_order[other]]
            notes[line] = f"Perhaps paid twice: the line of {day} with this name and amount is matched."
    return notes
