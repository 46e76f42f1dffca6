"""Which account each bank line is booked to and why: matches first, then what categorisation proposes. Values in,
values out; core.posting.entries loads and writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from core.categorization.lines import AccountOption, Lines
from core.categorization.policy import Hold, Policy, decide
from core.categorization.proposals import Proposals
from core.posting.open_entries import OpenCompany
from core.posting.settling import BY_HAND, LineMatch
from core.posting.tax import TaxRate
from models import MatchKind, MatchStatus, Method

WAITS_FOR_MATCH = "a suggested match waits to be confirmed or dismissed"
WAITS_FOR_SECOND = "it waits for a second pair of eyes"
PROBABILITY_DIGITS = 6  # of stored alternatives


@dataclass(frozen=True)
class UnbookedLines:
    """n bank lines without an entry, as columns."""

    transaction_id: Sequence[UUID]
    amount_minor: Sequence[int]
    currency: Sequence[str]
    booked_on: Sequence[date]
    ledger_account_id: Sequence[UUID]  # that the bank account feeds
    bank_account: Sequence[str]  # its code
    description: Sequence[str]
    counterparty: Sequence[str]

    def __len__(self) -> int:
        return len(self.transaction_id)

    def to_categorise(self, rows: Sequence[int]) -> Lines:
        """The lines at these positions as categorisation takes them."""
        return Lines(
            [self.description[i] for i in rows],
            [self.counterparty[i] for i in rows],
            np.array([self.amount_minor[i] for i in rows], np.int64),
            np.array([self.booked_on[i] for i in rows], "datetime64[D]"),
            [self.bank_account[i] for i in rows],
        )


@dataclass
class Bookings:
    """What n lines are booked to and why, as columns of length n."""

    account_id: list[UUID]
    method: list[Method]
    confidence: list[float | None]
    reason: list[str]
    hold_reason: list[str]
    alternatives: list[list[dict[str, Any]]]
    rule_id: list[UUID | None]
    match_id: list[UUID | None]
    model_version_id: list[UUID | None]
    auto: list[bool]  # the policy posts it
    confirmed_by: list[UUID | None]  # the person who confirmed its match, which posts it too
    memo: dict[int, str] = field(default_factory=dict)  # what rules write to the entries of lines
    parts: dict[int, list[tuple[UUID, int]]] = field(default_factory=dict)  # lines that go to several accounts
    taxes: dict[int, TaxRate] = field(default_factory=dict)  # the tax that lines contain
    prepared_by: dict[int, UUID] = field(default_factory=dict)  # who matched lines that wait for a second person

    def __len__(self) -> int:
        return len(self.account_id)


def undecided(count: int, suspense_id: UUID) -> Bookings:
    """Everything on suspense, waiting for a person."""
    return Bookings(
        [suspense_id] * count, [Method.NONE] * count, [None] * count, [""] * count, [""] * count, [[]] * count,
        [None] * count, [None] * count, [None] * count, [False] * count, [None] * count,
    )  # fmt: skip


def book_matched(
    bookings: Bookings,
    lines: UnbookedLines,
    matches: Mapping[UUID, LineMatch],
    *,
    clearing_id: UUID,
    accounts: Sequence[AccountOption],
    policy: Policy,
) -> list[int]:
    """Fill in the lines whose match is confirmed; the positions of all others.

    A line that settles open items goes to their accounts in proportion to their amounts, with fees and differences to
    theirs; one of an own transfer goes to the clearing account. What the machine matched is held against the policy
    like a rule's proposal; what a person confirmed is posted.
    """
    others: list[int] = []
    pairs: list[tuple[int, UUID]] = []  # (line, account) for the policy: every account of a line has to pass
    for i, transaction_id in enumerate(lines.transaction_id):
        match = matches.get(transaction_id)
        if (
            match is None
            or match.status is not MatchStatus.CONFIRMED
            or not (parts := _parts(match, lines, i, clearing_id))
        ):
            others.append(i)
            continue
        bookings.account_id[i] = parts[0][0]
        if len(parts) > 1:
            bookings.parts[i] = parts
        bookings.method[i], bookings.match_id[i] = Method.MATCH, match.match_id
        bookings.confidence[i], bookings.reason[i] = match.score, match.reason
        bookings.confirmed_by[i] = match.decided_by
        if match.decided_by is None:
            bookings.auto[i] = True
            pairs += [(i, account_id) for account_id, _ in parts]
    _hold_matched(bookings, lines, pairs, accounts, policy)
    return others


def _parts(match: LineMatch, lines: UnbookedLines, i: int, clearing_id: UUID) -> list[tuple[UUID, int]]:
    if match.kind is MatchKind.TRANSFER:
        return [(clearing_id, lines.amount_minor[i])]
    return match.parts_of(lines.transaction_id[i])


def _hold_matched(
    bookings: Bookings,
    lines: UnbookedLines,
    pairs: Sequence[tuple[int, UUID]],
    accounts: Sequence[AccountOption],
    policy: Policy,
) -> None:
    option = {account.key: account for account in accounts}
    chosen = [option.get(str(account_id)) for _, account_id in pairs]
    held = decide(
        policy,
        confidence=np.ones(len(pairs)),  # the matching confirms only what is certain
        amount_minor=np.array([lines.amount_minor[i] for i, _ in pairs], np.int64),
        role=np.array([account.role if account else "" for account in chosen], object),
        code=np.array([account.code if account else "" for account in chosen], object),
        named_or_seen=np.ones(len(pairs), np.bool_),
        has_basis=np.ones(len(pairs), np.bool_),
        method=np.full(len(pairs), str(Method.MATCH), object),
        standing=np.ones(len(pairs), np.bool_),  # the item, or a transfer's other side, states account and amount
    )
    for (i, _), reason in zip(pairs, held.reason.tolist(), strict=True):
        if reason:
            bookings.auto[i], bookings.hold_reason[i] = False, reason


def book_proposed(
    bookings: Bookings,
    lines: UnbookedLines,
    rows: Sequence[int],
    proposals: Proposals,
    matches: Mapping[UUID, LineMatch],
    *,
    rule_ids: Sequence[UUID],
    model_version_id: UUID | None,
    policy: Policy,
    tax_rates: Mapping[str, TaxRate],
) -> None:
    """Fill in the lines at these positions with their proposals.

    A line whose rule names a tax contains it; where that tax is none of `tax_rates`, by code, the line waits without.

    A line with a suggested match waits for a person, unless the policy posts it to the very account that the match
    leads to: then the books are the same whether it holds or not, and only whether the item is settled stays open.
    Model and match know different things of the line, so where they agree on the account both have to be wrong for it
    to be wrong, and that chance decides whether the confidence is enough.
    """
    key_of = {key: UUID(key) for key in {*proposals.account.tolist(), *proposals.alternatives.ravel().tolist()} if key}
    alternatives = _alternatives(proposals)
    columns = zip(
        rows, proposals.account.tolist(), proposals.confidence.tolist(), proposals.method.tolist(),
        proposals.rule.tolist(), proposals.reason.tolist(), alternatives, proposals.auto.tolist(),
        proposals.hold_reason.tolist(), strict=True,
    )  # fmt: skip
    for number, (i, account, confidence, method, rule, reason, others, auto, hold) in enumerate(columns):
        if memo := proposals.memo.get(number):
            bookings.memo[i] = memo
        if split := proposals.splits.get(number):
            bookings.parts[i] = [(UUID(key), amount) for key, amount in split.parts]
        bookings.account_id[i], bookings.method[i] = key_of[account], Method(method)
        bookings.confidence[i] = None if method == Method.NONE else confidence
        bookings.reason[i], bookings.hold_reason[i] = reason, hold
        bookings.alternatives[i], bookings.auto[i] = others, auto
        if tax_code := proposals.taxes.get(number):
            _contain_tax(bookings, i, tax_rates.get(tax_code))
        bookings.rule_id[i] = rule_ids[rule] if rule >= 0 else None
        bookings.model_version_id[i] = model_version_id if method == Method.MODEL else None
        match = matches.get(lines.transaction_id[i])
        if match is not None and match.status is MatchStatus.SUGGESTED:
            bookings.match_id[i] = match.match_id
            agree = i not in bookings.parts and _leads_to(match, bookings.account_id[i])
            if agree and hold == Hold.CONFIDENCE and method == Method.MODEL:
                _believe_both(bookings, i, match.score, policy)
            if not (bookings.auto[i] and agree):
                bookings.auto[i], bookings.hold_reason[i] = False, WAITS_FOR_MATCH


def _contain_tax(bookings: Bookings, i: int, rate: TaxRate | None) -> None:
    """The tax that a rule says the line contains; without a rate for it the line waits."""
    if rate is not None:
        bookings.taxes[i] = rate
    elif bookings.auto[i]:
        bookings.auto[i], bookings.hold_reason[i] = False, Hold.TAX.value


def _believe_both(bookings: Bookings, i: int, score: float, policy: Policy) -> None:
    """Let the policy post the line if model and suggested match together are sure enough of the account."""
    both = 1 - (1 - (bookings.confidence[i] or 0)) * (1 - score)
    if both >= policy.threshold_in_force:
        bookings.confidence[i], bookings.auto[i], bookings.hold_reason[i] = both, True, ""
        bookings.reason[i] += "; a suggested match leads there too"


def _leads_to(match: LineMatch, account_id: UUID) -> bool:
    """Every open item that the match would settle is booked to this account, so the entry is the same either way."""
    return bool(match.items) and all(item_account == account_id for item_account, _ in match.items)


def hold_foreign(bookings: Bookings, lines: UnbookedLines, base_currency: str) -> None:
    """Lines in another currency wait for a person: the materiality limit is an amount of the base currency."""
    for i, currency in enumerate(lines.currency):
        if bookings.auto[i] and currency != base_currency:
            bookings.auto[i], bookings.hold_reason[i] = False, Hold.MATERIALITY.value


def hold_matched_by_hand(bookings: Bookings, lines: UnbookedLines, company: OpenCompany) -> None:
    """Above the company's limit for one person, whoever put a match together does not post its lines by that."""
    for i, person in enumerate(bookings.confirmed_by):
        second = company.needs_second(lines.amount_minor[i], lines.currency[i])
        if person is not None and second and bookings.reason[i] == BY_HAND:
            bookings.prepared_by[i], bookings.confirmed_by[i] = person, None
            bookings.hold_reason[i] = WAITS_FOR_SECOND


def hold_all(bookings: Bookings, reason: str) -> None:
    """What the policy would post waits for a person, for this reason."""
    for i, auto in enumerate(bookings.auto):
        if auto:
            bookings.auto[i], bookings.hold_reason[i] = False, reason


def _alternatives(proposals: Proposals) -> list[list[dict[str, Any]]]:
    """As proposals keep them: [{"account_id", "probability"}], best first. Equal ones share one list."""
    shares = np.round(proposals.alternative_probability, PROBABILITY_DIGITS)
    known: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    listed: list[list[dict[str, Any]]] = []
    for accounts, probabilities in zip(proposals.alternatives.tolist(), shares.tolist(), strict=True):
        key = (*accounts, *probabilities)
        if key not in known:
            known[key] = [
                {"account_id": account, "probability": probability}
                for account, probability in zip(accounts, probabilities, strict=True)
                if account
            ]
        listed.append(known[key])
    return listed
