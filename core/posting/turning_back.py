"""Where a refund is booked: to the accounts of the payment that it turns back, so that it lowers what that raised."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlmodel import Session

from core.posting.bookings import Bookings, UnbookedLines
from core.posting.lines import parts_by_weight
from core.posting.settling import LineMatch
from core.posting.turned_back import counter_parts
from models import EntryStatus, MatchStatus, Method

WAITS_FOR_PAYMENT = "waits until the payment that it gives back is booked"


def book_turned_back(
    session: Session, company_id: UUID, bookings: Bookings, lines: UnbookedLines, matches: Mapping[UUID, LineMatch]
) -> None:
    """Fill in confirmed refunds whose payment is not posted yet: they go where the payment is about to go.

    A refund is posted alone only where its payment is, in this very booking; else both wait.
    """
    place = {key: i for i, key in enumerate(lines.transaction_id)}
    open_refunds = [
        (i, match)
        for i, key in enumerate(lines.transaction_id)
        if (match := matches.get(key)) and match.status is MatchStatus.CONFIRMED and match.waits_for_payment
    ]
    away = [match.turns_back[0] for _, match in open_refunds if match.turns_back and match.turns_back[0] not in place]
    waiting = counter_parts(session, company_id, away, EntryStatus.NEEDS_REVIEW)
    for i, match in open_refunds:
        assert match.turns_back is not None
        payment_id, minor = match.turns_back
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


def _parts_at(bookings: Bookings, lines: UnbookedLines, k: int) -> Sequence[tuple[UUID, int]]:
    return bookings.parts.get(k) or [(bookings.account_id[k], lines.amount_minor[k])]
