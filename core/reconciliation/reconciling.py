"""Matching in the books: transfers and settlements found among what is not booked yet, kept as matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.matching.matching import find_matches
from core.matching.values import BankLines, Decision, Kind, Matching, OpenItems, ProposedMatch
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import withdraw_entries
from core.posting.writing import in_portions, new_keys
from core.reconciliation.loading import Judged, free_lines, judged_matches, open_items, own_accounts
from core.storage import WriteColumns
from models import Match, MatchKind, MatchMember, MatchStatus

_MOST_ROUNDS = 8  # of one run; two or three come to rest
WORTH_ASKING = 0.3  # probability below which a suggestion would cost more of a person's time than it saves


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """What one run found. `confirmed_…` are in force without a person; `suggested` wait for one.

    `open_lines` and `open_items` count what was looked at and is in no match now.
    """

    confirmed_transfers: int = 0
    confirmed_settlements: int = 0
    suggested: int = 0
    open_lines: int = 0
    open_items: int = 0

    def then(self, later: "MatchingResult") -> "MatchingResult":
        """This round and the one after it, as one."""
        return MatchingResult(
            self.confirmed_transfers + later.confirmed_transfers,
            self.confirmed_settlements + later.confirmed_settlements,
            self.suggested + later.suggested,
            later.open_lines,
            later.open_items,
        )


@dataclass(frozen=True)
class _Plan:
    """What a run changes: matches to write, suggestions that turned out certain, suggestions that others replace."""

    new: list[tuple[ProposedMatch, MatchStatus]]
    upgraded: list[tuple[UUID, ProposedMatch]]
    replaced: list[UUID]

    def certain(self) -> list[ProposedMatch]:
        return [
            *(match for match, status in self.new if status is MatchStatus.CONFIRMED),
            *(match for _, match in self.upgraded),
        ]


def match_company(
    session: Session, caller: Caller, company_id: UUID, *, write: WriteColumns, now: datetime
) -> MatchingResult:
    """Find own transfers and settlements among the lines without a posted entry; runs before they are booked.

    Certain matches are confirmed, doubtful ones suggested. What a person dismissed stays dismissed; a suggestion stays
    as it is until one of its members is matched with certainty. A line that waits for review and is now certain is
    taken out of the review queue, so that the booking that follows books it by its match. What leaves the search can
    make certain what is left, so it is repeated until nothing more becomes so: a second call changes nothing. One
    audit event a round.

    Raises:
        NotFound, AccessDenied: the caller may not upload here.
        PeriodClosed: a line in the queue lies in a closed period.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    total = MatchingResult()
    for _ in range(_MOST_ROUNDS):
        found = _match_once(session, caller, company, write=write, now=now)
        total = total.then(found)
        if not found.confirmed_transfers and not found.confirmed_settlements:
            break
    return total


def _match_once(
    session: Session, caller: Caller, company: OpenCompany, *, write: WriteColumns, now: datetime
) -> MatchingResult:
    lines, items = free_lines(session, company), open_items(session, company.id)
    if not len(lines):
        return MatchingResult(open_items=len(items))
    judged = judged_matches(session, company.id)
    found = find_matches(lines, items, own=own_accounts(session, company.id), excluded=judged.dismissed)
    plan = _plan(found, lines, items, judged)
    _withdraw(session, caller, company, plan, lines, now)
    _write(session, write, company.id, plan, lines, items, now)
    _update(session, company.id, plan, now)
    result = _result(plan, lines, items)
    if plan.new or plan.upgraded or plan.replaced:
        _audit(session, caller, company.id, plan, result, lines, items, now)
    return result


def _keys(match: ProposedMatch, lines: BankLines, items: OpenItems) -> frozenset[str]:
    return frozenset([*(lines.key[i] for i in match.lines), *(items.key[j] for j in match.items)])


def _is_certain(match: ProposedMatch) -> bool:
    """What differs cannot be booked by a match, however certain it is."""
    return match.decision is Decision.AUTO and match.difference_minor == 0


def _plan(found: Matching, lines: BankLines, items: OpenItems, judged: Judged) -> _Plan:
    holder = {key: match_id for keys, match_id in judged.suggested.items() for key in keys}
    plan = _Plan([], [], [])
    gone: set[UUID] = set()
    for match in found.matches:
        keys = _keys(match, lines, items)
        if not _is_certain(match):
            continue
        same = judged.suggested.get(keys)
        if same is None:
            plan.new.append((match, MatchStatus.CONFIRMED))
        else:
            plan.upgraded.append((same, match))
        gone |= {holder[key] for key in keys if key in holder and holder[key] != same}
    plan.replaced.extend(sorted(gone))
    for match in found.matches:
        held = any(key in holder for key in _keys(match, lines, items))
        bookable = match.difference_minor == 0  # a processor's fee has no entry of its own yet
        if bookable and not _is_certain(match) and not held and match.score >= WORTH_ASKING:
            plan.new.append((match, MatchStatus.SUGGESTED))
    return plan


def _withdraw(
    session: Session, caller: Caller, company: OpenCompany, plan: _Plan, lines: BankLines, now: datetime
) -> None:
    booked_anew = [UUID(lines.key[i]) for match in plan.certain() for i in match.lines if not lines.transfers_only[i]]
    if booked_anew:
        withdraw_entries(session, caller, company, booked_anew, now=now)


def _write(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    plan: _Plan,
    lines: BankLines,
    items: OpenItems,
    now: datetime,
) -> None:
    if not plan.new:
        return
    keys = new_keys(len(plan.new))
    matches = [match for match, _ in plan.new]
    states = [status for _, status in plan.new]
    write(
        session,
        Match,
        {
            "id": keys,
            "company_id": [company_id] * len(keys),
            "kind": [_stored_kind(match) for match in matches],
            "status": states,
            "score": [min(max(match.score, 0.0), 1.0) for match in matches],
            "difference_minor": [match.difference_minor for match in matches],
            "reason": [match.reason for match in matches],
            "created_at": [now] * len(keys),
            "decided_at": [now if status is MatchStatus.CONFIRMED else None for status in states],
        },
    )
    members: list[tuple[UUID, UUID | None, UUID | None]] = []
    for key, match in zip(keys, matches, strict=True):
        members += [(key, UUID(lines.key[i]), None) for i in match.lines]
        members += [(key, None, UUID(items.key[j])) for j in match.items]
    write_members(session, write, company_id, members)


def write_members(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    members: Sequence[tuple[UUID, UUID | None, UUID | None]],
) -> None:
    """Insert members of matches: (match, line or None, item or None)."""
    match_ids, line_ids, item_ids = zip(*members, strict=True)
    write(
        session,
        MatchMember,
        {
            "id": new_keys(len(members)),
            "company_id": [company_id] * len(members),
            "match_id": match_ids,
            "transaction_id": line_ids,
            "open_item_id": item_ids,
        },
    )


def _stored_kind(match: ProposedMatch) -> MatchKind:
    return MatchKind.TRANSFER if match.kind is Kind.TRANSFER else MatchKind.SETTLEMENT


def _update(session: Session, company_id: UUID, plan: _Plan, now: datetime) -> None:
    for match_id, match in plan.upgraded:
        session.execute(
            update(Match)
            .where(col(Match.company_id) == company_id, col(Match.id) == match_id)
            .values(status=MatchStatus.CONFIRMED, score=match.score, reason=match.reason, decided_at=now)
            .execution_options(synchronize_session=False)
        )
    for portion in in_portions(plan.replaced):
        session.execute(
            update(Match)
            .where(col(Match.company_id) == company_id, col(Match.id).in_(portion))
            .values(status=MatchStatus.DISMISSED, decided_at=now)
            .execution_options(synchronize_session=False)
        )


def _result(plan: _Plan, lines: BankLines, items: OpenItems) -> MatchingResult:
    certain = plan.certain()
    stored = [*certain, *(match for match, status in plan.new if status is MatchStatus.SUGGESTED)]
    return MatchingResult(
        confirmed_transfers=sum(match.kind is Kind.TRANSFER for match in certain),
        confirmed_settlements=sum(match.kind is not Kind.TRANSFER for match in certain),
        suggested=len(stored) - len(certain),
        open_lines=len(lines) - sum(len(match.lines) for match in stored),
        open_items=len(items) - sum(len(match.items) for match in stored),
    )


def _audit(
    session: Session,
    caller: Caller,
    company_id: UUID,
    plan: _Plan,
    result: MatchingResult,
    lines: BankLines,
    items: OpenItems,
    now: datetime,
) -> None:
    written = [(status, match) for match, status in plan.new]
    written += [(MatchStatus.CONFIRMED, match) for _, match in plan.upgraded]
    covered = [
        *((str(status), *sorted(_keys(match, lines, items))) for status, match in written),
        *(("replaced", match_id.hex) for match_id in plan.replaced),
    ]
    record(
        session, caller, company_id=company_id, action="lines matched", subject="match", now=now,
        after={
            "transfers": result.confirmed_transfers, "settlements": result.confirmed_settlements,
            "suggested": result.suggested, "replaced": len(plan.replaced),
        },
        row_count=len(covered), rows_digest=rows_digest(covered),
    )  # fmt: skip
