"""The names that a company gives its counterparties: list, give, change, take away, and take a change back.

An alias leads from a printed name straight to the name shown; none leads to another alias.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from core.access.audit import record
from core.access.roles import Action, Caller
from core.errors import AliasRefused, NotFound
from core.ingestion.normalising import counterparty_name
from core.ingestion.shown_names import is_shown_as
from core.posting.open_entries import open_company
from models import AliasOrigin, CounterpartyAlias, Transaction, User

LONGEST = 200  # signs of a name

State = tuple[str | None, AliasOrigin]  # the name shown (None: as printed), and how it came
States = tuple[tuple[str, State | None], ...]  # by printed name; None: no alias


@dataclass(frozen=True, slots=True)
class AliasRow:
    """An alias as a page lists it."""

    printed: str
    shown: str | None  # None: stays as printed, nothing is suggested
    origin: AliasOrigin
    changed_by: str  # display name; "" for a script
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class AliasChange:
    """What a change made of which aliases, so that it can be taken back."""

    before: States
    after: States


@dataclass(frozen=True, slots=True)
class Renaming:
    """What giving a counterparty another name comes to: live lines renamed, and those called so already."""

    lines: int
    joins: int


def list_aliases(session: Session, caller: Caller, company_id: UUID, *, text: str = "") -> list[AliasRow]:
    """The aliases by the name shown; with `text` those of whose two names one contains it, in any case."""
    caller.require(company_id, Action.READ)
    query = (
        select(CounterpartyAlias, col(User.display_name))
        .outerjoin(User, col(User.id) == col(CounterpartyAlias.changed_by))
        .where(col(CounterpartyAlias.company_id) == company_id)
    )
    wanted = text.strip().casefold()
    rows = [
        AliasRow(one.printed, one.shown, AliasOrigin(one.origin), by or "", one.changed_at)
        for one, by in session.execute(query)
        if wanted in one.printed.casefold() or wanted in (one.shown or "").casefold()
    ]
    return sorted(rows, key=lambda row: ((row.shown or row.printed).casefold(), row.printed))


def set_alias(
    session: Session,
    caller: Caller,
    company_id: UUID,
    printed: str,
    shown: str,
    *,
    now: datetime,
    origin: AliasOrigin = AliasOrigin.BY_HAND,
) -> AliasChange:
    """Show the counterparty printed so under another name; an earlier alias of it is replaced.

    Args:
        printed: a name as lines hold it, or a bank text, of which the name is taken.

    Raises:
        AliasRefused: a name is empty, too long or the same, or one alias would lead to another.
        NotFound, AccessDenied.
    """
    known = _locked(session, caller, company_id)
    printed = _checked(printed)
    if printed not in known and not _is_printed(session, company_id, printed):
        printed = counterparty_name(printed)[:LONGEST]
    shown = _checked(shown)
    if shown == printed:
        raise AliasRefused(shown, "it is printed so already")
    return _apply(session, caller, company_id, known, {printed: (shown, origin)}, "name given", now)


def rename_counterparty(
    session: Session,
    caller: Caller,
    company_id: UUID,
    name: str,
    to: str,
    *,
    now: datetime,
    origin: AliasOrigin = AliasOrigin.CORRECTION,
) -> AliasChange:
    """Call a counterparty otherwise, whatever names it is printed under.

    Args:
        name: as it is shown now.

    Raises: as `set_alias`; NotFound also where nothing is called `name`.
    """
    known = _locked(session, caller, company_id)
    to = _checked(to)
    if to == name:
        raise AliasRefused(to, "it is called so already")
    printed_so = {printed for printed, (shown, _) in known.items() if shown == name}
    if known.get(name, (None,))[0] is None and _is_printed(session, company_id, name):
        printed_so.add(name)
    if not printed_so:
        raise NotFound("counterparty", f"“{name}”")
    wanted = {printed: None if printed == to else (to, origin) for printed in printed_so}
    return _apply(session, caller, company_id, known, wanted, "counterparty renamed", now)


def preview_renaming(session: Session, caller: Caller, company_id: UUID, name: str, to: str) -> Renaming:
    """How many live lines a renaming touches, and how many it joins them with."""
    caller.require(company_id, Action.READ)
    return Renaming(_count(session, company_id, name), _count(session, company_id, to.strip()))


def remove_alias(session: Session, caller: Caller, company_id: UUID, printed: str, *, now: datetime) -> AliasChange:
    """The counterparty is shown as it is printed again. Raises NotFound, AccessDenied."""
    known = _locked(session, caller, company_id)
    if printed not in known:
        raise NotFound("alias of", f"“{printed}”")
    return _apply(session, caller, company_id, known, {printed: None}, "name taken away", now)


def keep_printed(session: Session, caller: Caller, company_id: UUID, printed: str, *, now: datetime) -> AliasChange:
    """The printed name is right: nothing is suggested for it any more. Raises AliasRefused where it has an alias."""
    known = _locked(session, caller, company_id)
    if known.get(printed, (None,))[0]:
        raise AliasRefused(printed, "another name is given already; take that away first")
    return _apply(session, caller, company_id, known, {printed: (None, AliasOrigin.BY_HAND)}, "printed name kept", now)


def take_back_alias(
    session: Session, caller: Caller, company_id: UUID, change: AliasChange, *, now: datetime
) -> AliasChange:
    """Put the aliases back as they were before a change.

    Raises:
        AliasRefused: one of them was changed since.
        NotFound, AccessDenied.
    """
    known = _locked(session, caller, company_id)
    for printed, state in change.after:
        if known.get(printed) != state:
            raise AliasRefused(printed, "it was named otherwise since; change it in the list of names")
    return _apply(session, caller, company_id, known, dict(change.before), "naming taken back", now)


def _locked(session: Session, caller: Caller, company_id: UUID) -> dict[str, State]:
    """All aliases of the company by printed name; whoever else changes them waits until this is through."""
    open_company(session, caller, company_id, Action.REVIEW)
    rows = session.execute(
        select(
            col(CounterpartyAlias.printed), col(CounterpartyAlias.shown), col(CounterpartyAlias.origin)
        ).where(col(CounterpartyAlias.company_id) == company_id)
    )  # fmt: skip
    return {printed: (shown, AliasOrigin(origin)) for printed, shown, origin in rows}


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise AliasRefused(name, "it is empty; write how the counterparty is called")
    if len(name) > LONGEST:
        raise AliasRefused(f"{name[:40]}…", f"it has {len(name)} signs, and {LONGEST} are possible")
    return name


def _refuse_chains(known: Mapping[str, State], wanted: Mapping[str, State | None]) -> None:
    """No name that is shown may itself be shown as something else once the wanted states hold."""
    onward = {printed: state[0] for printed, state in {**known, **wanted}.items() if state and state[0]}
    for printed, shown in onward.items():
        if (printed not in wanted and shown not in wanted) or shown not in onward:
            continue
        if onward[shown] == printed:
            raise AliasRefused(shown, f"it is shown as “{printed}” itself; take that alias away first")
        if printed in wanted:
            raise AliasRefused(shown, f"it is shown as “{onward[shown]}” itself; choose “{onward[shown]}”")
        raise AliasRefused(
            onward[shown] or "", f"“{printed}” is shown as “{shown}”; rename “{shown}” as a whole instead"
        )


def _is_printed(session: Session, company_id: UUID, name: str) -> bool:
    query = select(col(Transaction.id)).where(
        col(Transaction.company_id) == company_id, col(Transaction.counterparty) == name
    )
    return session.execute(query.limit(1)).first() is not None


def _count(session: Session, company_id: UUID, name: str) -> int:
    query = select(func.count(col(Transaction.id))).where(
        col(Transaction.company_id) == company_id,
        col(Transaction.reverted_at).is_(None),
        is_shown_as(company_id, name),
    )
    return int(session.execute(query).scalar_one())


def _apply(
    session: Session,
    caller: Caller,
    company_id: UUID,
    known: Mapping[str, State],
    wanted: Mapping[str, State | None],
    action: str,
    now: datetime,
) -> AliasChange:
    """Write the states that are wanted, and one event for all of them."""
    _refuse_chains(known, wanted)
    rows = session.execute(
        select(CounterpartyAlias).where(
            col(CounterpartyAlias.company_id) == company_id, col(CounterpartyAlias.printed).in_(wanted)
        )
    ).scalars()
    stored = {row.printed: row for row in rows}
    for printed, state in wanted.items():
        row = stored.get(printed)
        if state is None:
            if row is not None:
                session.delete(row)
            continue
        row = row or CounterpartyAlias(company_id=company_id, printed=printed, origin=state[1], changed_at=now)
        row.shown, row.origin = state
        row.changed_by, row.changed_at = caller.user_id, now
        session.add(row)
    session.flush()
    before = {printed: known.get(printed) for printed in wanted}
    record(
        session, caller, company_id=company_id, action=action, subject="counterparty", now=now,
        before=_told(before), after=_told(wanted), row_count=len(wanted),
    )  # fmt: skip
    return AliasChange(tuple(before.items()), tuple(wanted.items()))


def _told(states: Mapping[str, State | None]) -> dict[str, object]:
    return {"names": {printed: state[0] if state else None for printed, state in sorted(states.items())}}
