"""Many rules against few, on the same bank lines.

    python -m benchmarks.rules [--lines 20000] [--few 50] [--many 5000] [--repeat 9] [--json]

A mixture as a firm writes it: most rules name a payee, some within amounts, on weekdays or in groups, one in fifty is a
pattern. Half the payees that rules name occur. Timed are rules that were just read from the database, so that making
them ready counts (but rules as there were before are known), and rules made ready before. Seconds are of the processor,
so that other work on the machine tells little. The ratio is what is judged.
"""

import json
from collections.abc import Sequence
from time import process_time
from typing import Annotated

import numpy as np
import typer

from core.categorization.lines import Lines
from core.categorization.rule_conditions import (
    AmountIs,
    BankAccountIs,
    Condition,
    DayOfMonthIs,
    DirectionIs,
    Group,
    TextIs,
    WeekdayIs,
)
from core.categorization.rule_matching import first_hits
from core.categorization.rules import Rule
from core.ingestion.normalising import counterparty_names

app = typer.Typer(add_completion=False)
TOWNS = ("Reno NV", "Berlin", "Leeds", "Austin TX", "Lyon", "Porto", "Graz", "Boise ID")


@app.command()
def main(
    lines: Annotated[int, typer.Option(help="bank lines")] = 20_000,
    few: Annotated[int, typer.Option(help="rules of the smaller book")] = 50,
    many: Annotated[int, typer.Option(help="rules of the larger book")] = 5_000,
    repeat: Annotated[int, typer.Option(help="runs of each; the quickest are told")] = 9,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON document")] = False,
) -> None:
    """Print seconds for both books and their ratio."""
    bank_lines = invented_lines(lines)
    answer: dict[str, float | int] = {"lines": lines, "few": few, "many": many, "repeat": repeat}
    for name, ready in (("just_read", False), ("ready", True)):
        small, large = quickest((few, many), bank_lines, repeat, ready=ready)
        answer |= {f"{name}_few_seconds": round(small, 4), f"{name}_many_seconds": round(large, 4)}
        answer[f"{name}_ratio"] = round(large / small, 2)
    answer["decided_by_many"] = int((first_hits(invented_rules(many), bank_lines) >= 0).sum())
    typer.echo(json.dumps(answer) if as_json else "\n".join(f"{name}: {value}" for name, value in answer.items()))


def quickest(counts: Sequence[int], lines: Lines, repeat: int, *, ready: bool) -> list[float]:
    """Seconds of the quickest of the runs with so many rules each, taken in turn so that all see the same machine."""
    books = [invented_rules(count) for count in counts]
    taken: list[list[float]] = [[] for _ in counts]
    for run in range(repeat + 1):
        for number, count in enumerate(counts):
            rules = books[number] if ready else invented_rules(count)
            began = process_time()
            first_hits(rules, lines)
            taken[number] += [process_time() - began] if run else []  # the first run is not counted
    return [min(seconds) for seconds in taken]


def invented_lines(count: int) -> Lines:
    """Card and transfer texts of some 2,500 payees over a year."""
    draw = np.random.default_rng(5)
    payee = draw.integers(0, 2_500, count)
    texts = [
        f"POS DEBIT {draw.integers(1000, 9999)} {name_of(int(p))} {TOWNS[p % len(TOWNS)]} {draw.integers(10**5, 10**6)}"
        for p in payee
    ]
    days = np.datetime64("2024-01-01") + draw.integers(0, 366, count)
    amounts = draw.integers(-90_000, 30_000, count)
    return Lines(texts, counterparty_names(texts), amounts, days, [f"bank{p % 3}" for p in payee])


def name_of(payee: int) -> str:
    """A payee's name of two words."""
    return f"{_word(payee % 71)} {_word(71 + payee // 71)}"


def _word(number: int) -> str:
    return "".join("bdfgklmnprst"[(number // 5**i) % 12] + "aeiou"[(number // 12**i) % 5] for i in range(3))


def invented_rules(count: int) -> list[Rule]:
    """That many rules of every kind; half of them name payees of `invented_lines`."""
    return [Rule(f"Rule {i}", _conditions(i), "6400") for i in range(count)]


def _conditions(i: int) -> tuple[Condition, ...]:
    name = name_of(i)
    payee = TextIs(name, "equals", "counterparty") if i % 3 == 0 else TextIs(name)
    match i % 50:
        case 0:
            return (TextIs(rf"{name.split()[0]}\s.*{name.split()[1]}", "regex"),)
        case 1 | 2 | 3:
            return (Group("any", (payee, TextIs(f"{name} gmbh"))), Group("none", (TextIs("refund"),)))
        case 4 | 5:
            return (payee, WeekdayIs((1, 2, 3, 4, 5)), DayOfMonthIs(25, 5))
        case 6:
            return (AmountIs(4_000 + i, 4_000 + i), BankAccountIs("bank1"))
        case 7 | 8 | 9:
            return (TextIs("pos debit"), payee, AmountIs(None, 60_000))
        case _:
            return (payee, DirectionIs("out")) if i % 2 else (payee,)


if __name__ == "__main__":
    app()
