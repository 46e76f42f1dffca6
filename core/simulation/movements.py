"""From a plan to the movements of a year."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.simulation.drawing import Draw, banking_day, within_year
from core.simulation.items import items_and_settlements
from core.simulation.plan import CardPayment, CompanyPlan, Series, Shop, Transfer
from core.simulation.values import Movement, SimulatedItem

CLEARING = "1090"  # Transfer Clearing of the chart template
FIRST_CHECK_NUMBER = 1041
MONTHS = 12


def year_of(plan: CompanyPlan, draw: Draw) -> tuple[list[Movement], list[SimulatedItem]]:
    """Exactly `plan.count` movements in the order of their days, and the open items by the day of issue.

    What comes back, items and transfers are drawn first; purchases now and then fill the year up to the count.
    Payouts and card payments, which follow from the lines before them, come last.

    Raises:
        ValueError: the plan holds more than `count` lines before any purchase, or a processor has nothing to pay out.
    """
    items, settlements = items_and_settlements(plan.parties, draw)
    movements = [move for series in plan.series for move in _series_movements(series, draw)] + settlements
    movements += [
        Movement(e.bank, e.on, e.minor, draw.text(e.text, e.on), e.account, trait=e.trait) for e in plan.events
    ]
    drawn = [transfer for transfer in plan.transfers if not transfer.clears]
    clearing = [transfer for transfer in plan.transfers if transfer.clears]
    movements += [move for n, transfer in enumerate(drawn) for move in _transfers(transfer, f"own.{n}", draw)]
    room = plan.count - len(movements) - 2 * MONTHS - 2 * sum(len(transfer.days) for transfer in clearing)
    movements += _purchases(plan.shops, room, {bank.code: bank.kind for bank in plan.banks}, draw)
    movements += [move for n, t in enumerate(clearing) for move in _payouts(t, f"payout.{n}", movements, draw)]
    owed = next(-bank.opening_minor for bank in plan.banks if bank.code == plan.card_payment.card)
    movements += _card_payments(plan.card_payment, movements, owed, draw)
    movements.sort(key=lambda move: move.on)
    return _with_check_numbers(movements, draw), items


def _series_movements(series: Series, draw: Draw) -> Iterator[Movement]:
    usual = draw.amount(series.low, series.high, series.step)
    dearer = 104 + draw.integer(0, 5)
    for day in series.days:
        on = banking_day(day)
        minor = usual if series.fixed else draw.amount(series.low, series.high, series.step)
        minor = minor * series.season[day.month - 1] // 100
        if series.rises_on and day >= series.rises_on:
            minor = minor * dearer // 100
        text = draw.text(draw.pick(series.texts), on)
        yield Movement(series.bank, on, minor if series.money_in else -minor, text, series.account)


def _purchases(shops: tuple[Shop, ...], room: int, kinds: dict[str, str], draw: Draw) -> list[Movement]:
    """`room` lines: each shop seen once, then the others by weight; some of them take goods back."""
    once = [shop for shop in shops if shop.trait == "once"]
    usual = [shop for shop in shops if shop.trait != "once"]
    if room < len(once):
        raise ValueError(f"the plan leaves room for {room} purchases, fewer than the {len(once)} made once")
    weights = [shop.weight for shop in usual]
    bought: list[Movement] = []
    while len(bought) < room:
        shop = once[len(bought)] if len(bought) < len(once) else draw.weighted(usual, weights)
        purchase = _purchase(shop, kinds[shop.bank], draw)
        bought.append(purchase)
        if shop.refunds and len(bought) < room and draw.chance(9):
            bought.append(_refund(shop, purchase, draw))
    return bought


def _purchase(shop: Shop, kind: str, draw: Draw) -> Movement:
    day = draw.day(shop.months)
    on = day if kind == "credit_card" else banking_day(day)
    use = draw.weighted(shop.uses, [use.weight for use in shop.uses])
    minor = draw.amount(use.low, use.high, use.step)
    trait = shop.trait or ("ambiguous" if len({use.account for use in shop.uses}) > 1 else "")
    text = draw.text(draw.pick(shop.texts), on)
    return Movement(shop.bank, on, minor if shop.money_in else -minor, text, use.account, trait=trait)


def _refund(shop: Shop, purchase: Movement, draw: Draw) -> Movement:
    on = within_year(purchase.on + timedelta(days=draw.integer(2, 16)))
    minor = purchase.minor if draw.chance(50) else purchase.minor * draw.integer(20, 80) // 100
    text = draw.text(draw.pick(shop.texts), on)
    return Movement(purchase.bank, on, -minor, text, purchase.account, trait="refund")


def _transfers(transfer: Transfer, name: str, draw: Draw) -> Iterator[Movement]:
    for number, day in enumerate(transfer.days):
        minor = draw.amount(transfer.low, transfer.high, transfer.step)
        yield from _moved(transfer, banking_day(day), minor, f"{name}.{number}", draw)


def _payouts(transfer: Transfer, name: str, so_far: list[Movement], draw: Draw) -> Iterator[Movement]:
    """What the source took in since the payout before, paid out as a whole."""
    paid_out = 0
    for number, day in enumerate(transfer.days):
        on = banking_day(day)
        taken_in = sum(move.minor for move in so_far if move.bank == transfer.source and move.on <= on)
        if taken_in <= paid_out:
            raise ValueError(f"{transfer.source} has nothing to pay out on {on}")
        yield from _moved(transfer, on, taken_in - paid_out, f"{name}.{number}", draw)
        paid_out = taken_in


def _moved(transfer: Transfer, out_on: date, minor: int, pair: str, draw: Draw) -> Iterator[Movement]:
    in_on = banking_day(out_on + timedelta(days=draw.integer(0, transfer.lag)))
    source = _Side(transfer.source, out_on, draw.pick(transfer.out_texts))
    target = _Side(transfer.target, max(in_on, out_on), draw.pick(transfer.in_texts))
    return _two_sides(source, target, minor, pair, draw)


@dataclass(frozen=True, slots=True)
class _Side:
    """One end of an own transfer: which bank account, when, and how that bank words it."""

    bank: str
    on: date
    text: str


def _two_sides(source: _Side, target: _Side, minor: int, pair: str, draw: Draw) -> Iterator[Movement]:
    confirmation = draw.characters("d", 10)
    for side, signed in ((source, -minor), (target, minor)):
        text = draw.text(side.text.replace("{conf}", confirmation), side.on)
        yield Movement(side.bank, side.on, signed, text, CLEARING, kind="transfer", pair=pair)


def _card_payments(payment: CardPayment, so_far: list[Movement], owed_before: int, draw: Draw) -> Iterator[Movement]:
    spent: dict[tuple[int, int], int] = defaultdict(int)
    for move in so_far:
        if move.bank == payment.card:
            spent[move.on.year, move.on.month] -= move.minor
    owed = owed_before
    for number in range(MONTHS):
        month = 9 + number
        year, month = 2024 + month // 12, month % 12 + 1
        out_on = banking_day(date(year, month, payment.day))
        in_on = banking_day(out_on + timedelta(days=draw.integer(0, 2)))
        minor = max(owed, 25_00)  # the least payment where refunds exceeded the purchases
        source = _Side(payment.source, out_on, draw.pick(payment.out_texts))
        target = _Side(payment.card, in_on, draw.pick(payment.in_texts))
        yield from _two_sides(source, target, minor, f"card.{number}", draw)
        owed += spent[year, month] - minor


def _with_check_numbers(movements: Iterable[Movement], draw: Draw) -> list[Movement]:
    """Checks carry numbers that rise with the days, with gaps as in a real check book."""
    number = FIRST_CHECK_NUMBER
    numbered = []
    for move in movements:
        if "{check}" in move.text:
            number += 1 + draw.chance(15)
            numbered.append(replace(move, text=move.text.replace("{check}", str(number))))
        else:
            numbered.append(move)
    return numbered
