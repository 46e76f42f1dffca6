"""Faults of a company's rules that can be proved from the rules alone, and rules that take too much of its lines.

What is said is certain: a rule is called shadowed only where every one of its alternatives implies an alternative of
one earlier rule. Likeness of patterns is not reasoned about, so that some shadowed rules are not found.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from core.categorization.lines import Lines
from core.categorization.rule_clauses import Clause
from core.categorization.rule_conditions import TextIs
from core.categorization.rule_matching import first_hits
from core.categorization.rule_texts import find_texts
from core.categorization.rules import Rule

BROAD_SHARE, BROAD_LEAST = 0.2, 50  # of the lines, and how many at least, that make a rule over-broad
SHORTEST = 3  # signs below which a text is found inside other words


class Fault(StrEnum):
    DEAD = "never holds"
    SHADOWED = "shadowed"
    CONTRADICTORY = "contradictory"
    BROAD = "over-broad"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` and `other` (-1 for none) are numbers of rules in their order; `sentence` says what to do."""

    rule: int
    fault: Fault
    sentence: str
    other: int = -1


def lint_rules(rules: Sequence[Rule], lines: Lines | None = None) -> list[Finding]:
    """Findings for checked rules in the order in which they are tried, one a rule at most, by rule.

    Args:
        lines: the company's recent lines, which tell what is over-broad; without them only the rules are looked at.
    """
    possible = [[clause for clause in rule.clauses if not _contradicts_itself(clause)] for rule in rules]
    found: dict[int, Finding] = {}
    for number, clauses in enumerate(possible):
        if not clauses:
            said = "No line can fulfil its conditions: they exclude each other. Change or remove one."
            found[number] = Finding(number, Fault.DEAD, said)
    for number, other in _shadowed(rules, possible):
        found.setdefault(number, _taken_by(rules, possible, number, other))
    for finding in (*_short_texts(rules, possible), *(_taking_much(rules, lines) if lines is not None else ())):
        found.setdefault(finding.rule, finding)
    return [found[number] for number in sorted(found)]


def _contradicts_itself(clause: Clause) -> bool:
    """A text that must be there says that one is there which must not, or that two different texts are the whole."""
    if any(_implies(held, barred) for held in clause.held for barred in clause.barred):
        return True
    equal = [one for one in clause.held if one.test == "equals"]
    return any(
        other.field == one.field and other.test != "regex" and not _implies(one, other)
        for one in equal
        for other in clause.held
    )


def _implies(one: TextIs, other: TextIs) -> bool:
    """Wherever `one` holds, `other` holds."""
    if one == other:
        return True
    if one.field != other.field or "regex" in (one.test, other.test):
        return False
    if other.test == "contains":
        return other.value in one.value
    if other.test == "starts_with":
        return one.test != "contains" and one.value.startswith(other.value)
    return False


def _within(one: Clause, other: Clause) -> bool:
    """Every line that fulfils `one` fulfils `other`."""
    banks = one.banks is not None if other.banks is not None else True
    if other.banks is not None and one.banks is not None:
        banks = one.banks <= other.banks
    kept_out = other.other_banks <= one.other_banks if one.banks is None else not (one.banks & other.other_banks)
    return (
        one.least >= other.least
        and one.most <= other.most
        and not (one.signs & ~other.signs or one.weekdays & ~other.weekdays or one.days & ~other.days)
        and banks
        and kept_out
        and all(any(_implies(held, wanted) for held in one.held) for wanted in other.held)
        and all(any(_implies(barred, mine) for mine in one.barred) for barred in other.barred)
    )


def _shadowed(rules: Sequence[Rule], possible: Sequence[Sequence[Clause]]) -> Iterator[tuple[int, int]]:
    """(rule, earlier rule that takes all its lines). Tried are earlier rules whose rarest text lies in one of it."""
    inside = _texts_inside({text for clauses in possible for clause in clauses for text in clause.held})
    rarity = Counter(text for texts in inside.values() for text in texts)
    by_text: dict[TextIs | None, list[int]] = defaultdict(list)  # None: rules that ask for no text
    for number, clauses in enumerate(possible):
        if not clauses:
            continue
        keys = {key for held in clauses[0].held for key in inside[held]}
        for other in sorted({other for key in (None, *keys) for other in by_text.get(key, ())}):
            if _covers_time(rules[other], rules[number]) and all(
                any(_within(clause, wider) for wider in possible[other]) for clause in clauses
            ):
                yield number, other
                break
        if not rules[number].goes_on:
            for clause in clauses:
                by_text[min(clause.held, key=rarity.__getitem__, default=None)].append(number)


def _texts_inside(texts: Collection[TextIs]) -> dict[TextIs, list[TextIs]]:
    """For every text those that it may imply: itself, and those whose value lies in its own."""
    plain = [one for one in texts if one.test != "regex"]
    values = list(dict.fromkeys(one.value for one in plain))
    days = np.zeros(len(values), "datetime64[D]")
    hits = find_texts([TextIs(value) for value in values], Lines(values, values, np.zeros(len(values), np.int64), days))
    of_value: dict[str, list[TextIs]] = defaultdict(list)
    for one in plain:
        of_value[one.value].append(one)
    within: dict[str, list[TextIs]] = defaultdict(list)
    for text, wanted in zip(hits.text.tolist(), hits.wanted.tolist(), strict=True):
        within[values[text]] += of_value[values[wanted]]
    return {one: [one] if one.test == "regex" else within[one.value] for one in texts}


def _covers_time(wider: Rule, rule: Rule) -> bool:
    from_start = wider.first_on is None or (rule.first_on is not None and rule.first_on >= wider.first_on)
    to_end = wider.last_on is None or (rule.last_on is not None and rule.last_on <= wider.last_on)
    return from_start and to_end


def _taken_by(rules: Sequence[Rule], possible: Sequence[Sequence[Clause]], number: int, other: int) -> Finding:
    same = set(possible[number]) == set(possible[other])
    if same and (rules[number].account, rules[number].parts) != (rules[other].account, rules[other].parts):
        said = f"“{rules[other].name}” asks for the same and books elsewhere; being earlier, it wins. Keep one of them."
        return Finding(number, Fault.CONTRADICTORY, said, other)
    said = f"“{rules[other].name}” comes earlier and takes every line of it. Move this one up or switch it off."
    return Finding(number, Fault.SHADOWED, said, other)


def _short_texts(rules: Sequence[Rule], possible: Sequence[Sequence[Clause]]) -> Iterator[Finding]:
    for number, clauses in enumerate(possible):
        if rules[number].goes_on:
            continue
        for clause in clauses:
            held = list(clause.held)
            if held and all(one.test == "contains" and len(one.value) < SHORTEST for one in held):
                said = f"“{held[0].value}” is found inside many words. Use a longer text or “equals”."
                yield Finding(number, Fault.BROAD, said)
                break


def _taking_much(rules: Sequence[Rule], lines: Lines) -> Iterator[Finding]:
    """Rules that decide a large share of the lines, and with them many different counterparties."""
    hit = first_hits(rules, lines)
    for number, count in zip(*np.unique(hit[hit >= 0], return_counts=True), strict=True):
        payees = {lines.counterparty[i] for i in np.flatnonzero(hit == number).tolist()}
        if count >= max(BROAD_LEAST, BROAD_SHARE * len(lines)) and len(payees) > 1 and not rules[number].goes_on:
            said = (
                f"It takes {count / len(lines):.0%} of the bank lines, {count:,} of {len(lines):,}, of {len(payees):,} "
                "counterparties. Add a condition if these do not all belong to one account."
            )
            yield Finding(int(number), Fault.BROAD, said)
