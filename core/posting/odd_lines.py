"""Lines out of the ordinary are held: what core.categorization.anomalies finds, put into bookings."""

from collections.abc import Sequence
from uuid import UUID

from core.categorization.anomalies import Payments, find_anomalies
from core.categorization.lines import AccountOption
from core.categorization.policy import Hold
from core.posting.bookings import WAITS_FOR_MATCH, Bookings, UnbookedLines
from models import Method


def hold_odd(
    bookings: Bookings,
    lines: UnbookedLines,
    past: Payments,
    accounts: Sequence[AccountOption],
    *,
    clearing_id: UUID,
) -> None:
    """Lines that are out of the ordinary wait for a person, and their reason says what is odd.

    Own transfers and what settles an item, which states its amount, are left alone. What is odd is told before any
    other reason to wait but a suggested match, which has to be decided first, and the lack of a proposal.
    """
    rows = [i for i, account_id in enumerate(bookings.account_id) if account_id != clearing_id]
    found = find_anomalies(
        # A split has no one account that could be unusual.
        _payments(lines, rows, ["" if i in bookings.parts else str(bookings.account_id[i]) for i in rows]),
        past,
        names={option.key: f"{option.code} {option.name}" for option in accounts},
    )
    for i, hold, words in zip(rows, found.hold.tolist(), found.words.tolist(), strict=True):
        matched = bookings.method[i] is Method.MATCH or bookings.confirmed_by[i] is not None
        first = matched or bookings.hold_reason[i] in (WAITS_FOR_MATCH, Hold.NO_BASIS)
        if hold and not first:
            bookings.auto[i], bookings.hold_reason[i] = False, hold
            bookings.reason[i] = f"{bookings.reason[i]}; {words}"


def _payments(lines: UnbookedLines, rows: Sequence[int], account: Sequence[str]) -> Payments:
    return Payments(
        [lines.counterparty[i] for i in rows],
        [lines.amount_minor[i] for i in rows],
        [lines.currency[i] for i in rows],
        [lines.booked_on[i] for i in rows],
        [lines.bank_account[i] for i in rows],
        account,
    )
