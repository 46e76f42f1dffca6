"""Hard cases for the matching, with their truth: the same seed gives the same files. See docs/matching.md.

`python -m benchmarks.matching_cases FOLDER --seed 7 --difficulty hard` writes bank.csv, items.csv, truth.csv and
links.csv.
"""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.later_cases import later_kinds
from core.matching.link_csv import LINK_COLUMNS
from core.matching.set_csv import BANK_COLUMNS, ITEM_COLUMNS, TRUTH_COLUMNS
from core.money import decimal_text

DIFFICULTIES = ("easy", "medium", "hard")
ACCOUNTS = ("1000", "1010", "1050")
POPULAR = (999, 1000, 1299, 1999, 2000, 2500, 4999, 5000, 7500, 9900, 10_000, 12_000, 25_000)
FEES = {"STRIPE": ("0.029", 30), "SUMUP": ("0.0169", 0), "PAYPAL": ("0.0349", 49), "SQUARE": ("0.026", 10)}

_FIRST = (
    "Abbey Alder Amber Anchor Apex Arden Aspen Atlas Avon Beacon Birch Blue Bramble Bridge Bright Brook Cedar Chalk "
    "Copper Coral Crown Dale Delta Dove Drake Eagle Elm Ember Falcon Fern Field Flint Forge Fox Garnet Glen Granite "
    "Grove Harbour Hawk Hazel Heath Hill Holly Iris Ivy Jade Juniper Kestrel Kings Lake Larch Lime Linden Maple Marsh "
    "Mill Moss North Oak Olive Orchard Park Pearl Pine Quarry Quay Raven Red Reed River Robin Rowan Sable Sage Silver "
    "South Spruce Stone Swan Thistle Thorn Tide Valley Vine West White Willow Wren Yarrow Yew"
)
_SECOND = (
    "Analytics Bakery Books Brewing Builders Carpets Catering Ceramics Cleaning Clinic Coffee Couriers Dental Design "
    "Digital Drilling Electrical Engineering Events Fabrics Farms Fencing Fitness Floors Flowers Foods Freight Glazing "
    "Haulage Hotels Insurance Interiors Joinery Kitchens Landscapes Legal Lighting Logistics Marine Media Motors "
    "Optics Packaging Paints Partners Pharmacy Plumbing Printing Properties Roofing Security Signs Software Stationery "
    "Studios Supplies Systems Textiles Tools Training Travel Tyres Utilities Vets Water Windows"
)
_FORMS = ("Ltd", "LLC", "Inc", "GmbH", "& Co", "")
_OPENINGS = ("ACH CREDIT ", "FASTER PAYMENT ", "CARD ", "BACS ", "POS ", "DEPOSIT ", "SEPA ", "")
_NUMBERS = ("INV-{}", "RE{}", "#{}", "{}", "SI/2024/{}", "BILL {}")


@dataclass(frozen=True)
class Noise:
    """How often what makes matching hard happens, as shares of 1, and the usual delay of a payment in days."""

    popular: float  # amounts that many others have as well
    quoted: float  # payments that quote their document
    swapped: float  # of those: with two digits in the other order
    elsewhere: float  # of those: another document's number
    misspelt: float
    shortened: float
    initials: float
    strange: float  # the item names somebody else altogether
    delay: int
    spread: int  # days between the first and the last item of a batch
    twins: float  # movements that come twice alike
    alone: float  # lines and items without a partner
    worded: float  # refunds whose text says that they are one


NOISE = {
    "easy": Noise(0.1, 0.65, 0.01, 0.0, 0.01, 0.15, 0.0, 0.0, 7, 4, 0.02, 0.15, 0.9),
    "medium": Noise(0.3, 0.4, 0.1, 0.02, 0.08, 0.25, 0.02, 0.01, 18, 7, 0.05, 0.2, 0.8),
    "hard": Noise(0.5, 0.2, 0.15, 0.08, 0.15, 0.35, 0.05, 0.05, 40, 12, 0.08, 0.25, 0.65),
}


@dataclass
class Cases:
    """Rows of the four files."""

    bank: list[tuple[str, ...]] = field(default_factory=list)
    items: list[tuple[str, ...]] = field(default_factory=list)
    truth: list[tuple[str, str]] = field(default_factory=list)
    links: list[tuple[str, ...]] = field(default_factory=list)

    def files(self) -> dict[str, bytes]:
        """The four CSV files by name."""
        return {
            "bank.csv": _csv(BANK_COLUMNS, self.bank),
            "items.csv": _csv(ITEM_COLUMNS, self.items),
            "truth.csv": _csv(TRUTH_COLUMNS, self.truth),
            "links.csv": _csv(LINK_COLUMNS, self.links),
        }


def matching_cases(seed: int, difficulty: str = "medium", lines: int = 4000) -> Cases:
    """At least this many bank lines with the items that they settle, in random order."""
    made = Maker(random.Random(f"{seed} {difficulty} {lines}"), NOISE[difficulty], lines)
    kinds: list[tuple[Callable[[], None], float]] = [
        (made.one_to_one, 0.62), (made.batch, 0.1), (made.partial, 0.05), (made.payout, 0.08), (made.transfer, 0.06),
        (made.paid_twice, 0.01), (made.alone, NOISE[difficulty].alone), *later_kinds(made),
    ]  # fmt: skip
    while len(made.cases.bank) < lines:
        made.draw.choices([make for make, _ in kinds], [share for _, share in kinds])[0]()
    for rows in (made.cases.bank, made.cases.items):
        made.draw.shuffle(rows)
    return made.cases


class Maker:
    """Draws movements of one kind after the other into `cases`."""

    def __init__(self, draw: random.Random, noise: Noise, lines: int) -> None:
        self.draw, self.noise, self.cases = draw, noise, Cases()
        self._days = max(30, lines // 22)  # a company with some 22 lines a day
        names = [f"{first} {second}" for first in _FIRST.split() for second in _SECOND.split()]
        self._parties = draw.sample(names, min(len(names), max(40, lines // 4)))

    def one_to_one(self) -> None:
        party, account, day, sign = self.party(), self.account(), self.day(), self.sign()
        for _ in range(2 if self.draw.random() < self.noise.twins else 1):
            minor = self.amount()
            number = self.number()
            item = self.item(account, day, sign * minor, self.noisy(party), number)
            self.settle([self._paid(account, day, sign * minor, party, number)], [item])

    def batch(self) -> None:
        party, account, day, sign = self.party(), self.account(), self.day(), self.sign()
        minors = [self.amount() for _ in range(self.draw.randint(2, 6))]
        last = max(days := [self.draw.randint(0, self.noise.spread) for _ in minors])
        items = [
            self.item(account, day + timedelta(after), sign * minor, self.noisy(party), self.number())
            for minor, after in zip(minors, days, strict=True)
        ]
        line = self.line(account, self.later(day + timedelta(last)), sign * sum(minors), self.text(party, ""))
        self.settle([line], items)

    def partial(self) -> None:
        party, account, day, sign = self.party(), self.account(), self.day(), self.sign()
        minors = [self.amount() for _ in range(self.draw.randint(2, 3))]
        number = self.number()
        item = self.item(account, day, sign * sum(minors), self.noisy(party), number)
        self.settle([self._paid(account, day, sign * minor, party, number) for minor in minors], [item])

    def payout(self) -> None:
        processor, account, day = self.draw.choice(list(FEES)), self.account(), self.day()
        share, each = FEES[processor]
        minors = [self.amount() for _ in range(self.draw.randint(1, 6))]
        fees = [int((Decimal(share) * minor).quantize(Decimal(1), ROUND_HALF_EVEN)) + each for minor in minors]
        name = f"{processor.title()} sale"
        items = [self.item(account, day, minor, name, self.number(), "sale") for minor in minors]
        paid = self.line(
            account, day + timedelta(self.draw.randint(1, 3)), sum(minors) - sum(fees), f"{processor} PAYOUT"
        )
        self.settle([paid], items)

    def transfer(self) -> None:
        here, there = self.draw.sample(ACCOUNTS, 2)
        minor, day = self.amount() * 10, self.day()
        out = self.line(here, day, -minor, self.draw.choice(("ONLINE TRANSFER", f"TFR TO {there}", "TRANSFER OUT")))
        into = self.line(there, day + timedelta(self.draw.randint(0, 3)), minor, "TRANSFER FROM OWN ACCOUNT")
        self.settle([out, into], [])

    def paid_twice(self) -> None:
        """The second payment settles nothing; which one that is, nobody can tell from the texts but by the day."""
        party, account, day, minor, number = self.party(), self.account(), self.day(), self.amount(), self.number()
        item = self.item(account, day, -minor, self.noisy(party), number)
        paid = day + timedelta(self.draw.randint(0, self.noise.delay))
        text = self.text(party, number)
        self.settle([self.line(account, paid, -minor, text)], [item])
        self.line(account, paid + timedelta(self.draw.randint(3, 10)), -minor, text)

    def alone(self) -> None:
        party, account, day, amount = self.party(), self.account(), self.day(), self.sign() * self.amount()
        if self.draw.random() < 0.5:
            self.line(account, day, amount, self.text(party, self.number() if self.draw.random() < 0.3 else ""))
        else:
            self.item(account, day, amount, self.noisy(party), self.number())

    def party(self) -> str:
        return self._parties[int(len(self._parties) * self.draw.random() ** 2)]  # few of them make most of the business

    def account(self) -> str:
        return self.draw.choices(ACCOUNTS, (5, 3, 2))[0]

    def sign(self) -> int:
        return self.draw.choice((1, -1))

    def day(self) -> date:
        return date(2024, 1, 1) + timedelta(self.draw.randrange(self._days))

    def later(self, day: date) -> date:
        return day + timedelta(int(self.noise.delay * self.draw.random() ** 1.5))

    def amount(self) -> int:
        if self.draw.random() < self.noise.popular:
            return self.draw.choice(POPULAR)
        return max(250, round(self.draw.lognormvariate(8.4, 1.0)))

    def number(self) -> str:
        return self.draw.choice(_NUMBERS).format(self.draw.randint(10_000, 999_999))

    def item(self, account: str, day: date, minor: int, name: str, number: str, kind: str = "") -> str:
        key = f"i{self._key()}"
        kind = kind or ("invoice" if minor > 0 else "bill")
        self.cases.items.append((key, account, day.isoformat(), decimal_text(minor, "USD"), name, number, kind))
        return key

    def line(self, account: str, day: date, minor: int, text: str) -> str:
        key = f"b{self._key()}"
        self.cases.bank.append((key, account, day.isoformat(), decimal_text(minor, "USD"), text, ""))
        return key

    def _key(self) -> str:
        """Says nothing of the order of rows, so that which of two alike comes first by key is chance."""
        return f"{self.draw.getrandbits(60):015x}"

    def _paid(self, account: str, day: date, minor: int, party: str, number: str) -> str:
        return self.line(account, self.later(day), minor, self.text(party, number))

    def settle(self, lines: Sequence[str], items: Sequence[str]) -> None:
        self.cases.truth.append(("|".join(lines), "|".join(items)))

    def link(self, line: str, target: str, kind: str, minor: int) -> None:
        """The line turns back or pays in part, by so much, what the target is."""
        self.cases.links.append((line, target, kind, decimal_text(minor, "USD")))

    def text(self, party: str, number: str) -> str:
        said = ""
        if number and self.draw.random() < self.noise.quoted:
            chance = self.draw.random()
            said = self.number() if chance < self.noise.elsewhere else number
            said = _swapped(said, self.draw) if chance > 1 - self.noise.swapped else said
        tail = f" {self.draw.randint(1000, 99_999)}" if self.draw.random() < 0.3 else ""
        name = party.upper()[: self.draw.randint(14, 24)] if self.draw.random() < 0.4 else party.upper()
        return " ".join(f"{self.draw.choice(_OPENINGS)}{name} {said}{tail}".split())

    def noisy(self, party: str) -> str:
        """The name as the books have it."""
        name = f"{party} {self.draw.choice(_FORMS)}".strip()
        noise, chance = self.noise, self.draw.random()
        if chance < noise.strange:
            return self.party()
        if chance < noise.strange + noise.initials:
            return "".join(word[0] for word in name.split() if word[0].isalpha())
        if self.draw.random() < noise.shortened:
            name = name[: self.draw.randint(max(6, len(name) // 2), len(name))].strip()
        if self.draw.random() < noise.misspelt:
            place = self.draw.randrange(1, len(name) - 1)
            name = name[:place] + name[place + 1] + name[place] + name[place + 2 :]
        return name


def _swapped(number: str, draw: random.Random) -> str:
    places = [i for i in range(len(number) - 1) if number[i : i + 2].isdigit() and number[i] != number[i + 1]]
    if not places:
        return number
    i = draw.choice(places)
    return number[:i] + number[i + 1] + number[i] + number[i + 2 :]


def _csv(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def main(
    folder: Path,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    difficulty: Annotated[str, typer.Option(help=" | ".join(DIFFICULTIES))] = "medium",
    lines: Annotated[int, typer.Option(help="At least so many bank lines.")] = 4000,
) -> None:
    """Write bank.csv, items.csv, truth.csv and links.csv for `scripts.evaluate_matching`."""
    if difficulty not in NOISE:
        raise typer.BadParameter(f"difficulty is one of {', '.join(DIFFICULTIES)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in matching_cases(seed, difficulty, lines).files().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    typer.run(main)
