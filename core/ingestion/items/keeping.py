"""Open items by hand: added, changed, removed and put back, each step audited."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import AlreadyTaken, InvalidInput, ItemNotOpen, NotFound
from core.ingestion.formats.tabular.amounts import currency_codes
from core.ingestion.items.values import LONGEST
from core.money import MINOR_MAX
from core.posting.open_entries import open_company
from core.reconciliation.deciding import dismiss_match
from core.storage import WriteColumns
from models import Account, AccountRole, BankAccount, ItemKind, ItemStatus, Match, MatchMember, MatchStatus, OpenItem

_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class ItemDetails:
    """What a person says of an item; `amount_minor` is positive for money that is to come in."""

    kind: ItemKind
    number: str
    counterparty: str
    issued_on: date
    due_on: date | None
    amount_minor: int
    currency: str
    account_id: UUID
    reference: str = ""


def bookable_accounts(session: Session, company_id: UUID) -> dict[str, UUID]:
    """Accounts that a settlement can be booked to, by code; not those that have statements of their own."""
    fed = select(col(BankAccount.account_id)).where(col(BankAccount.company_id) == company_id)
    rows = session.execute(
        select(col(Account.code), col(Account.id)).where(
            col(Account.company_id) == company_id,
            col(Account.is_active),
            col(Account.role).is_distinct_from(AccountRole.SUSPENSE),
            col(Account.id).not_in(fed),
        )
    )
    return {row.code: row.id for row in rows}


def add_item(session: Session, caller: Caller, company_id: UUID, details: ItemDetails, *, now: datetime) -> UUID:
    """An item that no file brought. Matching finds it the next time it runs.

    Returns:
        The item's id.

    Raises:
        InvalidInput: a value cannot be used. AlreadyTaken: the kind has an item of this number, removed ones included.
        NotFound, AccessDenied.
    """
    caller.require(company_id, Action.IMPORT)
    values = _checked(session, company_id, details)
    item = OpenItem(id=uuid4(), company_id=company_id, status=ItemStatus.OPEN, **values)
    try:
        with session.begin_nested():  # the database's own word counts where two people add the same at a time
            session.add(item)
            session.flush()
    except IntegrityError:
        raise AlreadyTaken(f"{details.kind} number", values["number"]) from None
    _audit(session, caller, item, "item added", None, _facts(item), now)
    return item.id


def change_item(
    session: Session,
    caller: Caller,
    company_id: UUID,
    item_id: UUID,
    details: ItemDetails,
    *,
    write: WriteColumns,
    now: datetime,
) -> None:
    """Correct an item that is open and unmatched; suggestions for it fall and are looked for anew.

    Kind, number and currency of an item from a file stay, because the next export is known by them; of an amount that
    is changed the file's own is kept.

    Raises:
        ItemNotOpen: it is settled, matched or removed. InvalidInput, AlreadyTaken, NotFound, AccessDenied.
    """
    item = _locked(session, caller, company_id, item_id)
    _require_open(session, item)
    values = _checked(session, company_id, details)
    if item.statement_file_id and any(values[name] != getattr(item, name) for name in ("kind", "number", "currency")):
        raise InvalidInput("Kind, number and currency came with a file and stay. Remove the item and add another one.")
    before = _facts(item)
    if item.statement_file_id and item.file_minor is None and values["amount_minor"] != item.amount_minor:
        item.file_minor = item.amount_minor
    _forget_suggestions(session, caller, item, write, now)
    try:
        with session.begin_nested():
            for name, value in values.items():
                setattr(item, name, value)
            session.add(item)
            session.flush()
    except IntegrityError:
        raise AlreadyTaken(f"{details.kind} number", values["number"]) from None
    after = _facts(item)
    changed = {name: value for name, value in after.items() if value != before[name]}
    _audit(session, caller, item, "item changed", {name: before[name] for name in changed}, changed, now)


def remove_item(
    session: Session, caller: Caller, company_id: UUID, item_id: UUID, *, write: WriteColumns, now: datetime
) -> None:
    """Take an open, unmatched item off the list. It stays off when a later file brings it; `restore_item` undoes it.

    Raises:
        ItemNotOpen: it is settled, matched or removed. NotFound, AccessDenied.
    """
    item = _locked(session, caller, company_id, item_id)
    _require_open(session, item)
    _forget_suggestions(session, caller, item, write, now)
    item.removed_at = now
    session.add(item)
    session.flush()
    _audit(session, caller, item, "item removed", _facts(item), None, now)


def restore_item(session: Session, caller: Caller, company_id: UUID, item_id: UUID, *, now: datetime) -> None:
    """Put a removed item back on the list.

    Raises:
        ItemNotOpen: it was not removed. NotFound, AccessDenied.
    """
    item = _locked(session, caller, company_id, item_id)
    if item.removed_at is None:
        raise ItemNotOpen(item.number, "it was not removed")
    item.removed_at = None
    session.add(item)
    session.flush()
    _audit(session, caller, item, "item put back", None, _facts(item), now)


def _checked(session: Session, company_id: UUID, details: ItemDetails) -> dict[str, Any]:
    """The values as the table takes them. Raises InvalidInput."""
    texts = {name: getattr(details, name).replace("\x00", "").strip() for name in LONGEST}
    for name in ("number", "counterparty"):
        if not texts[name]:
            raise InvalidInput(f"An open item needs a {name}.")
    for name, most in LONGEST.items():
        if len(texts[name]) > most:
            raise InvalidInput(f"The {name} has more than {most} signs.")
    if details.amount_minor == 0:
        raise InvalidInput("The amount is zero, so nothing is open.")
    if abs(details.amount_minor) > MINOR_MAX:
        raise InvalidInput("The amount is larger than the books can hold.")
    if details.currency not in currency_codes():
        raise InvalidInput(f"“{details.currency}” is no currency.")
    for day in (details.issued_on, details.due_on):
        if day and not _FIRST_DAY <= day <= _LAST_DAY:
            raise InvalidInput(f"{day} lies outside 1970 to 2099.")
    if details.account_id not in bookable_accounts(session, company_id).values():
        raise InvalidInput("Choose the account that the payment is booked to.")
    return {
        **texts, "kind": ItemKind(details.kind), "issued_on": details.issued_on, "due_on": details.due_on,
        "amount_minor": details.amount_minor, "currency": details.currency, "account_id": details.account_id,
    }  # fmt: skip


def _locked(session: Session, caller: Caller, company_id: UUID, item_id: UUID) -> OpenItem:
    # The company first, as whoever confirms a match does: else of two people each could wait for the other.
    open_company(session, caller, company_id, Action.IMPORT)
    item: OpenItem | None = session.execute(
        select(OpenItem)
        .where(col(OpenItem.company_id) == company_id, col(OpenItem.id) == item_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if item is None:
        raise NotFound("open item", str(item_id))
    return item


def _require_open(session: Session, item: OpenItem) -> None:
    if item.removed_at is not None:
        raise ItemNotOpen(item.number, "it was removed; put it back first")
    if item.status != ItemStatus.OPEN or _matches(session, item, MatchStatus.CONFIRMED):
        raise ItemNotOpen(item.number, "it is matched with a bank line; undo that match first")


def _matches(session: Session, item: OpenItem, status: MatchStatus) -> list[UUID]:
    rows = session.execute(
        select(col(Match.id))
        .join(MatchMember, col(MatchMember.match_id) == col(Match.id))
        .where(
            col(Match.company_id) == item.company_id,
            col(Match.status) == status,
            col(MatchMember.open_item_id) == item.id,
        )
        .order_by(col(Match.id))
    )
    return list(rows.scalars())


def _forget_suggestions(session: Session, caller: Caller, item: OpenItem, write: WriteColumns, now: datetime) -> None:
    """What was suggested falls. Nobody judged the pairs, so they part, and matching may propose them again."""
    for match_id in _matches(session, item, MatchStatus.SUGGESTED):
        dismiss_match(session, caller, item.company_id, match_id, write=write, now=now)
        session.execute(delete(MatchMember).where(col(MatchMember.match_id) == match_id))


def _facts(item: OpenItem) -> dict[str, Any]:
    names = ("kind", "number", "counterparty", "issued_on", "due_on", "amount_minor", "currency", "reference")
    return {name: getattr(item, name) for name in names} | {"account_id": str(item.account_id)}


def _audit(
    session: Session,
    caller: Caller,
    item: OpenItem,
    action: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    now: datetime,
) -> None:
    record(
        session, caller, company_id=item.company_id, action=action, subject="open_item", subject_id=item.id,
        before=before, after=after, now=now,
    )  # fmt: skip
