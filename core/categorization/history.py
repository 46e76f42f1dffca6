"""What people decided before: how often each account was chosen, by text, counterparty, vendor and so on.

Own history holds the reviewed decisions of the companies at hand and is looked up per company. Shared history holds
what is known across companies: in the product the shipped starter prior and nothing else, so that no client's rows
reach another client; in training and evaluation the pooled training rows. A history never changes: `with_reviews`
returns a new one, which equals one built from all rows at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.categorization.lines import I64, U64, LineKeys, Lines, mixed

I32 = NDArray[np.int32]

OWN_CONTEXTS = ("text", "counterparty", "vendor", "first", "counterparty_size", "direction")
SHARED_CONTEXTS = ("text", "counterparty", "vendor", "first")
TOP = 3  # accounts a context may put forward


@dataclass(frozen=True)
class Decisions:
    """m reviewed decisions, or groups of `count` equal ones, as columns."""

    keys: LineKeys
    account: NDArray[np.object_]  # account keys
    count: I64
    first_day: I32  # days since 1970

    @classmethod
    def of(
        cls, lines: Lines, accounts: Sequence[str], count: I64 | None = None, first_day: I32 | None = None
    ) -> "Decisions":
        """Lines with the account a person chose for each; `lines.booked_on` is the latest day of a group."""
        keys = lines.keys
        counts = np.ones(len(lines), np.int64) if count is None else count
        return cls(keys, np.asarray(accounts, dtype=object), counts, keys.day if first_day is None else first_day)

    def __len__(self) -> int:
        return len(self.account)

    def take(self, rows: I64) -> "Decisions":
        return Decisions(self.keys.take(rows), self.account[rows], self.count[rows], self.first_day[rows])

    def joined(self, other: "Decisions") -> "Decisions":
        """These decisions followed by the others."""
        mine, theirs = self.keys, other.keys
        columns = ("company", "text_key", "counterparty_key", "vendor_key", "first_key", "band", "inflow", "day")
        merged = {name: np.concatenate([getattr(mine, name), getattr(theirs, name)]) for name in columns}
        return Decisions(
            LineKeys(text=mine.text + theirs.text, **merged),
            np.concatenate([self.account, other.account]),
            np.concatenate([self.count, other.count]),
            np.concatenate([self.first_day, other.first_day]),
        )


def no_decisions() -> Decisions:
    """The history of a company nobody has reviewed yet."""
    empty = Lines([], [], np.empty(0, np.int64), np.empty(0, "datetime64[D]"))
    return Decisions.of(empty, [])


@dataclass(frozen=True)
class Context:
    """Counts of one context: k distinct keys, p (key, account) pairs sorted by key, then account.

    `top` (k, 3) holds the most frequent accounts, -1 where there are fewer; `last` the account chosen last.
    """

    keys: U64
    total: I64
    top: I32
    last: I32
    first_day: I32
    pair: I64  # position of the key times `width` plus the account
    pair_count: I64
    width: int

    def find(self, query: U64) -> I64:
        """Position of each key, -1 where it never occurred."""
        if not len(self.keys):
            return np.full(len(query), -1, np.int64)
        at = np.minimum(np.searchsorted(self.keys, query), len(self.keys) - 1)
        return np.where(self.keys[at] == query, at, -1).astype(np.int64)

    def counts(self, position: I64, account: I32) -> I64:
        """How often each account was chosen under the key at each position (-1: never)."""
        if not len(self.pair):
            return np.zeros(len(position), np.int64)
        wanted = position * self.width + account
        at = np.minimum(np.searchsorted(self.pair, wanted), len(self.pair) - 1)
        return np.where((position >= 0) & (self.pair[at] == wanted), self.pair_count[at], 0)


def context_keys(keys: LineKeys, context: str, shared: bool) -> U64:
    """The key of each line in this context; own contexts tell companies apart, shared ones do not."""
    if context == "counterparty_size":
        value = mixed(keys.counterparty_key, keys.band.astype(np.uint64) * np.uint64(2) + keys.inflow)
    elif context == "direction":
        value = keys.inflow.astype(np.uint64) + np.uint64(1)
    else:
        # Money in and money out of one payee are different business.
        value = mixed(getattr(keys, f"{context}_key"), keys.inflow.astype(np.uint64))
    return value if shared else mixed(keys.company, value)


def build_context(key: U64, account: I32, decisions: Decisions, width: int) -> Context:
    """Count decisions by key and account. `account` numbers each decision's account below `width`."""
    known = account >= 0
    key, account = key[known], account[known]
    count, day, first_day = decisions.count[known], decisions.keys.day[known], decisions.first_day[known]
    distinct, position = np.unique(key, return_inverse=True)
    code = position.astype(np.int64) * width + account
    order = np.lexsort((np.arange(len(code)), day, code))
    pair, start = np.unique(code[order], return_index=True)
    pair_count = np.add.reduceat(count[order], start) if len(start) else np.empty(0, np.int64)
    owner = pair // width
    total = np.bincount(owner, weights=pair_count, minlength=len(distinct)).astype(np.int64)
    # The last decision wins ties of the day by its place, later decisions standing later.
    latest = np.lexsort((np.arange(len(day)), day, position))
    ends = np.searchsorted(position[latest], np.arange(len(distinct)), side="right") - 1
    last = account[latest][ends].astype(np.int32) if len(distinct) else np.empty(0, np.int32)
    first = np.full(len(distinct), np.iinfo(np.int32).max, np.int32)
    np.minimum.at(first, position, first_day)
    return Context(
        distinct, total, _top(owner, pair % width, pair_count, len(distinct)), last, first, pair, pair_count, width
    )


def _top(owner: I64, account: I64, count: I64, keys: int) -> I32:
    top = np.full((keys, TOP), -1, np.int32)
    order = np.lexsort((account, -count, owner))
    sorted_owner = owner[order]
    place = np.arange(len(order)) - np.searchsorted(sorted_owner, sorted_owner)
    kept = place < TOP
    top[sorted_owner[kept], place[kept]] = account[order][kept]
    return top


@dataclass(frozen=True)
class History:
    """Own and shared decisions; numbered by the accounts of the chart once `tables` is asked for."""

    own: Decisions
    shared: Decisions

    @classmethod
    def empty(cls) -> "History":
        return cls(no_decisions(), no_decisions())

    def with_reviews(self, lines: Lines, accounts: Sequence[str]) -> "History":
        """The history after people chose these accounts for these lines (own history only)."""
        return History(self.own.joined(Decisions.of(lines, accounts)), self.shared)

    def tables(self, account_keys: Sequence[str]) -> "HistoryTables":
        """Counts by context, accounts numbered by their place in `account_keys`; others are left out."""
        number = {key: i for i, key in enumerate(account_keys)}
        return HistoryTables(
            _contexts(self.own, OWN_CONTEXTS, number, shared=False),
            _contexts(self.shared, SHARED_CONTEXTS, number, shared=True),
        )

    @cached_property
    def own_counterparties(self) -> U64:
        """Sorted keys of (company, counterparty) a person has decided on."""
        return np.unique(mixed(self.own.keys.company, self.own.keys.counterparty_key))

    def has_seen(self, keys: LineKeys) -> NDArray[np.bool_]:
        """Whether a person has decided on a line of this counterparty in this company before."""
        return np.isin(mixed(keys.company, keys.counterparty_key), self.own_counterparties)


@dataclass(frozen=True)
class HistoryTables:
    own: dict[str, Context]
    shared: dict[str, Context]


def _contexts(
    decisions: Decisions, names: tuple[str, ...], number: Mapping[str, int], shared: bool
) -> dict[str, Context]:
    account = np.fromiter((number.get(key, -1) for key in decisions.account), np.int32, len(decisions))
    return {
        name: build_context(context_keys(decisions.keys, name, shared), account, decisions, len(number))
        for name in names
    }
