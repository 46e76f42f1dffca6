"""Lines that are out of the ordinary for their counterparty: a person sees them before they are posted.

Four things are looked for, each against the company's own past lines with the same counterparty, direction and
currency, and none where there are too few of them. Usual amounts are told by the median and the median absolute
deviation of their logarithms, which single outliers do not move (Iglewicz and Hoaglin, How to Detect and Handle
Outliers, 1993: further than 3.5 such deviations, made comparable with standard deviations). Values in, values out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.categorization.policy import Hold
from core.money import decimal_text

if TYPE_CHECKING:
    import polars as pl

OBJECTS = NDArray[np.object_]

LEAST_PAST = 6  # past lines from which there is a usual
LEAST_DECIDED = 5  # decisions from which there is a usual account
LEAST_PLAIN = 10  # past lines from which days and sums are known to be of one kind
FURTHEST = 3.5 * 1.4826  # median absolute deviations
SMALLEST_FACTOR = 3.0  # nearer to the usual is never far, however steady the past
NEAR_FACTOR = 1.1  # a past line as near as this makes an amount one of those that occur, as a monthly fee among wages
TWICE_DAYS = 4  # equal amounts so near may be one payment made twice; weekly ones are not
REPEATING = 0.1  # share of past lines that repeat so, from which it is the counterparty's way
ROUND_MINOR = 10_000
SATURDAY = 6  # as polars counts weekdays
DIGITS = 9  # of logarithms compared, so that the same ratio of other amounts gives the same answer

PARTY = ("party", "inflow", "currency")
TWIN = (*PARTY, "bank", "size")


@dataclass(frozen=True)
class Payments:
    """n bank lines as columns (n,). Money in > 0.

    `account`: of lines to decide the key of the proposed account, of past lines that of the account a person decided
    on; "" for none.
    """

    counterparty: Sequence[str]
    amount_minor: Sequence[int]
    currency: Sequence[str]
    booked_on: Sequence[date]
    bank_account: Sequence[str]
    account: Sequence[str]

    def __len__(self) -> int:
        return len(self.counterparty)


@dataclass(frozen=True)
class Anomalies:
    """What is odd about n lines: the gravest as a value of Hold, everything in words; "" where nothing is."""

    hold: OBJECTS
    words: OBJECTS


def find_anomalies(lines: Payments, past: Payments, *, names: Mapping[str, str]) -> Anomalies:
    """Hold lines against the past. Lines without a counterparty are never odd.

    Args:
        past: lines that are booked already, in any order; none of them is among `lines`.
        names: account key → code and name, for the words.
    """
    hold, words = np.full(len(lines), "", object), np.full(len(lines), "", object)
    if not len(lines) or not len(past):
        return Anomalies(hold, words)
    for row in _odd(_frame(lines), _frame(past)):
        told = _told(row, names)
        hold[row["row"]] = told[0][0].value
        words[row["row"]] = "; ".join(text for _, text in told)
    return Anomalies(hold, words)


def _frame(payments: Payments) -> "pl.DataFrame":
    """One row a line that has a counterparty and an amount; `row` is its position."""
    import polars as pl

    amount = pl.Series("amount", list(payments.amount_minor), dtype=pl.Int64)
    frame = pl.DataFrame(
        {
            "party": pl.Series(list(payments.counterparty), dtype=pl.String).str.to_lowercase(),
            "inflow": amount > 0,
            "currency": pl.Series(list(payments.currency), dtype=pl.String),
            "size": amount.abs(),
            "day": pl.Series(list(payments.booked_on), dtype=pl.Date),
            "bank": pl.Series(list(payments.bank_account), dtype=pl.String),
            "account": pl.Series(list(payments.account), dtype=pl.String),
        }
    ).with_row_index("row")
    return frame.filter(pl.col("size") > 0, pl.col("party") != "").with_columns(
        log=pl.col("size").cast(pl.Float64).log(),
        plain=(pl.col("day").dt.weekday() < SATURDAY) & (pl.col("size") % ROUND_MINOR != 0),
        oddly=(pl.col("day").dt.weekday() >= SATURDAY) & (pl.col("size") % ROUND_MINOR == 0),
    )


def _usual(past: "pl.DataFrame") -> "pl.DataFrame":
    """What is usual, a row each counterparty, direction and currency."""
    import polars as pl

    before = pl.col("day").shift(1).over(TWIN)
    return (
        past.sort("day")
        .with_columns(repeats=(pl.col("day") - before).dt.total_days() <= TWICE_DAYS)
        .group_by(PARTY)
        .agg(
            count=pl.len(),
            middle=pl.col("log").median(),
            spread=(pl.col("log") - pl.col("log").median()).abs().median(),
            repeated=pl.col("repeats").sum(),
            all_plain=pl.col("plain").all(),
            decided=(pl.col("account") != "").sum(),
            accounts=pl.col("account").filter(pl.col("account") != "").n_unique(),
            usual_account=pl.col("account").max(),
        )
    )


def _twins(lines: "pl.DataFrame", past: "pl.DataFrame") -> "pl.DataFrame":
    """The day of a like line near each line, by `row`: one before it or on its day, or a booked one soon after it."""
    import polars as pl

    both = pl.concat([past.with_columns(booked=True), lines.with_columns(booked=False)])
    day, far = pl.col("day"), timedelta(days=TWICE_DAYS)
    before, after = day.shift(1).over(TWIN), day.shift(-1).over(TWIN)
    booked_after = pl.when(pl.col("booked")).then(day).backward_fill().over(TWIN)
    twin = (
        pl.when(day - before <= far).then(before)
        .when(after == day).then(after)
        .when(booked_after - day <= far).then(booked_after)
    )  # fmt: skip
    found = both.sort("day", "booked", descending=[False, True]).with_columns(twin=twin)
    return found.filter(~pl.col("booked")).select("row", "twin")


def _nearest(lines: "pl.DataFrame", past: "pl.DataFrame") -> "pl.DataFrame":
    """How far the size of each line is from the nearest past one, as a logarithm; by `row`."""
    nearest = past.select(*PARTY, "log", nearest="log").sort("log")
    found = lines.sort("log").join_asof(nearest, on="log", by=PARTY, strategy="nearest", check_sortedness=False)
    return found.select("row", gap=(found["log"] - found["nearest"]).abs().round(DIGITS))


def _odd(lines: "pl.DataFrame", past: "pl.DataFrame") -> list[dict[str, Any]]:
    """The lines of which something is odd, with what is usual."""
    import polars as pl

    far = (pl.col("log") - pl.col("middle")).abs().round(DIGITS)
    bound = pl.max_horizontal(pl.lit(log(SMALLEST_FACTOR)), FURTHEST * pl.col("spread")).round(DIGITS)
    proposed, usual = pl.col("account"), pl.col("usual_account")
    elsewhere = (pl.col("decided") >= LEAST_DECIDED) & (pl.col("accounts") == 1) & (proposed != usual)
    known = pl.col("count") >= LEAST_PAST
    judged = (
        lines.join(_usual(past), on=PARTY)
        .join(_twins(lines, past), on="row")
        .join(_nearest(lines, past), on="row")
        .with_columns(
            twice=known & pl.col("twin").is_not_null() & (pl.col("repeated") < REPEATING * pl.col("count")),
            amount=known & (far > bound) & (pl.col("gap") > round(log(NEAR_FACTOR), DIGITS)),
            elsewhere=elsewhere & (proposed != ""),
            day_and_sum=(pl.col("count") >= LEAST_PLAIN) & pl.col("all_plain") & pl.col("oddly"),
        )
    )
    return judged.filter(pl.any_horizontal("twice", "amount", "elsewhere", "day_and_sum")).to_dicts()


def _told(row: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[Hold, str]]:
    """What is odd about a line, the gravest first, each with its figures."""
    count, currency = row["count"], row["currency"]
    told: list[tuple[Hold, str]] = []
    if row["twice"]:
        told.append((Hold.PAID_TWICE, f"the same amount is there on {row['twin'].day} {row['twin']:%B %Y}"))
    if row["amount"]:
        amount, usual = (decimal_text(size, currency) for size in (row["size"], round(exp(row["middle"]))))
        told.append(
            (Hold.ODD_AMOUNT, f"{amount} {currency}, where {usual} is the middle of {count} lines of this counterparty")
        )
    if row["elsewhere"]:
        account = names.get(row["usual_account"], "another account")
        told.append((Hold.ODD_ACCOUNT, f"people booked this counterparty {row['decided']} times, always to {account}"))
    if row["day_and_sum"]:
        told.append(
            (Hold.ODD_DAY, f"{count} lines of this counterparty were on weekdays and uneven, this one is neither")
        )
    return told
