"""Which rule decides each line, for many rules and many lines at once.

All literal conditions of all rules are looked for in one pass over the distinct texts (Aho–Corasick, in polars). A
text is framed by two marks, so that "starts with" and "equals" are literals too. Patterns take one pass each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.categorization.lines import I64, Lines
from core.categorization.rules import AmountIs, BankAccountIs, DirectionIs, Rule, TextIs, check_rule, clean_text

I32 = NDArray[np.int32]

_OPEN, _CLOSE = "\x02", "\x03"
_CHUNK = 65_536  # lines expanded at a time, which bounds memory
_NO_RULE = np.iinfo(np.int32).max


def first_hits(rules: Sequence[Rule], lines: Lines) -> I32:
    """(n,) the number of the first rule that holds for each line, -1 where none does. Raises InvalidInput."""
    if not rules or not len(lines):
        return np.full(len(lines), -1, np.int32)
    for rule in rules:
        check_rule(rule)
    limits = _limits(rules, lines)
    hit = np.full(len(lines), _NO_RULE, np.int32)
    for number in np.flatnonzero(limits.texts == 0).tolist():
        whole = np.full(len(lines), number, np.int32)
        hit = np.minimum(hit, np.where(limits.hold(np.arange(len(lines)), whole), number, _NO_RULE))
    if (limits.texts > 0).any():
        text, text_of = _distinct_texts(lines)
        hit = np.minimum(hit, _text_hits(rules, limits, text, text_of))
    return np.where(hit == _NO_RULE, -1, hit).astype(np.int32)


@dataclass(frozen=True)
class _Limits:
    """Conditions other than on text, a column an aspect, a row a rule; and the lines' columns they are held against."""

    least: I64
    most: I64
    sign: NDArray[np.int8]  # 1 in, -1 out, 0 both, 2 none possible
    bank: I32  # number of the bank account, -1 any, -2 none of those present
    texts: I64  # how many text conditions the rule has
    size: I64
    line_sign: NDArray[np.int8]
    line_bank: I32

    def hold(self, line: I64, rule: I32) -> NDArray[np.bool_]:
        """Whether each pair's conditions hold, text aside."""
        size, sign, bank = self.size[line], self.sign[rule], self.bank[rule]
        inside = (size >= self.least[rule]) & (size <= self.most[rule])
        held: NDArray[np.bool_] = (
            inside & ((sign == 0) | (sign == self.line_sign[line])) & ((bank == -1) | (bank == self.line_bank[line]))
        )
        return held


def _limits(rules: Sequence[Rule], lines: Lines) -> _Limits:
    banks = {code: i for i, code in enumerate(sorted(set(lines.bank_account)))}
    least, most = np.zeros(len(rules), np.int64), np.full(len(rules), np.iinfo(np.int64).max)
    sign, bank = np.zeros(len(rules), np.int8), np.full(len(rules), -1, np.int32)
    texts = np.zeros(len(rules), np.int64)
    for i, rule in enumerate(rules):
        for condition in rule.conditions:
            match condition:
                case TextIs():
                    texts[i] += 1
                case AmountIs(low, high):
                    least[i] = max(least[i], low or 0)
                    most[i] = min(most[i], most[i] if high is None else high)
                case DirectionIs(way):
                    wanted = 1 if way == "in" else -1
                    sign[i] = wanted if sign[i] in {0, wanted} else 2
                case BankAccountIs(code):
                    number = banks.get(code, -2)
                    bank[i] = number if bank[i] in {-1, number} else -2
    line_bank = np.fromiter((banks[code] for code in lines.bank_account), np.int32, len(lines.bank_account))
    return _Limits(
        least,
        most,
        sign,
        bank,
        texts,
        np.abs(lines.amount_minor),
        np.sign(lines.amount_minor).astype(np.int8),
        line_bank if len(line_bank) else np.full(len(lines), -3, np.int32),
    )


def _distinct_texts(lines: Lines) -> tuple[dict[str, list[str]], I64]:
    """Distinct (text, counterparty) pairs by field, cleaned, and the pair of each line."""
    number: dict[tuple[str, str], int] = {}
    text_of = np.fromiter(
        (number.setdefault(pair, len(number)) for pair in zip(lines.description, lines.counterparty, strict=True)),
        np.int64,
        len(lines),
    )
    return {
        "text": [clean_text(description) for description, _ in number],
        "counterparty": [clean_text(name) for _, name in number],
    }, text_of


def _text_hits(rules: Sequence[Rule], limits: _Limits, text: dict[str, list[str]], text_of: I64) -> I32:
    """The first rule with text conditions that holds for each line."""
    pair_text, pair_rule = _text_pairs(rules, limits, text)
    count = np.bincount(pair_text, minlength=len(text["text"]))
    start = np.concatenate([[0], np.cumsum(count)])
    hit = np.full(len(text_of), _NO_RULE, np.int32)
    for low in range(0, len(text_of), _CHUNK):
        line = np.arange(low, min(low + _CHUNK, len(text_of)))
        many = count[text_of[line]]
        owner = np.repeat(line, many)
        within = np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many)
        rule = pair_rule[start[text_of[owner]] + within]
        held = limits.hold(owner, rule)
        np.minimum.at(hit, owner[held], rule[held])
    return hit


def _text_pairs(rules: Sequence[Rule], limits: _Limits, text: dict[str, list[str]]) -> tuple[I64, I32]:
    """(text, rule) of every pair for which all text conditions of the rule hold, by text."""
    parts: list[I64] = []
    for field, values in text.items():
        conditions = [
            (i, c)
            for i, rule in enumerate(rules)
            for c in rule.conditions
            if isinstance(c, TextIs) and c.field == field
        ]
        parts += _literal_pairs([(i, c) for i, c in conditions if c.test != "regex"], values, len(rules))
        parts += _pattern_pairs([(i, c) for i, c in conditions if c.test == "regex"], values, len(rules))
    if not parts:
        return np.empty(0, np.int64), np.empty(0, np.int32)
    code, held = np.unique(np.concatenate(parts), return_counts=True)
    complete = held == limits.texts[code % len(rules)]
    return code[complete] // len(rules), (code[complete] % len(rules)).astype(np.int32)


def _literal_pairs(conditions: list[tuple[int, TextIs]], values: list[str], width: int) -> list[I64]:
    """text · width + rule for every literal condition that holds, one array with each condition once."""
    import polars as pl

    if not conditions:
        return []
    wanted = pl.DataFrame(
        {"found": [_framed(c) for _, c in conditions], "rule": [i for i, _ in conditions]},
        schema={"found": pl.String, "rule": pl.Int64},
    )
    texts = pl.DataFrame({"framed": [f"{_OPEN}{value}{_CLOSE}" for value in values]}).with_row_index("text")
    patterns = wanted["found"].unique(maintain_order=True)
    found = (
        texts.select("text", found=pl.col("framed").str.extract_many(patterns.implode(), overlapping=True))
        .explode("found")
        .drop_nulls()
        .unique()
    )
    hits = found.join(wanted, on="found")
    code: I64 = hits["text"].cast(pl.Int64).to_numpy() * width + hits["rule"].to_numpy()
    return [code]


def _framed(condition: TextIs) -> str:
    value = clean_text(condition.value)
    if condition.test == "contains":
        return value
    return f"{_OPEN}{value}" if condition.test == "starts_with" else f"{_OPEN}{value}{_CLOSE}"


def _pattern_pairs(conditions: list[tuple[int, TextIs]], values: list[str], width: int) -> list[I64]:
    """The same for patterns, an array a condition."""
    import polars as pl

    if not conditions:
        return []
    column = pl.Series(values, dtype=pl.String)
    pairs = []
    for i, condition in conditions:
        holds = column.str.contains(f"(?i){condition.value}").to_numpy()
        pairs.append(np.flatnonzero(holds).astype(np.int64) * width + i)
    return pairs
