"""A company's tax codes: list, add, rename, switch off. The rate of a code never changes: entries were made with it."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import AlreadyTaken, InvalidInput, NotFound
from core.posting.open_entries import check_bookable
from core.posting.tax import WHOLE_BP
from models import TaxCode

CODE_MAX = 16
NAME_MAX = 120
BP_OF_PERCENT = 100


def list_tax_codes(session: Session, caller: Caller, company_id: UUID, *, active_only: bool = False) -> list[TaxCode]:
    """The tax codes in the order of their codes."""
    caller.require(company_id, Action.READ)
    wanted = select(TaxCode).where(col(TaxCode.company_id) == company_id).order_by(col(TaxCode.code))
    if active_only:
        wanted = wanted.where(col(TaxCode.is_active))
    return list(session.exec(wanted).all())


def add_tax_code(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    code: str,
    name: str,
    rate_percent: Decimal,
    account_id: UUID,
    now: datetime,
) -> TaxCode:
    """Add a tax whose share of the net amount is `rate_percent`, booked to an account.

    Raises:
        InvalidInput: a code, name or rate that cannot be used.
        AlreadyTaken: the code is in use.
        AccountNotBookable, NotFound, AccessDenied.
    """
    caller.require(company_id, Action.CONFIGURE)
    code, name = code.strip(), _checked_name(name)
    if not code or len(code) > CODE_MAX or not code.isprintable():
        raise InvalidInput(f"“{code}” cannot be a tax code. Use up to {CODE_MAX} signs, such as VAT20.")
    check_bookable(session, company_id, [account_id])
    tax_code = TaxCode(
        company_id=company_id, code=code, name=name, rate_bp=_basis_points(rate_percent), account_id=account_id
    )
    try:
        with session.begin_nested():  # the database's own word counts where two people add the same at a time
            session.add(tax_code)
            session.flush()
    except IntegrityError:
        raise AlreadyTaken("tax code", code) from None
    after = {"code": code, "name": name, "rate_bp": tax_code.rate_bp, "account_id": account_id}
    record(
        session, caller, company_id=company_id, action="tax code added", subject="tax code", subject_id=tax_code.id,
        after=after, now=now,
    )  # fmt: skip
    return tax_code


def change_tax_code(
    session: Session,
    caller: Caller,
    company_id: UUID,
    tax_code_id: UUID,
    *,
    name: str | None = None,
    is_active: bool | None = None,
    now: datetime,
) -> TaxCode:
    """Rename a tax code or switch it off; what was booked with it stays. Raises NotFound, InvalidInput."""
    caller.require(company_id, Action.CONFIGURE)
    tax_code = session.exec(
        select(TaxCode).where(col(TaxCode.company_id) == company_id, col(TaxCode.id) == tax_code_id)
    ).one_or_none()
    if tax_code is None:
        raise NotFound("tax code", str(tax_code_id))
    before = {"name": tax_code.name, "is_active": tax_code.is_active}
    tax_code.name = tax_code.name if name is None else _checked_name(name)
    tax_code.is_active = tax_code.is_active if is_active is None else is_active
    session.add(tax_code)
    session.flush()
    record(
        session, caller, company_id=company_id, action="tax code changed", subject="tax code", subject_id=tax_code.id,
        before=before, after={"name": tax_code.name, "is_active": tax_code.is_active}, now=now,
    )  # fmt: skip
    return tax_code


def _checked_name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > NAME_MAX:
        raise InvalidInput(f"A tax code needs a name of at most {NAME_MAX} signs.")
    return name


def _basis_points(percent: Decimal) -> int:
    points = percent * BP_OF_PERCENT if percent.is_finite() else Decimal(0)
    if points != int(points) or not 0 < points <= WHOLE_BP:
        raise InvalidInput("The rate is a percentage above 0 and up to 100, with at most two digits after the point.")
    return int(points)
