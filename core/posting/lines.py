"""The lines of one entry: the bank account against the accounts that the money came from or went to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from core.errors import InvalidAmount, InvalidInput, UnbalancedEntry
from core.money import MINOR_MAX

WHOLE = Decimal(100)
PERCENT_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Part:
    """What one account takes of a bank line: a fixed amount, or a percentage of what the fixed amounts leave.

    `amount_minor` has the sign of the bank line (money in > 0), so a payout of 97 may be split into sales of 100
    and fees of -3. `percent` lies in (0, 100]. Exactly one of the two is given. With a tax code the part is gross.
    """

    account_id: UUID
    amount_minor: int | None = None
    percent: Decimal | None = None
    tax_code_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One side of an entry: debit > 0, credit < 0, in minor units. See core.posting.tax for what the tax fields say."""

    account_id: UUID
    amount_minor: int
    tax_code_id: UUID | None = None
    tax_minor: int = 0  # taken out of the amount and booked on the line behind


def allocate(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Split an amount in proportion to the weights so that every cent is placed.

    Each share is its exact proportion rounded towards zero; the cents left over go one each to the largest
    remainders, earlier shares first among equals (Hamilton's method). Mirrored amounts give mirrored shares.
    `weights` must not sum to zero; single weights may be negative.

    Returns:
        As many amounts as weights, in order, summing to `amount_minor`.
    """
    whole = sum(weights)
    if whole == 0:
        raise ValueError("weights that sum to zero say nothing about the shares")
    flip = -1 if whole < 0 else 1
    size, sign = abs(amount_minor), 1 if amount_minor >= 0 else -1
    exact = [divmod(size * weight * flip, abs(whole)) for weight in weights]
    shares = [share for share, _ in exact]
    by_remainder = sorted(range(len(exact)), key=lambda i: (-exact[i][1], i))
    for i in by_remainder[: size - sum(shares)]:
        shares[i] += 1
    return [sign * share for share in shares]


def entry_lines(amount_minor: int, bank_account_id: UUID, parts: Sequence[Part], currency: str) -> list[Line]:
    """The balanced lines of one bank line: first the bank account's, then one a part, in order.

    A percentage too small for a single minor unit gets no line, as long as another part has one.

    Args:
        amount_minor: what the bank line moved; money in > 0.
        bank_account_id: the ledger account that the bank account feeds.
        parts: who takes it; the percentages together make 100, or there are none.

    Raises:
        InvalidInput: no parts, a part without a share, or percentages that do not make 100.
        InvalidAmount: a part is larger than the books can hold.
        UnbalancedEntry: fixed amounts alone do not add up to the bank line.
    """
    if not parts:
        raise InvalidInput("Choose at least one account for the line.")
    for part in parts:
        _check_part(part)
    fixed = sum(part.amount_minor or 0 for part in parts)
    shares = [part.percent for part in parts if part.percent is not None]
    rest = amount_minor - fixed
    if not shares and rest:
        raise UnbalancedEntry(rest, currency)
    if shares and sum(shares) != WHOLE:
        raise InvalidInput(f"The percentages add up to {sum(shares)}; together they must make 100.")
    placed = iter(allocate(rest, whole_weights(shares)) if shares else ())
    amounts = [next(placed) if part.amount_minor is None else part.amount_minor for part in parts]
    counter = [Line(part.account_id, -amount, part.tax_code_id) for part, amount in zip(parts, amounts, strict=True)]
    kept = [line for line in counter if line.amount_minor] or counter[:1]
    return [Line(bank_account_id, amount_minor), *kept]


def parts_by_weight(amount_minor: int, weights: Sequence[tuple[UUID, int]]) -> list[tuple[UUID, int]]:
    """The amount over accounts in proportion to weights, one (account, amount) an account, in order of appearance.

    Used for a line that settles several open items: the weights are the items' amounts. Items that cancel out say
    nothing about the shares; then the first account takes all.
    """
    by_account: dict[UUID, int] = {}
    for account_id, weight in weights:
        by_account[account_id] = by_account.get(account_id, 0) + weight
    if sum(by_account.values()) == 0:
        return [(weights[0][0], amount_minor)]
    shares = zip(by_account, allocate(amount_minor, list(by_account.values())), strict=True)
    return [(account_id, share) for account_id, share in shares if share] or [(weights[0][0], amount_minor)]


def _check_part(part: Part) -> None:
    if (part.amount_minor is None) == (part.percent is None):
        raise InvalidInput("Each part of a split needs an amount or a percentage, one of the two.")
    if part.amount_minor == 0:
        raise InvalidInput("A part of 0.00 books nothing; remove it.")
    if part.amount_minor is not None and abs(part.amount_minor) > MINOR_MAX:
        raise InvalidAmount(str(part.amount_minor), "it is too large")
    if part.percent is not None and not (part.percent.is_finite() and 0 < part.percent <= WHOLE):
        raise InvalidInput(f"{part.percent} cannot be a percentage of the line; give one above 0 and up to 100.")
    if part.percent is not None and -int(part.percent.as_tuple().exponent) > PERCENT_DIGITS:
        raise InvalidInput(f"A percentage may have at most {PERCENT_DIGITS} digits after the point.")


def whole_weights(shares: Sequence[Decimal]) -> list[int]:
    """Percentages as whole numbers in the same proportions, as `allocate` takes them."""
    digits = max(0, *(-int(share.as_tuple().exponent) for share in shares))
    return [int(share.scaleb(digits)) for share in shares]
