"""Where the amount of a line comes from and what its sign is: candidates, judged by the running balance first."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.ingestion.formats.tabular.amounts import AmountColumn
from core.ingestion.formats.tabular.words import direction_of

FEE_DOUBT = "a fee is taken off only where the balance proves it"
NO_HEADER = "no header says which column is money out"
AGAINST_HEADER = "the running balance fits the columns for money out and money in only if they are swapped"
MIXED = "the columns for money out and money in hold positive and negative amounts"
_PROVED = 0.7  # share of the balance's steps that the amounts explain


@dataclass(frozen=True, slots=True)
class Chain:
    """How far a running balance follows amounts: `agree` of `steps` steps between neighbouring rows."""

    agree: int = 0
    steps: int = 0
    newest_first: bool | None = None

    @property
    def proved(self) -> bool:
        return self.steps > 0 and self.agree >= max(1.0, _PROVED * self.steps)


def chain(
    amounts: Sequence[int | None], balances: Sequence[int | None], groups: Sequence[object] | None = None
) -> Chain:
    """Judge amounts by a running balance, within each group (account and currency), in both directions of time.

    A step is two neighbouring rows that state a balance. Rows without amount are left out. Those without balance are
    first taken for lines that are not booked, then for lines of a day whose balance stands in its last row.
    """
    found = _chain(amounts, balances, groups, with_gaps=False)
    return found if found.proved or None not in balances else _chain(amounts, balances, groups, with_gaps=True)


def _chain(
    amounts: Sequence[int | None], balances: Sequence[int | None], groups: Sequence[object] | None, with_gaps: bool
) -> Chain:
    last: dict[object, tuple[int, int]] = {}
    between: dict[object, int] = {}  # amounts since the last balance
    steps = oldest = newest = 0
    for index, (amount, balance) in enumerate(zip(amounts, balances, strict=True)):
        if amount is None:
            continue
        group = groups[index] if groups else None
        if balance is None:
            if with_gaps:
                between[group] = between.get(group, 0) + amount
            continue
        more = between.pop(group, 0) if between else 0
        if group in last and not (with_gaps and balance == last[group][0]):  # unchanged, any sum of nothing fits
            before, its_amount = last[group]
            steps += 1
            oldest += balance - before == amount + more
            newest += before - balance == its_amount + more
        last[group] = (balance, amount)
    if oldest == newest:
        return Chain(oldest, steps)
    return Chain(max(oldest, newest), steps, newest > oldest)


@dataclass(slots=True)
class Reading:
    """One way to get at the amounts. `values` are millionths per body row, None where the row has none."""

    sign: str
    columns: dict[str, int]
    values: list[int | None]
    prior: float
    words: str  # for a person
    chain: Chain = field(default_factory=Chain)
    doubt: str = ""  # why it must not be taken unless the balance proves it
    warnings: list[str] = field(default_factory=list)
    clashes: list[int] = field(default_factory=list)  # rows where word and sign disagree

    @property
    def score(self) -> float:
        return self.prior + (self.chain.agree if self.chain.proved else 0)

    def rank(self, others_are_sure: bool, named: bool) -> tuple[bool, int, float]:
        """Proof before likelihood. One step may fit by chance, so it raises no doubtful reading over a sure one.

        `named` is whether header words say which columns hold money; without them many columns may fit by chance.
        """
        enough = 2 if (self.doubt and others_are_sure) or not named else 1
        proved = self.chain.proved and self.chain.agree >= enough
        return (proved, self.chain.agree if proved else 0, self.prior)


def by_own_sign(position: int, column: AmountColumn, prior: float, name: str) -> list[Reading]:
    """The amount as it stands, and the other way round, which only a proof or strong evidence may choose."""
    turned = [None if value is None else -value for value in column.values]
    return [
        Reading("signed", {"amount": position}, column.values, prior, f"{name}: negative is money out"),
        Reading(
            "inverted", {"amount": position}, turned, prior - 5, f"{name}: positive is money out", doubt="unlikely"
        ),
    ]


def by_direction(
    position: int, column: AmountColumn, word_at: int, words: list[str], prior: float, name: str
) -> list[Reading]:
    """The amount with a word for its direction. Where sign and word disagree widely, each reading stays doubtful."""
    memo = {word: direction_of(word) for word in set(words)}
    ways = [memo[word] for word in words]
    rows = [(i, v, ways[i]) for i, v in enumerate(column.values) if v]
    known = [(i, v, way) for i, v, way in rows if way]
    if len(known) < 0.6 * len(rows) or not known:
        return []
    directed = [
        None if v is None else abs(v) * ways[i] if ways[i] else None if v else 0 for i, v in enumerate(column.values)
    ]
    reading = Reading(
        "direction",
        {"amount": position, "direction": word_at},
        directed,
        prior + 1,
        f"{name}: the word decides the sign",
    )
    clashes = [i for i, v, way in known if (v > 0) != (way > 0)]
    agreeing = len(known) - len(clashes)
    if not column.negative:
        if len(known) < len(rows):
            reading.doubt = "some rows lack the word that says in or out"
        return [reading]
    own = Reading(
        "signed", {"amount": position}, column.values, prior + 2, f"{name}: its own sign decides", clashes=clashes
    )
    if not clashes:
        return [own]
    if agreeing >= 3 * len(clashes):
        return [own, reading]
    for each in (own, reading):
        each.doubt = "the sign of the amounts and the word for in or out contradict each other"
    return [own, reading]


def by_separate(
    pair: tuple[int, int], out: AmountColumn, into: AmountColumn, prior: float, named: bool
) -> list[Reading]:
    """Money out and money in in two columns, of which a row fills one (the other blank or zero)."""
    both = sum(1 for o, i in zip(out.values, into.values, strict=True) if o and i)
    either = sum(1 for o, i in zip(out.values, into.values, strict=True) if o or i)
    if not either or both > 0.1 * either or (not named and not (out.filled and into.filled)):
        return []
    if not named and ((_mixed(out) and not _moves(into)) or (_mixed(into) and not _moves(out))):
        return []  # an amount with its sign beside a column of nothing
    columns, swapped = {"debit": pair[0], "credit": pair[1]}, {"debit": pair[1], "credit": pair[0]}
    words = "money out and money in stand in columns of their own"
    minus_out = out.negative and not out.positive
    reading = Reading("separate", dict(columns), net_of_columns(out, into), prior, words)
    turned = net_of_columns(into, out, -1 if minus_out else 1)
    against = Reading("separate", dict(swapped), turned, prior - 5, words + ", swapped", doubt=AGAINST_HEADER)
    if _mixed(out) or into.negative:
        reading.doubt = MIXED
        if named and not into.positive and not out.negative:
            # A card's columns may state what is owed, payments with a minus; or a deposit was but taken back.
            owed = Reading(
                "separate_unsigned", dict(columns), net_of_columns(out, into, 0), prior + 1, words + ", a minus aside"
            )
            owed.warnings.append(
                "Money in stands as negative amounts and was read as money in all the same. Check one line."
            )
            return [owed, reading, against]
    elif both:
        reading.doubt = "some rows have both money out and money in"
    elif not named and not (minus_out and into.plus):
        reading.doubt = NO_HEADER
        other = Reading(
            "separate", dict(swapped), net_of_columns(into, out, 1), prior - 1, words + ", swapped", doubt=NO_HEADER
        )
        return [reading, other]
    return [reading, against] if named else [reading]


def _mixed(column: AmountColumn) -> bool:
    return bool(column.negative and column.positive)


def _moves(column: AmountColumn) -> bool:
    return bool(column.negative or column.positive)


def net_of_columns(out: AmountColumn, into: AmountColumn, out_sign: int | None = None) -> list[int | None]:
    """Money in less money out a row, None where neither is filled.

    `out_sign` is -1 where money out is written with a minus, 1 where it is not, 0 where signs say nothing in both
    columns; None tells it by the column.
    """
    if out_sign is None:
        out_sign = -1 if out.negative and not out.positive else 1
    outs, ins = out.values, into.values
    if out_sign == 0:
        outs, ins = [v and abs(v) for v in outs], [v and abs(v) for v in ins]
    return [
        None if o is None and i is None else (i or 0) - (out_sign or 1) * (o or 0)
        for o, i in zip(outs, ins, strict=True)
    ]


def with_fee(reading: Reading, position: int, fees: AmountColumn) -> Reading | None:
    """The reading with a fee taken off each amount, for exports whose balance shows it so; None without fees."""
    if not (fees.negative or fees.positive):
        return None
    values = [None if v is None else v - abs(f or 0) for v, f in zip(reading.values, fees.values, strict=True)]
    made = Reading(
        reading.sign, reading.columns | {"fee": position}, values, reading.prior - 3, reading.words + ", less the fee"
    )
    made.doubt = FEE_DOUBT
    return made


def by_named_pair(readings: list[Reading]) -> Reading | None:
    """Columns for money out and money in, where they turn round the sign of every amount of the likeliest reading.

    Exports of cards write purchases as positive amounts and once more under the word for money out.
    """
    best = readings[0]
    pair = next((r for r in readings if r.sign == "separate" and not r.doubt), None)
    if best.sign != "signed" or pair is None or not any(best.values):
        return None
    rows = zip(best.values, pair.values, strict=True)
    return pair if all((b or 0) * (p or 0) < 0 for b, p in rows if b or p) else None


def judge(readings: list[Reading], balances: dict[int, list[int | None]], groups: Sequence[object] | None) -> None:
    """Give every reading the balance column that proves it best."""
    for reading in readings:
        for position, values in balances.items():
            if position in reading.columns.values():
                continue
            found = chain(reading.values, values, groups)
            if (found.proved, found.agree, found.steps) > (
                reading.chain.proved,
                reading.chain.agree,
                reading.chain.steps,
            ):
                reading.chain = found
                reading.columns["balance"] = position
