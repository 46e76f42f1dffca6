"""Law 1 on the taxes in entries: what is kept of a tax is what stands on its lines."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.access.audit import Violation
from core.verification.scope import Finding, Scope, finding
from models import JournalLine, TaxCode, TaxLine


def taxes_are_on_their_lines(scope: Scope) -> Finding:
    """Law 1: the line of a taxed part holds its net amount, and the line behind it the tax on the code's account."""
    net, tax = aliased(JournalLine), aliased(JournalLine)
    ours = col(TaxLine.company_id).in_(scope.ids)
    no_tax = and_(col(TaxLine.tax_minor) != 0, or_(col(tax.id).is_(None), col(tax.amount_minor) != TaxLine.tax_minor))
    found = scope.first(
        select(col(TaxLine.company_id), col(TaxLine.entry_id))
        .join(TaxCode, col(TaxCode.id) == col(TaxLine.tax_code_id))
        .outerjoin(net, and_(col(net.entry_id) == TaxLine.entry_id, col(net.position) == TaxLine.position))
        .outerjoin(
            tax,
            and_(
                col(tax.entry_id) == TaxLine.entry_id,
                col(tax.position) == TaxLine.position + 1,
                col(tax.account_id) == TaxCode.account_id,
            ),
        )
        .where(ours, or_(col(net.id).is_(None), col(net.amount_minor) != TaxLine.net_minor, no_tax))
    )
    return finding(
        scope.count(select(func.count()).select_from(TaxLine).where(ours)),
        found and Violation(1, scope.entry(*found), "its lines do not hold the tax that is kept of it"),
    )
