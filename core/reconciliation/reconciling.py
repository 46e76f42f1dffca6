"""Matching in the books: transfers and settlements found among what is not booked yet, kept as matches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.matching.calibration import WORTH_ASKING
from core.matching.matching import find_matches
from core.matching.values import BankLines, Decision, Kind, Matching, OpenItems, ProposedMatch
from core.posting.default_accounts import default_account
from core.posting.item_settling import reckon_items
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import withdraw_entries
from core.posting.writing import in_portions, new_keys
from core.reconciliation.linking import link_lines
from core.reconciliation.loading import Judged, free_lines, judged_matches, open_items, own_accounts
from core.reconciliation.storing import Difference, Member, write_differences, write_matches, write_members
from core.storage import WriteColumns
from models import AccountPurpose, DifferenceKind, Match, MatchDifference, MatchKind, MatchMember, MatchStatus

_MOST_ROUNDS = 8  # of one run; two or three come to rest


@dataclass(frozen=True, slots=True)
class MatchingResult:
    """What one run found. `confirmed_…` are in force without a person; `suggested` wait for one.

    `open_lines` and `open_items` count what was looked at and is in no match now.
    """

    confirmed_transfers: int = 0
    confirmed_settlements: int = 0
    confirmed_refunds: int = 0
    suggested: int = 0
    open_lines: int = 0
    open_items: int = 0

    def then(self, later: "MatchingResult") -> "MatchingResult":
        """This round and the one after it, as one."""
        return MatchingResult(
            self.confirmed_transfers + later.confirmed_transfers,
            self.confirmed_settlements + later.confirmed_settlements,
            self.confirmed_refunds + later.confirmed_refunds,
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
    make certain what is left, so it is repeated until nothing more becomes so; then payments on account and refunds
    are looked for among the rest (linking.py). A second call changes nothing. One audit event a round.

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
    linked = link_lines(session, caller, company, write=write, now=now)
    explained = linked.parts + linked.refunds + linked.suggested
    return total.then(
        MatchingResult(
            confirmed_settlements=linked.parts, confirmed_refunds=linked.refunds, suggested=linked.suggested,
            open_lines=total.open_lines - explained, open_items=total.open_items,
        )
    )  # fmt: skip


def _match_once(
    session: Session, caller: Caller, company: OpenCompany, *, write: WriteColumns, now: datetime
) -> MatchingResult:
    lines, items = free_lines(session, company), open_items(session, company.id)
    if not len(lines):
        return MatchingResult(open_items=len(items))
    judged = judged_matches(session, company.id)
    found = find_matches(lines, items, own=own_accounts(session, company.id), excluded=judged.dismissed)
    fees_id = default_account(session, company.id, AccountPurpose.FEES)
    plan = _plan(found, lines, items, judged, books_fees=fees_id is not None)
    _withdraw(session, caller, company, plan, lines, now)
    keys = new_keys(len(plan.new))
    _write(session, write, company.id, plan, keys, now)
    _update(session, company.id, plan, now)
    stored = [*zip(keys, (match for match, _ in plan.new), strict=True), *plan.upgraded]
    _write_sides(session, write, company.id, stored, lines, items, fees_id)
    reckon_items(session, company.id, [key for key, _ in stored])
    result = _result(plan, lines, items)
    if plan.new or plan.upgraded or plan.replaced:
        _audit(session, caller, company.id, plan, result, lines, items, now)
    return result


def _keys(match: ProposedMatch, lines: BankLines, items: OpenItems) -> frozenset[str]:
    return frozenset([*(lines.key[i] for i in match.lines), *(items.key[j] for j in match.items)])


def _plan(found: Matching, lines: BankLines, items: OpenItems, judged: Judged, *, books_fees: bool) -> _Plan:
    """What differs is kept only where it is a processor's fee and the company has an account for fees."""
    holder = {key: match_id for keys, match_id in judged.suggested.items() for key in keys}
    plan = _Plan([], [], [])
    gone: set[UUID] = set()
    kept = [
        match for match in found.matches if not match.difference_minor or (match.kind is Kind.PAYOUT and books_fees)
    ]
    for match in kept:
        keys = _keys(match, lines, items)
        if match.decision is not Decision.AUTO:
            continue
        same = judged.suggested.get(keys)
        if same is None:
            plan.new.append((match, MatchStatus.CONFIRMED))
        else:
            plan.upgraded.append((same, match))
        gone |= {holder[key] for key in keys if key in holder and holder[key] != same}
    plan.replaced.extend(sorted(gone))
    for match in kept:
        held = any(key in holder for key in _keys(match, lines, items))
        if match.decision is not Decision.AUTO and not held and match.score >= WORTH_ASKING:
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
    keys: Sequence[UUID],
    now: datetime,
) -> None:
    if not plan.new:
        return
    matches = [match for match, _ in plan.new]
    states = [status for _, status in plan.new]
    columns: dict[str, Sequence[object]] = {
        "kind": [_stored_kind(match) for match in matches],
        "status": states,
        "score": [min(max(match.score, 0.0), 1.0) for match in matches],
        "difference_minor": [match.difference_minor for match in matches],
        "reason": [match.reason for match in matches],
    }
    write_matches(session, write, company_id, keys, columns, now)


def _write_sides(
    session: Session,
    write: WriteColumns,
    company_id: UUID,
    stored: Sequence[tuple[UUID, ProposedMatch]],
    lines: BankLines,
    items: OpenItems,
    fees_id: UUID | None,
) -> None:
    """Members and fees of these matches, in the place of what they had: more or less of an item may be open by now."""
    members: list[Member] = []
    fees: list[Difference] = []
    for key, match in stored:
        members += [(key, UUID(lines.key[i]), None, 0) for i in match.lines]
        members += [(key, None, UUID(items.key[j]), int(items.amount_minor[j])) for j in match.items]
        if match.difference_minor and fees_id:
            fees.append((key, DifferenceKind.FEE, fees_id, match.difference_minor))
    for portion in in_portions(key for key, _ in stored):
        for table in (MatchMember, MatchDifference):
            session.execute(delete(table).where(col(table.match_id).in_(portion)))
    if members:
        write_members(session, write, company_id, members)
    write_differences(session, write, company_id, fees)


def _stored_kind(match: ProposedMatch) -> MatchKind:
    return MatchKind.TRANSFER if match.kind is Kind.TRANSFER else MatchKind.SETTLEMENT


def _update(session: Session, company_id: UUID, plan: _Plan, now: datetime) -> None:
    for match_id, match in plan.upgraded:
        session.execute(
            update(Match)
            .where(col(Match.company_id) == company_id, col(Match.id) == match_id)
            .values(
                status=MatchStatus.CONFIRMED,
                score=match.score,
                difference_minor=match.difference_minor,
                reason=match.reason,
                decided_at=now,
            )
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
