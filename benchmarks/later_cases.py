"""Cases in which money comes back, settlements of cards, and what is alike: refunds, chargebacks, card payments, card
terminals, equal amounts of one party.

`links` tells what a line refers to without settling it: the payment that a refund or chargeback turns back, and the
item that a payment pays in part while the rest stays open.
"""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.matching_cases import Maker

CARD = "1050"  # of ACCOUNTS, as a card account
TERMINALS = {"WORLDPAY": "0.0175", "CLOVER": "0.023", "VIVA": "0.0129"}
CHARGEBACK_FEES = (0, 1500, 2000, 2500)
LATEST_REFUND = 75  # days
_BACK = ("REFUND", "REFUND FROM", "RETURN", "REVERSAL", "MERCHANDISE CREDIT", "CREDIT VOUCHER")
_TO_CARD = (
    "AMEX EPAYMENT ACH PMT", "CHASE CREDIT CRD AUTOPAY", f"PAYMENT TO CREDIT CARD ENDING IN {CARD}",
    "CARDMEMBER SERV WEB PYMT", "CAPITAL ONE MOBILE PMT",
)  # fmt: skip
_ON_CARD = ("PAYMENT RECEIVED - THANK YOU", "AUTOPAY PAYMENT - THANK YOU", "ONLINE PAYMENT THANK YOU", "PAYMENT")


def later_kinds(made: "Maker") -> list[tuple[Callable[[], None], float]]:
    """What makes these cases, and how often each is made."""
    return [
        (lambda: refund(made), 0.03), (lambda: chargeback(made), 0.01), (lambda: card_payment(made), 0.02),
        (lambda: terminal(made), 0.01), (lambda: part(made), 0.015), (lambda: alike(made), 0.006),
    ]  # fmt: skip


def refund(made: "Maker") -> None:
    """A payment of a customer, or to a vendor, that comes back wholly or in part."""
    party, account, day, sign = made.party(), made.account(), made.day(), made.sign()
    minor, number = made.amount(), made.number()
    paid_on = made.later(day)
    paid = made.line(account, paid_on, sign * minor, made.text(party, number))
    if made.draw.random() < 0.5:
        made.settle([paid], [made.item(account, day, sign * minor, made.noisy(party), number)])
    back = minor if made.draw.random() < 0.6 else max(1, round(minor * made.draw.choice((0.1, 0.25, 0.5, 0.37))))
    text = made.text(party, number)
    if made.draw.random() < made.noise.worded:
        text = f"{made.draw.choice(_BACK)} {text}"
    line = made.line(account, _after(made, paid_on), -sign * back, text)
    made.link(line, paid, "refund", -sign * back)


def chargeback(made: "Maker") -> None:
    """A customer's payment, or a sale that a processor has paid out, is charged back, mostly with a fee."""
    fee = made.draw.choice(CHARGEBACK_FEES)
    account, day, minor, number = made.account(), made.day(), made.amount(), made.number()
    quoted = f" {number}" if made.draw.random() < made.noise.quoted else ""
    if made.draw.random() < 0.5:
        name, target_kind = made.party(), "line"
        paid_on = made.later(day)
        target = made.line(account, paid_on, minor, made.text(name, number))
        made.settle([target], [made.item(account, day, minor, made.noisy(name), number)])
    else:
        name, target_kind = made.draw.choice(list(TERMINALS)), "item"
        target = made.item(account, day, minor, f"{name.title()} sale", number, "sale")
        paid_on = day + timedelta(1)
        net = minor - _share(minor, TERMINALS[name])
        made.settle([made.line(account, paid_on, net, f"{name} SETTLEMENT")], [target])
    word = "RETURNED DEBIT" if target_kind == "line" and made.draw.random() < 0.4 else "CHARGEBACK"
    line = made.line(account, _after(made, paid_on), -minor - fee, f"{word} {name.upper()}{quoted}")
    made.link(line, target, "chargeback", -minor)


def card_payment(made: "Maker") -> None:
    """The balance of a card is paid from a bank account."""
    day, minor = made.day(), made.amount() * made.draw.randint(5, 40)
    out = made.line(made.draw.choice(("1000", "1010")), day, -minor, made.draw.choice(_TO_CARD))
    into = made.line(CARD, day + timedelta(made.draw.randint(0, 3)), minor, made.draw.choice(_ON_CARD))
    made.settle([out, into], [])


def terminal(made: "Maker") -> None:
    """A card terminal's sales of one day, or of a weekend, less what customers brought back, settled in one sum."""
    name, account, day = made.draw.choice(list(TERMINALS)), made.account(), made.day()
    days = made.draw.choices((1, 2, 3), (6, 1, 3))[0]
    items, total = [], 0
    for after in range(days):
        for _ in range(made.draw.randint(2, 6)):
            minor = made.amount()
            total += minor - _share(minor, TERMINALS[name])
            number, on = made.number(), day + timedelta(after)
            items.append(made.item(account, on, minor, f"{name.title()} sale", number, "sale"))
    if made.draw.random() < 0.3:
        back = max(1, min(made.amount(), total // 4))
        total -= back - _share(back, TERMINALS[name])
        items.append(made.item(account, day, -back, f"{name.title()} refund", made.number(), "sale"))
    made.settle([made.line(account, day + timedelta(days), total, f"{name} SETTLEMENT")], items)


def part(made: "Maker") -> None:
    """A part payment of an item whose rest nobody pays."""
    party, account, day, sign = made.party(), made.account(), made.day(), made.sign()
    minor, number = max(1000, made.amount()), made.number()
    item = made.item(account, day, sign * minor, made.noisy(party), number)
    paid = round(minor * made.draw.choice((0.3, 0.5, 0.6, 0.75)))
    line = made.line(account, made.later(day), sign * paid, made.text(party, number))
    made.link(line, item, "part", sign * paid)


def alike(made: "Maker") -> None:
    """Equal items of one party at once or in a rhythm, each paid after a delay of its own; one in ten is not."""
    party, account, sign, minor = made.party(), made.account(), made.sign(), made.amount()
    name, day, apart = made.noisy(party), made.day(), made.draw.choice((0, 1, 7, 30))
    for place in range(made.draw.randint(2, 6)):
        issued_on, number = day + timedelta(place * apart), made.number()
        item = made.item(account, issued_on, sign * minor, name, number)
        if made.draw.random() < 0.9:
            made.settle([made.line(account, made.later(issued_on), sign * minor, made.text(party, number))], [item])


def _after(made: "Maker", day: date) -> date:
    return day + timedelta(1 + int(LATEST_REFUND * made.draw.random() ** 2))


def _share(minor: int, share: str) -> int:
    return int((Decimal(share) * minor).quantize(Decimal(1), ROUND_HALF_EVEN))
