"""Layouts of open items kept per company and header, and where items of each kind were booked last."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Caller
from core.ingestion.items.kinds import MONEY_OUT
from core.ingestion.items.layout import ItemLayout
from core.storage import WriteColumns
from models import ItemKind
from models import ItemLayout as SavedLayout

_LOOKED_AT = 20  # saved layouts among which the accounts of each kind are looked for, newest first


def saved_layout(session: Session, company_id: UUID, signature: str) -> ItemLayout | None:
    """The newest layout saved for exports with this header."""
    found = session.execute(
        select(col(SavedLayout.definition))
        .where(col(SavedLayout.company_id) == company_id, col(SavedLayout.signature) == signature)
        .order_by(col(SavedLayout.saved_at).desc(), col(SavedLayout.id))
        .limit(1)
    ).scalar()
    return None if found is None else ItemLayout.from_dict(found)


def usual_accounts(session: Session, company_id: UUID) -> Mapping[str, str]:
    """By kind the code of the account that the newest layout naming one gives."""
    rows = session.execute(
        select(col(SavedLayout.definition))
        .where(col(SavedLayout.company_id) == company_id)
        .order_by(col(SavedLayout.saved_at).desc(), col(SavedLayout.id))
        .limit(_LOOKED_AT)
    ).scalars()
    found: dict[str, str] = {}
    for definition in rows:
        for kind, code in (definition.get("accounts") or {}).items():
            found.setdefault(kind, code)
    return found


def lasting(layout: ItemLayout, kinds: Collection[ItemKind]) -> ItemLayout:
    """The layout without what its file cannot know of others: without money out, what a sign means stays open."""
    return layout if any(kind in MONEY_OUT for kind in kinds) else replace(layout, sign="")


def save_layout(
    session: Session,
    caller: Caller,
    company_id: UUID,
    signature: str,
    layout: ItemLayout,
    *,
    write: WriteColumns,
    now: datetime,
) -> None:
    """Keep the layout for the next export with this header, unless just that is kept already."""
    if saved_layout(session, company_id, signature) == layout:
        return
    row: dict[str, Any] = {
        "id": uuid4(),
        "company_id": company_id,
        "signature": signature,
        "definition": layout.to_dict(),
        "saved_by": caller.user_id,
        "saved_at": now,
    }
    write(session, SavedLayout, {name: [value] for name, value in row.items()})
