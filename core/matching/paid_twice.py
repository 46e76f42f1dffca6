"""Open lines that look like a second payment of what another line has settled."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from core.matching.texts import name_key
from core.matching.values import BankLines, ProposedMatch

MOST_DAYS = 45  # between the two payments

_Payment = tuple[str, str, int, str]  # account, currency, amount, name in the text


def paid_twice(lines: BankLines, matches: Iterable[ProposedMatch], open_lines: Sequence[int]) -> dict[int, str]:
    """For open lines that repeat account, amount and name of a line that settles something within the days: why each
    is open, for a bookkeeper to read."""
    amounts = set(lines.amount_minor[list(open_lines)].tolist())
    paying: dict[_Payment, list[int]] = defaultdict(list)
    for match in matches:
        if len(match.lines) == 1 and match.items and int(lines.amount_minor[match.lines[0]]) in amounts:
            paying[_payment(lines, match.lines[0])].append(match.lines[0])
    notes: dict[int, str] = {}
    for line in open_lines:
        payment = _payment(lines, line)
        apart = {other: int((lines.booked_on[line] - lines.booked_on[other]).astype(int)) for other in paying[payment]}
        near = [other for other in apart if abs(apart[other]) <= MOST_DAYS]
        if near and payment[3]:
            other = min(near, key=lambda one: (abs(apart[one]), lines.key[one]))
            notes[line] = (
                f"Perhaps paid twice: the line of {lines.booked_on[other]} with this name and amount is matched."
            )
    return notes


def _payment(lines: BankLines, line: int) -> _Payment:
    return lines.account[line], lines.currency[line], int(lines.amount_minor[line]), name_key(lines.text[line])
