"""Where a refund is booked: to the accounts of the payment that it turns back, so that it lowers what that raised."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from core.posting.bookings import Bookings, UnbookedLines
from core.posting.lines import parts_by_weight
from core.posting.settling import LineMatch
from core.posting.turned_back import counter_parts, taxes_of
from models import EntryStatus, MatchStatus, Method

WAITS_FOR_PAYMENT = "waits until the payment that it gives back is booked"


def book_turned_back(
    session: Session, company_id: UUID, bookings: Bookings, lines: UnbookedLines, matches: Mapping[UUID, LineMatch]
) -> None:
    """Fill in confirmed refunds whose payment is not posted yet: they go where the payment is about to go.

    A refund is posted alone only where its payment is, in this very booking; else both wait. What turns back a payment
    of one taxed account gives back its tax under the same code, whenever that was booked.
    """
    place = {key: i for i, key in enumerate(lines.transaction_id)}
    open_refunds = [
        (i, match, *match.turns_back)
        for i, key in enumerate(lines.transaction_id)
        if (match := matches.get(key)) and match.status is MatchStatus.CONFIRMED
        if match.waits_for_payment and match.turns_back
    ]
    away = [payment_id for _, _, payment_id, _ in open_refunds if payment_id not in place]
    waiting = counter_parts(session, company_id, away, EntryStatus.NEEDS_REVIEW)
    for i, match, payment_id, minor in open_refunds:
        k = place.get(payment_id)
        parts = waiting.get(payment_id) if k is None else _parts_at(bookings, lines, k)
        bookings.auto[i], bookings.match_id[i] = k is not None and bookings.auto[k], match.match_id
        bookings.hold_reason[i] = "" if bookings.auto[i] else WAITS_FOR_PAYMENT
        if parts:
            shares = parts_by_weight(lines.amount_minor[i], [*parts_by_weight(minor, parts), *match.items])
            bookings.account_id[i], bookings.method[i] = shares[0][0], Method.MATCH
            bookings.confidence[i], bookings.reason[i] = match.score, match.reason
            bookings.rule_id[i] = bookings.model_version_id[i] = None
            bookings.alternatives[i] = []
            bookings.parts.pop(i, None)
            bookings.taxes.pop(i, None)
            if len(shares) > 1:
                bookings.parts[i] = shares
            if k is not None and k in bookings.taxes and len(shares) == 1:
                bookings.taxes[i] = bookings.taxes[k]
    _give_back_taxes(session, company_id, bookings, lines, matches)


def _give_back_taxes(
    session: Session, company_id: UUID, bookings: Bookings, lines: UnbookedLines, matches: Mapping[UUID, LineMatch]
) -> None:
    """To refunds that give back nothing but a payment booked before with one tax: its account and that tax."""
    turning = {
        i: match.turns_back[0]
        for i, key in enumerate(lines.transaction_id)
        if (match := matches.get(key)) and match.turns_back and bookings.match_id[i] == match.match_id
        if bookings.method[i] is Method.MATCH and match.turns_back[1] == lines.amount_minor[i]
    }
    taxed = taxes_of(session, company_id, set(turning.values()))
    for i, payment_id in turning.items():
        if payment_id in taxed:
            bookings.account_id[i], bookings.taxes[i] = taxed[payment_id]
            bookings.parts.pop(i, None)


def _parts_at(bookings: Bookings, lines: UnbookedLines, k: int) -> Sequence[tuple[UUID, int]]:
    return bookings.parts.get(k) or [(bookings.account_id[k], lines.amount_minor[k])]
