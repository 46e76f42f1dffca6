"""Small values for the tests of this folder."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from core.categorization.fitting import Labelled
from core.categorization.lines import AccountOption, Lines
from core.categorization.starter import FOLDER
from core.categorization.starter_corpus import invented_company, read_groups
from core.ingestion.normalising import counterparty_names

CHART = Path(FOLDER).parent / "charts" / "us_small_business.csv"


def lines_of(
    texts: Sequence[str],
    amounts: Sequence[int] | None = None,
    *,
    banks: Sequence[str] = (),
    days: Sequence[str] | None = None,
    companies: Sequence[str] = (),
) -> Lines:
    count = len(texts)
    return Lines(
        list(texts),
        counterparty_names(texts),
        np.array(amounts if amounts is not None else [-1000] * count, np.int64),
        np.array(days if days is not None else ["2024-01-15"] * count, "datetime64[D]"),
        list(banks),
        list(companies),
    )


@cache
def chart(sector: str = "food") -> tuple[AccountOption, ...]:
    with CHART.open(encoding="utf-8", newline="") as file:
        return tuple(
            AccountOption(row["code"], row["code"], row["name"], row["type"], row["role"])
            for row in csv.DictReader(file)
            if {"all", sector} & set(row["sectors"].split())
        )


@cache
def company(seed: int = 901, months: int = 8, sector: str = "food") -> Labelled:
    """A company the starter was not trained on."""
    labelled, _ = invented_company(read_groups(FOLDER / "merchants.csv"), sector, "trial", months, seed)
    known = {option.key for option in chart(sector)}
    rows = np.flatnonzero([code in known for code in labelled.account]).astype(np.int64)
    lines = labelled.take(rows).lines
    alone = Lines(lines.description, lines.counterparty, lines.amount_minor, lines.booked_on)
    return Labelled(alone, [labelled.account[i] for i in rows.tolist()])
