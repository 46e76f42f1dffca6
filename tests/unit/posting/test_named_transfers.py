"""Which lines name another own account, so that they go to clearing before the other side arrives."""

from datetime import date
from uuid import UUID

import pytest

from core.categorization.lines import AccountOption
from core.categorization.policy import Hold, Policy
from core.posting.bookings import Bookings, UnbookedLines, undecided
from core.posting.named_transfers import OwnAccount, book_named_transfers
from models import Method

SUSPENSE, CLEARING, BANK, LINE, STRIPE = (UUID(int=number) for number in range(1, 6))
ACCOUNTS = [AccountOption(str(CLEARING), "1090", "Transfers", role="transfer_clearing")]
CHECKING = OwnAccount(BANK, "checking", "Business Checking 4417", frozenset({"4417"}), date(2025, 4, 30))


def named(text: str, *others: OwnAccount, amount: int = 100_00, standing: bool = False) -> Bookings:
    lines = UnbookedLines(
        [LINE], [amount], ["USD"], [date(2025, 4, 29)], [BANK], ["checking"], [text], ["somebody"]
    )  # fmt: skip
    bookings = undecided(1, SUSPENSE)
    book_named_transfers(
        bookings, lines, [0], [CHECKING, *others], accounts=ACCOUNTS, policy=Policy(standing_rules=standing)
    )
    return bookings


def own(name: str, *tails: str, known_until: date | None = None) -> OwnAccount:
    return OwnAccount(STRIPE, "other", name, frozenset(tails), known_until)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Online Payment 04528669173 To Card Ending IN 5519", own("Business Card 5519", "5519")),
        ("STRIPE TRANSFER ST-AYH7W74Q9UBA CCD ID: 1800948598", own("Stripe")),
        ("PAYPAL BUSINESS PAYOUT", own("PayPal Business")),
    ],
)
def test_a_transfer_that_names_another_own_account_goes_to_clearing(text: str, other: OwnAccount) -> None:
    bookings = named(text, other)
    assert (bookings.account_id, bookings.method, bookings.auto) == ([CLEARING], [Method.MATCH], [True])
    assert other.name in bookings.reason[0]


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("STRIPE FEE 0429", [own("Stripe")]),  # no transfer
        ("PAYMENT BY STRIPE TRANSFER", [own("Stripe")]),  # not the first word
        ("SAVINGS TRANSFER", [own("Business Savings")]),  # a kind of account is nobody's name
        ("STRIPE TRANSFER", [own("Stripe"), own("Stripe")]),  # which of them
        ("STRIPE TRANSFER", [own("Stripe", known_until=date(2025, 5, 20))]),  # would have come by now
    ],
)
def test_a_text_that_names_none_or_several_or_one_that_is_known_is_left_alone(
    text: str, others: list[OwnAccount]
) -> None:
    assert named(text, *others).account_id == [SUSPENSE]


def test_above_the_limit_it_waits_unless_standing_rules_decide() -> None:
    assert named("STRIPE TRANSFER", own("Stripe"), amount=900_000_00).hold_reason == [Hold.MATERIALITY]
    assert named("STRIPE TRANSFER", own("Stripe"), amount=900_000_00, standing=True).auto == [True]
