"""Taxes that amounts contain: a gross amount becomes a net and a tax, to the last minor unit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from core.errors import InvalidInput, NotFound
from core.posting.lines import Line
from models import TaxCode

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class TaxRate:
    """What booking needs of a tax code."""

    id: UUID
    code: str
    rate_bp: int  # of the net amount: 1900 is 19 %
    account_id: UUID


def tax_in(gross_minor: int, rate_bp: int) -> int:
    """The tax contained in a gross amount, in its sign, rounded half away from zero. gross - tax is the net."""
    whole = WHOLE_BP + rate_bp
    size = (2 * abs(gross_minor) * rate_bp + whole) // (2 * whole)
    return size if gross_minor >= 0 else -size


def with_tax(lines: Sequence[Line], taxes: Mapping[UUID, TaxRate]) -> list[Line]:
    """The lines with the tax of each taxed one as a line of its own behind it; their sum stays the same.

    Args:
        lines: gross; those with a `tax_code_id` contain that tax.
        taxes: the rates of these codes by id.
    """
    found: list[Line] = []
    for line in lines:
        if line.tax_code_id is None:
            found.append(line)
            continue
        rate = taxes[line.tax_code_id]
        tax = tax_in(line.amount_minor, rate.rate_bp)
        found.append(replace(line, amount_minor=line.amount_minor - tax, tax_minor=tax))
        if tax:
            found.append(Line(rate.account_id, tax))
    return found


def tax_rates(session: Session, company_id: UUID) -> dict[str, TaxRate]:
    """The active tax codes of a company by their code."""
    rows = session.execute(
        select(col(TaxCode.id), col(TaxCode.code), col(TaxCode.rate_bp), col(TaxCode.account_id)).where(
            col(TaxCode.company_id) == company_id, col(TaxCode.is_active)
        )
    )
    return {row[1]: TaxRate(*row) for row in rows}


def chosen_taxes(session: Session, company_id: UUID, chosen: Collection[UUID | None]) -> dict[UUID, TaxRate]:
    """The chosen tax codes by id; None, which stands for no tax, is passed over.

    Raises:
        NotFound: there is no such tax code in this company.
        InvalidInput: it is switched off.
    """
    wanted = {key for key in chosen if key is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(
            col(TaxCode.id), col(TaxCode.code), col(TaxCode.rate_bp), col(TaxCode.account_id), col(TaxCode.is_active)
        ).where(col(TaxCode.company_id) == company_id, col(TaxCode.id).in_(wanted))
    ).all()
    for _, code, _, _, is_active in rows:
        if not is_active:
            raise InvalidInput(f"The tax code {code} is switched off; choose another, or switch it on in the chart.")
    if missing := wanted - {row[0] for row in rows}:
        raise NotFound("tax code", str(min(missing)))
    return {row[0]: TaxRate(*row[:4]) for row in rows}
