"""A series that goes on under a longer or shorter name: banks print `Figma` and later `Figma Monthly Renewal`."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import median_low

from core.recurring.schedules import places
from core.recurring.series import RecurringLine, RecurringSeries, is_fixed

LEAST_LETTERS = 4  # of a name that another may begin with
APART_FIXED, APART_VARYING = 1.1, 1.5  # how far an amount under the other name may lie from the usual one


def under_one_name(series: Sequence[RecurringSeries], loose: Sequence[RecurringLine]) -> list[RecurringSeries]:
    """The series, those that stopped together with what went on under a name that begins alike.

    The days that a series misses have to be met by lines of the same bank account, currency and direction and of about
    its usual amount, in no series of their own or in one all lines of which fit in. Series never share a line.

    Args:
        loose: lines in no series.
    """
    found = list(series)
    for stopped in series:
        if not stopped.misses or stopped not in found:
            continue
        taken = {id(line) for one in found for line in one.lines}
        rest = [line for line in loose if id(line) not in taken]
        others = [one for one in found if one is not stopped and _goes_on(one.lines[0], stopped)]
        parts = [rest, *(list(one.lines) for one in others)]
        whole, used = stopped, []
        for number, part in enumerate(parts):
            longer = _with_lines(whole, [line for line in part if _goes_on(line, stopped)], all_of=number > 0)
            if longer is not whole and number > 0:
                used.append(others[number - 1])
            whole = longer
        if whole is not stopped:
            found = [whole if one is stopped else one for one in found if not any(one is gone for gone in used)]
    return found


def _goes_on(line: RecurringLine, series: RecurringSeries) -> bool:
    """Whether the line comes after the series began, under a name of which one begins with all words of the other."""
    first = series.lines[0]
    mine, theirs = first.counterparty.lower().split(), line.counterparty.lower().split()
    shared = mine[: len(theirs)]
    return (
        mine != theirs
        and shared == theirs[: len(mine)]
        and len("".join(shared)) >= LEAST_LETTERS
        and (line.bank_account_id, line.currency) == (first.bank_account_id, first.currency)
        and (line.amount_minor > 0) == (first.amount_minor > 0)
    )


def _with_lines(series: RecurringSeries, lines: Sequence[RecurringLine], *, all_of: bool) -> RecurringSeries:
    """The series with those of the lines that stand on days it missed; as it was where none does, or not all."""
    if not lines:
        return series
    usual = median_low([abs(amount) for amount in series.amounts])
    most = APART_FIXED if is_fixed(series.amounts) else APART_VARYING
    at = dict(zip(series.numbers, series.lines, strict=True))
    fitting: dict[int, RecurringLine] = {}
    for line, number, _ in places(series.schedule, sorted(lines, key=lambda line: line.booked_on)):
        apart = max(abs(line.amount_minor) / usual, usual / abs(line.amount_minor))
        if number not in at and number not in fitting and number > series.numbers[0] and apart <= most:
            fitting[number] = line
    if not fitting or (all_of and len(fitting) < len(lines)):
        return series
    at |= fitting
    numbers = tuple(sorted(at))
    return replace(series, lines=tuple(at[number] for number in numbers), numbers=numbers)
