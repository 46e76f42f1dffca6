"""Invoices and bills of a year, and the bank lines that settle them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.simulation.drawing import FIRST_ON, LAST_ON, Draw, banking_day
from core.simulation.plan import Party
from core.simulation.values import CURRENCY, Movement, SimulatedItem


@dataclass(frozen=True, slots=True)
class _Due:
    """An item of a party (its `nth`, from 0), with the day its payment is sent, before anything is grouped."""

    party: Party
    item: SimulatedItem
    paid_on: date
    nth: int


def items_and_settlements(parties: tuple[Party, ...], draw: Draw) -> tuple[list[SimulatedItem], list[Movement]]:
    """The items by the day of issue, and the lines that settle them to the cent.

    Items paid before the year are left out; items whose payment would come after it stay open.
    """
    groups: dict[tuple[str, ...], list[_Due]] = defaultdict(list)
    for due in _dues(parties, draw):
        groups[_payment_key(due)].append(due)
    items: list[SimulatedItem] = []
    settlements: list[Movement] = []
    for group in groups.values():
        lines = list(_payments(group, draw))
        if any(line.on < FIRST_ON for line in lines):
            continue
        items += [due.item for due in group]
        if all(line.on <= LAST_ON for line in lines):
            settlements += lines
    return sorted(items, key=lambda item: (item.issued_on, item.number)), settlements


def _dues(parties: tuple[Party, ...], draw: Draw) -> list[_Due]:
    """Every item by the day of issue, numbered in that order as an invoice book is."""
    usual = {party.name: draw.amount(party.low, party.high, party.step) for party in parties}
    issues = sorted((on, order, nth) for order, party in enumerate(parties) for nth, on in enumerate(party.issued))
    numbers: dict[str, int] = defaultdict(lambda: draw.integer(1, 9) * 100)
    dues = []
    for on, order, nth in issues:
        party = parties[order]
        numbers[party.prefix] += 1
        minor = usual[party.name] if party.fixed else draw.amount(party.low, party.high, party.step)
        item = _item(party, f"{party.prefix}{numbers[party.prefix]:04d}", on, minor, draw)
        dues.append(_Due(party, item, _sent_on(on, draw.integer(*party.delay)), nth))
    return dues


def _item(party: Party, number: str, issued_on: date, minor: int, draw: Draw) -> SimulatedItem:
    """An invoice is referred to by its own number, a bill by the number its supplier gave it."""
    is_invoice = party.kind == "invoice"
    return SimulatedItem(
        number=number,
        kind=party.kind,
        counterparty=party.name,
        issued_on=issued_on,
        due_on=issued_on + timedelta(days=party.terms),
        amount_minor=minor if is_invoice else -minor,
        currency=CURRENCY,
        reference=number if is_invoice else draw.characters("d", 5),
        account_code=party.account,
    )


def _sent_on(start: date, delay: int) -> date:
    """The banking day so many days later; a day past the end of the year stays where it is: not yet paid."""
    day = start + timedelta(days=delay)
    return day if day > LAST_ON else banking_day(day)


def _payment_key(due: _Due) -> tuple[str, ...]:
    if due.party.batch:
        return (due.party.batch, due.item.issued_on.isoformat())
    if due.party.pays == "pairs":
        return (due.party.name, str(due.nth // 2))
    return (due.item.number,)


def _payments(group: list[_Due], draw: Draw) -> Iterator[Movement]:
    """The line that settles the group, or the two lines where the party pays this item in parts."""
    party, last = group[-1].party, group[-1]
    minor = sum(due.item.amount_minor for due in group)
    shares = [(last.paid_on, minor)]
    if party.pays == "parts" and last.nth % 3 == 1:
        first_half = minor // 2
        shares = [(last.paid_on, first_half), (_sent_on(last.paid_on, draw.integer(10, 25)), minor - first_half)]
    numbers = tuple(due.item.number for due in group)
    for on, share in shares:
        text = draw.text(draw.pick(party.texts).replace("{ref}", last.item.reference), on)
        trait = "" if _names(party.name, text) else "nameless"
        yield Movement(party.bank, on, share, text, party.account, "settlement", numbers, trait=trait)


def _names(party: str, text: str) -> bool:
    """Whether a word of the party's name stands in the bank text."""
    return any(word.lower() in text.lower() for word in party.split() if len(word) > 3)
