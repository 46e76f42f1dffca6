"""Tags: words that a company marks bank lines with, for its own classes and projects.

They hang on the bank line and not on its entry: setting one changes nothing that is posted, and they stay through
corrections. They move no amount, so a closed period takes them too.
"""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.errors import InvalidInput, NotFound
from core.posting.open_entries import open_company
from core.posting.writing import in_portions, new_keys
from core.storage import WriteColumns
from models import LineTag, Tag, Transaction

MOST = 100  # tags of one company
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")  # what beancount and hledger take as they are


def list_tags(session: Session, caller: Caller, company_id: UUID) -> dict[str, UUID]:
    """The company's tags by name."""
    caller.require(company_id, Action.READ)
    rows = session.execute(select(col(Tag.name), col(Tag.id)).where(col(Tag.company_id) == company_id))
    return dict(sorted(dict(iter(rows)).items()))


def tags_of(
    session: Session, caller: Caller, company_id: UUID, transaction_ids: Collection[UUID]
) -> dict[UUID, tuple[str, ...]]:
    """The tags of these bank lines by name; lines without one are left out."""
    caller.require(company_id, Action.READ)
    found: dict[UUID, tuple[str, ...]] = {}
    for portion in in_portions(transaction_ids):
        rows = session.execute(
            select(col(LineTag.transaction_id), col(Tag.name))
            .join(Tag, col(Tag.id) == col(LineTag.tag_id))
            .where(col(LineTag.company_id) == company_id, col(LineTag.transaction_id).in_(portion))
            .order_by(col(Tag.name))
        )
        for key, name in rows:
            found[key] = (*found.get(key, ()), name)
    return found


def change_tags(
    session: Session,
    caller: Caller,
    company_id: UUID,
    transaction_ids: Collection[UUID],
    *,
    add: Collection[str],
    remove: Collection[str] = (),
    write: WriteColumns,
    now: datetime,
) -> None:
    """Put tags on bank lines and take others off; what is so already stays. One audit event.

    Args:
        add: names as typed; one that the company does not have yet becomes a tag of it.
        remove: names of tags.

    Raises:
        InvalidInput: no line is given, a name is none, or the company has too many.
        NotFound: there is no such bank line in this company.
        AccessDenied.
    """
    open_company(session, caller, company_id, Action.REVIEW)
    lines = _checked(session, company_id, transaction_ids)
    names = sorted({tag_name(each) for each in add})
    known = _with_new(session, company_id, list_tags(session, caller, company_id), names)
    gone = [known[name] for name in remove if name in known]
    for portion in in_portions(lines):
        session.execute(
            delete(LineTag)
            .where(
                col(LineTag.company_id) == company_id,
                col(LineTag.transaction_id).in_(portion),
                col(LineTag.tag_id).in_(gone),
            )
            .execution_options(synchronize_session=False)
        )
    present = tags_of(session, caller, company_id, lines)
    fresh = [(line, known[name]) for line in lines for name in names if name not in present.get(line, ())]
    _write(session, write, company_id, fresh, caller.user_id, now)
    record(
        session, caller, company_id=company_id, action="tags changed", subject="transaction", now=now,
        subject_id=lines[0] if len(lines) == 1 else None, after={"added": names, "removed": sorted(remove)},
        row_count=len(lines), rows_digest=rows_digest((line.hex,) for line in lines),
    )  # fmt: skip


def tag_name(typed: str) -> str:
    """The name as it is kept: small letters, hyphens for spaces. Raises InvalidInput."""
    name = "-".join(typed.lower().lstrip("#").split())
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"“{typed}” cannot be a tag: use up to 40 of the letters a to z, digits and hyphens.")
    return name


def _checked(session: Session, company_id: UUID, transaction_ids: Collection[UUID]) -> list[UUID]:
    lines = sorted(set(transaction_ids))
    if not lines:
        raise InvalidInput("Choose at least one line.")
    for portion in in_portions(lines):
        found = set(
            session.execute(
                select(col(Transaction.id)).where(
                    col(Transaction.company_id) == company_id, col(Transaction.id).in_(portion)
                )
            ).scalars()
        )
        if missing := set(portion) - found:
            raise NotFound("bank line", str(min(missing)))
    return lines


def _with_new(session: Session, company_id: UUID, known: dict[str, UUID], names: Sequence[str]) -> dict[str, UUID]:
    new = [Tag(company_id=company_id, name=name) for name in names if name not in known]
    if len(known) + len(new) > MOST:
        raise InvalidInput(f"A company has at most {MOST} tags; use one of those that there are.")
    session.add_all(new)
    session.flush()
    return known | {tag.name: tag.id for tag in new}


def _write(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    fresh: Sequence[tuple[UUID, UUID]],
    by: UUID | None,
    now: datetime,
) -> None:
    count = len(fresh)
    columns: dict[str, Sequence[Any]] = {
        "id": new_keys(count),
        "company_id": [company_id] * count,
        "transaction_id": [line for line, _ in fresh],
        "tag_id": [tag for _, tag in fresh],
        "set_by": [by] * count,
        "set_at": [now] * count,
    }
    write(session, LineTag, columns)
