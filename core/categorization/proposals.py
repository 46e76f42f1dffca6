"""From lines to proposals: rules first, then the model, else suspense; each with confidence, reason and the policy's
answer. Values in, values out: nothing here reads or writes a database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.categorization.history import History
from core.categorization.lines import AccountOption, Lines
from core.categorization.model import Ranker, rank
from core.categorization.policy import Held, Hold, Policy, decide
from core.categorization.reasons import model_reasons
from core.categorization.rule_matching import decide_by_rules
from core.categorization.rule_splits import Split, split_lines
from core.categorization.rule_words import rule_reason
from core.categorization.rules import Rule
from core.errors import InvalidInput

F64 = NDArray[np.float64]
OBJECTS = NDArray[np.object_]

# What a rule is trusted with until audits of its own say otherwise; a stated assumption, not a measurement.
RULE_CONFIDENCE = 0.995
SUSPENSE_ROLE = "suspense"


@dataclass(frozen=True)
class Proposals:
    """Proposals for n lines, as columns (n,) unless said otherwise.

    `account` is the account's key; suspense where the machine abstains, with method "none" and confidence 0.
    `alternatives` (n, 3) holds account keys, best first, "" where there are fewer, and `alternative_probability`
    (n, 3) what the model gives each, also where a rule decides. `rule` is the number of the rule or -1.
    `hold_reason` is "" exactly where `auto` is true.
    """

    account: OBJECTS
    confidence: F64
    method: OBJECTS  # rule, model or none
    rule: NDArray[np.int32]
    reason: OBJECTS
    alternatives: OBJECTS
    alternative_probability: F64
    auto: NDArray[np.bool_]
    hold_reason: OBJECTS
    memo: Mapping[int, str] = field(default_factory=dict)  # number of the line → what a rule writes to its entry
    taxes: Mapping[int, str] = field(default_factory=dict)  # number of the line → code of the tax that it contains
    splits: Mapping[int, Split] = field(default_factory=dict)  # number of the line → how a rule splits it

    def __len__(self) -> int:
        return len(self.account)


def propose(
    lines: Lines,
    rules: Sequence[Rule],
    accounts: Sequence[AccountOption],
    history: History,
    ranker: Ranker,
    *,
    policy: Policy,
    currency: str = "USD",
) -> Proposals:
    """Propose an account for every line and say which the policy posts alone.

    Args:
        rules: in the order they are tried; a rule whose account is not among `accounts` is passed over, and so is
            one that splits over such an account.
        accounts: the active chart of the company, exactly one of them with the role "suspense".
        currency: the company's, in which the amounts of rules are told.
    Raises: InvalidInput where there is no suspense account or a rule cannot be meant.
    """
    number = {option.key: i for i, option in enumerate(accounts)}
    suspense = _suspense(accounts)
    usable = [i for i, rule in enumerate(rules) if all(account in number for account in rule.accounts)]
    by_rules = decide_by_rules([rules[i] for i in usable], lines)
    hit = by_rules.rule
    tables = history.tables([option.key for option in accounts])
    ranking = rank(lines, accounts, history, ranker, tables)
    by_rule = hit >= 0
    by_model = ~by_rule & (ranking.probability[:, 0] >= policy.abstain_below) & (ranking.account[:, 0] >= 0)
    of_rule = np.array([number[rules[i].account] for i in usable] or [0], np.int32)
    chosen = np.where(by_rule, of_rule[np.maximum(hit, 0)], np.where(by_model, ranking.account[:, 0], suspense))
    confidence = np.where(by_rule, RULE_CONFIDENCE, np.where(by_model, ranking.probability[:, 0], 0.0))
    roles, codes, keys = (
        np.array([getattr(option, column) for option in accounts], dtype=object) for column in ("role", "code", "key")
    )
    rule_of = np.array([*usable, -1], np.int32)[hit]
    standing = np.isin(rule_of, [i for i in np.unique(rule_of[by_rule]).tolist() if rules[i].is_standing])
    method = np.where(by_rule, "rule", np.where(by_model, "model", "none")).astype(object)
    held = decide(
        policy,
        confidence=confidence,
        amount_minor=lines.amount_minor,
        role=roles[chosen],
        code=codes[chosen],
        named_or_seen=by_rule | ranking.seen,
        has_basis=by_rule | by_model,
        method=method,
        standing=standing,
    )
    splits = split_lines(rules, rule_of, lines.amount_minor)
    auto, hold_reason = _held_whole(held, splits, policy, {option.key: option for option in accounts}, standing)
    taxed = [i for i, rule in enumerate(rules) if rule.tax_code]
    top = ranking.scores
    best = np.full(len(top.seen), -1, np.int32)
    best[ranking.distinct_of] = ranking.account[:, 0]
    words = model_reasons(top.keys, accounts, best, tables)[ranking.distinct_of]
    reason = np.where(by_model, words, "nothing known resembles this line")
    said = {i: rule_reason(rules[i], currency) for i in np.unique(rule_of[by_rule]).tolist()}
    reason[by_rule] = [said[i] for i in rule_of[by_rule].tolist()]
    return Proposals(
        keys[chosen],
        confidence,
        method,
        rule_of,
        reason,
        np.append(keys, "")[ranking.account],
        ranking.probability,
        auto,
        hold_reason,
        {line: rules[usable[by_rules.memo[line]]].memo for line in np.flatnonzero(by_rules.memo >= 0).tolist()},
        {line: rules[rule_of[line]].tax_code for line in np.flatnonzero(np.isin(rule_of, taxed)).tolist()},
        splits,
    )


def _held_whole(
    held: Held,
    splits: Mapping[int, Split],
    policy: Policy,
    option: Mapping[str, AccountOption],
    standing: NDArray[np.bool_],
) -> tuple[NDArray[np.bool_], OBJECTS]:
    """The policy's answer where a line is split: every account has to pass, unless the rule decides on that too, and
    the fixed amounts have to fit."""
    auto, reason = held.auto.copy(), held.reason.copy()
    for line, split in splits.items():
        chosen = [option[key] for key, _ in split.parts]
        guarded = not (policy.standing_rules and standing[line])
        looked_at = guarded and any(policy.always_looks_at(one.role, one.code) for one in chosen)
        if auto[line] and (looked_at or not split.fits):
            auto[line], reason[line] = False, (Hold.ALWAYS_REVIEW if looked_at else Hold.SPLIT).value
    return auto, reason


def _suspense(accounts: Sequence[AccountOption]) -> int:
    places = [i for i, option in enumerate(accounts) if option.role == SUSPENSE_ROLE]
    if len(places) != 1:
        raise InvalidInput(f"The chart needs exactly one suspense account; it has {len(places)}.")
    return places[0]
