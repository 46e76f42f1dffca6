"""Which rule decides each line, for many rules and many lines at once.

Every clause of every rule is tried only on lines in whose text the rarest of its texts occurs; a clause without texts
only on lines within its amounts. Thousands of rules therefore cost little more than a few.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.categorization.lines import I64, Lines
from core.categorization.rule_clauses import IN, OUT, ZERO, Clause
from core.categorization.rule_conditions import TextIs
from core.categorization.rule_texts import TextHits, expanded, find_texts
from core.categorization.rules import Rule

I32 = NDArray[np.int32]
BOOL = NDArray[np.bool_]
Pairs = Iterator[tuple[I64, I64]]

_CHUNK = 16_384  # lines expanded at a time, which bounds memory
_NO_RULE = np.iinfo(np.int32).max
_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = np.iinfo(np.int32).min, np.iinfo(np.int32).max


@dataclass(frozen=True)
class Decided:
    """What rules say of n lines, as columns: the rule that decides and the one that gives the memo, -1 for none."""

    rule: I32
    memo: I32


def first_hits(rules: Sequence[Rule], lines: Lines) -> I32:
    """(n,) the number of the rule that decides each line, -1 where none does."""
    return decide_by_rules(rules, lines).rule


def decide_by_rules(rules: Sequence[Rule], lines: Lines) -> Decided:
    """Hold all rules, which are checked ones, against all lines.

    The first rule that holds decides unless it goes on; then the last one does that holds up to the first that does
    not go on. The memo is that of the last of these rules that has one.
    """
    nothing = np.full(len(lines), -1, np.int32)
    if not rules or not len(lines):
        return Decided(nothing, nothing)
    trial = _Trial(rules, lines)
    goes_on = np.array([rule.goes_on for rule in rules])
    has_memo = np.array([bool(rule.memo) for rule in rules])
    stop = np.full(len(lines), _NO_RULE, np.int32)
    for line, rule in trial.held():
        stops = ~goes_on[rule]
        np.minimum.at(stop, line[stops], rule[stops].astype(np.int32))
    decided = np.where(stop == _NO_RULE, -1, stop).astype(np.int32)
    if not (goes_on | has_memo).any():
        return Decided(decided, nothing)
    memo = nothing.copy()
    for line, rule in trial.held():
        reached = rule <= stop[line]
        np.maximum.at(decided, line[reached], rule[reached].astype(np.int32))
        told = reached & has_memo[rule]
        np.maximum.at(memo, line[told], rule[told].astype(np.int32))
    return Decided(decided, memo)


class _Trial:
    """All clauses of all rules as columns, and the lines they are held against."""

    def __init__(self, rules: Sequence[Rule], lines: Lines) -> None:
        clauses = [clause for rule in rules for clause in rule.clauses]
        rule_of = [i for i, rule in enumerate(rules) for _ in rule.clauses]
        self.rule = np.array(rule_of, np.int64)
        self.limits = _Limits(clauses, [rules[i] for i in rule_of], lines)
        wanted: dict[TextIs, int] = {}
        held = [wanted.setdefault(text, len(wanted)) for clause in clauses for text in clause.held]
        barred = [wanted.setdefault(text, len(wanted)) for clause in clauses for text in clause.barred]
        self.hits: TextHits = find_texts(list(wanted), lines)
        self.texts = _Texts(clauses, held, barred, self.hits)

    def held(self) -> Pairs:
        """Portions of (line, rule): every rule that holds for a line, once or more."""
        text_of = self.hits.text_of
        pair_text, pair_clause = self.texts.candidates(self.hits)
        count = np.bincount(pair_text, minlength=int(text_of.max()) + 1)
        start = np.cumsum(count) - count
        for low in range(0, len(text_of), _CHUNK):
            lines = np.arange(low, min(low + _CHUNK, len(text_of)))
            many = count[text_of[lines]]
            line, clause = np.repeat(lines, many), pair_clause[expanded(start[text_of[lines]], many)]
            kept = self.limits.hold(line, clause)
            yield line[kept], self.rule[clause[kept]]
        for number in np.flatnonzero(self.texts.anchor < 0).tolist():
            line = self.limits.within(number)
            clause = np.full(len(line), number, np.int64)
            kept = self.limits.hold(line, clause)
            kept[kept] = self.texts.hold(self.hits, text_of[line[kept]], clause[kept])
            yield line[kept], self.rule[clause[kept]]


class _Limits:
    """What clauses ask apart from texts, a row a clause, and the columns of the lines that answer."""

    def __init__(self, clauses: Sequence[Clause], rules: Sequence[Rule], lines: Lines) -> None:
        _, _, least, most, *masks, banks, others = zip(*clauses, strict=True) if clauses else [()] * len(Clause._fields)
        self.least, self.most = np.array(least, np.int64), np.array(most, np.int64)
        self.masks = [np.array(mask, np.int64) for mask in masks]
        self.first = np.array(
            [_FIRST_DAY if rule.first_on is None else _day(rule.first_on) for rule in rules], np.int64
        )
        self.last = np.array([_LAST_DAY if rule.last_on is None else _day(rule.last_on) for rule in rules], np.int64)
        codes = {code: i for i, code in enumerate(dict.fromkeys(lines.bank_account))}
        kinds: dict[tuple[frozenset[str] | None, frozenset[str]], int] = {}
        numbers = [kinds.setdefault(kind, len(kinds)) for kind in zip(banks, others, strict=True)]
        self.bank_kind = np.array(numbers, np.int64)
        self.bank_open = np.array(
            [[_bank_open(kind, code) for code in (*codes, None)] for kind in kinds], np.bool_
        ).reshape(-1, len(codes) + 1)
        self.size = np.abs(lines.amount_minor)
        self.day = lines.booked_on.astype("datetime64[D]").astype(np.int64)
        month = lines.booked_on.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        sign = np.where(lines.amount_minor > 0, IN, np.where(lines.amount_minor < 0, OUT, ZERO))
        self.bits = np.stack([sign, 1 << ((self.day + 3) % 7), 1 << (self.day - month)])  # 1970-01-01 was a Thursday
        self.bank = np.fromiter((codes[code] for code in lines.bank_account), np.int64, len(lines.bank_account))
        if not len(self.bank):
            self.bank = np.full(len(lines), len(codes), np.int64)
        self.by_size = np.argsort(self.size, kind="stable")
        self.sorted_size = self.size[self.by_size]

    def within(self, clause: int) -> I64:
        """The lines whose amounts the clause takes."""
        low = np.searchsorted(self.sorted_size, self.least[clause])
        high = np.searchsorted(self.sorted_size, self.most[clause], side="right")
        return self.by_size[low:high]

    def hold(self, line: I64, clause: I64) -> BOOL:
        """Whether each pair fits, texts aside."""
        size, day = self.size[line], self.day[line]
        fits: BOOL = (size >= self.least[clause]) & (size <= self.most[clause])
        fits &= (day >= self.first[clause]) & (day <= self.last[clause])
        for mask, bits in zip(self.masks, self.bits, strict=True):
            fits &= (mask[clause] & bits[line]) != 0
        fits &= self.bank_open[self.bank_kind[clause], self.bank[line]]
        return fits


def _day(day: date) -> int:
    return day.toordinal() - _EPOCH


def _bank_open(kind: tuple[frozenset[str] | None, frozenset[str]], code: str | None) -> bool:
    only, but = kind
    return code not in but if only is None else code in only


class _Texts:
    """The texts of clauses, a row a (clause, text). `anchor` is a clause's rarest text that must be there, else -1."""

    def __init__(self, clauses: Sequence[Clause], held: list[int], never: list[int], hits: TextHits) -> None:
        many = ([len(clause.held) for clause in clauses], [len(clause.barred) for clause in clauses])
        clause = np.concatenate([np.repeat(np.arange(len(clauses)), np.array(count, np.int64)) for count in many])
        text = np.array([*held, *never], np.int64)
        barred = np.arange(len(text)) >= len(held)
        seen = np.bincount(hits.wanted, minlength=hits.width)
        order = np.lexsort((text, seen[text], barred, clause))
        clause, text, barred = clause[order], text[order], barred[order]
        leads = (np.diff(clause, prepend=-1) != 0) & ~barred
        self.anchor = np.full(len(clauses), -1, np.int64)
        self.anchor[clause[leads]] = text[leads]
        self.text, self.barred = text[~leads], barred[~leads]
        self.count = np.bincount(clause[~leads], minlength=len(clauses))
        self.start = np.cumsum(self.count) - self.count

    def candidates(self, hits: TextHits) -> tuple[I64, I64]:
        """(text, clause) of every pair whose texts hold, for clauses with an anchor; by text."""
        anchored = np.flatnonzero(self.anchor >= 0)
        by_anchor = anchored[np.argsort(self.anchor[anchored], kind="stable")]
        many = np.bincount(self.anchor[by_anchor], minlength=hits.width)
        start = np.cumsum(many) - many
        count = many[hits.wanted]
        text, clause = np.repeat(hits.text, count), by_anchor[expanded(start[hits.wanted], count)]
        kept = self.hold(hits, text, clause)
        return text[kept], clause[kept]

    def hold(self, hits: TextHits, text: I64, clause: I64) -> BOOL:
        """Whether the texts besides the anchor are there, or not there, as each clause asks."""
        count = self.count[clause]
        rows = expanded(self.start[clause], count)
        pair = np.repeat(np.arange(len(text)), count)
        wrong = hits.found(text[pair], self.text[rows]) == self.barred[rows]
        fits = np.ones(len(text), np.bool_)
        fits[pair[wrong]] = False
        return fits
