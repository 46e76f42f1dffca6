"""Matching in the books: transfers and settlements found among what is not booked yet, kept as matches."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlmodel import Session

from core.access.audit import record, rows_digest
from core.access.roles import Action, Caller
from core.exchange.loading import rates_entered
from core.matching.matching import find_matches
from core.matching.neighbourhood import Neighbourhood
from core.matching.values import BankLines, Integers, Kind, OpenItems, OwnAccounts
from core.posting.named_accounts import default_account
from core.posting.open_entries import OpenCompany, open_company
from core.posting.reversing import withdraw_entries
from core.posting.writing import new_keys
from core.reconciliation.exchanges import exchanges_among
from core.reconciliation.linking import link_lines
from core.reconciliation.loading import free_lines, judged_matches, open_items, own_accounts
from core.reconciliation.looking import OpenRows, Seen, keep_look, last_look, settings_digest
from core.reconciliation.paid_out import paid_out
from core.reconciliation.planning import Plan, judged_after, member_keys, plan_matches
from core.reconciliation.storing import store_plan
from core.storage import WriteColumns
from models import AccountPurpose, MatchStatus

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
class _Run:
    """What the rounds of one run have in common."""

    session: Session
    caller: Caller
    company: OpenCompany
    own: OwnAccounts
    fees_id: UUID | None
    write: WriteColumns
    now: datetime

    def rounds(self, found: OpenRows, before: Seen | None) -> tuple[MatchingResult, OpenRows]:
        """Match until nothing more becomes certain; what was found and what was looked at last."""
        total, looked = MatchingResult(open_lines=len(found.lines), open_items=len(found.items)), found
        for _ in range(_MOST_ROUNDS):
            news: Integers | None = None
            if before is not None:
                seen = found.seen
                news, before = seen.changed(before), seen
                if not len(news):
                    return total, found
            looked = found
            result, found = self._round(found, news)
            total = total.then(result)
            if not result.confirmed_transfers and not result.confirmed_settlements:
                return total, found  # at rest: what was suggested just now is no news
        return total, looked

    def _round(self, found: OpenRows, news: Integers | None) -> tuple[MatchingResult, OpenRows]:
        """Match what the news of these days reach, or all, and store it; what was found and what is open then."""
        near = Neighbourhood.of(found.lines, found.items, news)
        lines, items, judged = near.lines, near.items, found.judged
        if not len(lines):
            return MatchingResult(open_lines=len(found.lines), open_items=len(found.items)), found
        matching = find_matches(lines, items, own=self.own, excluded=judged.dismissed, background=found.background)
        exchanges = exchanges_among(self.session, self.company, lines, matching.open_lines, judged.dismissed)
        proposed = near.touched(replace(matching, matches=(*matching.matches, *exchanges)))
        plan = plan_matches(proposed, lines, items, judged, books_fees=self.fees_id is not None)
        keys = new_keys(len(plan.new))
        _withdraw(self.session, self.caller, self.company, plan, lines, self.now)
        store_plan(self.session, self.write, self.company.id, plan, keys, lines, items, self.fees_id, self.now)
        result = _result(plan, len(found.lines), len(found.items))
        if plan:
            _audit(self.session, self.caller, self.company.id, plan, result, lines, items, self.now)
        taken = {key for match in plan.certain() for key in member_keys(match, lines, items)}
        settled = paid_out(self.session, self.company.id) if taken else found.settled
        return result, found.without(taken, judged_after(plan, keys, lines, items, judged), settled)


def match_company(
    session: Session,
    caller: Caller,
    company_id: UUID,
    *,
    write: WriteColumns,
    now: datetime,
    everything: bool = False,
) -> MatchingResult:
    """Find own transfers and settlements among the lines without a posted entry; runs before they are booked.

    Certain matches are confirmed, doubtful ones suggested. What a person dismissed stays dismissed; a suggestion stays
    as it is until one of its members is matched with certainty. A line that waits for review and is now certain is
    taken out of the review queue, so that the booking that follows books it by its match. What leaves the search can
    make certain what is left, so it is repeated until nothing more becomes so; then payments on account and refunds
    are looked for among the rest (linking.py). A second call changes nothing. One audit event a round.

    Only what lines and items that came, changed or went since the last run can reach is matched again; all that is
    open in the first run of a month, when what concerns all of it has changed, and with `everything`.

    Raises:
        NotFound, AccessDenied: the caller may not upload here.
        PeriodClosed: a line in the queue lies in a closed period.
    """
    company = open_company(session, caller, company_id, Action.IMPORT)
    fees_id = default_account(session, company.id, AccountPurpose.FEES)
    own = own_accounts(session, company.id)
    exchange_id = default_account(session, company.id, AccountPurpose.EXCHANGE)
    settings = settings_digest(own, (fees_id, exchange_id, rates_entered(session, company.id)), now)
    before = None if everything else last_look(session, company.id, settings)
    run = _Run(session, caller, company, own, fees_id, write, now)
    found = _open_rows(session, company)
    total, looked = run.rounds(found, before)
    news = None if before is None else np.concatenate([found.seen.changed(before), looked.seen.changed(found.seen)])
    linked = link_lines(session, caller, company, news, write=write, now=now)
    explained = linked.parts + linked.refunds + linked.suggested
    if explained:
        looked = _open_rows(session, company)
    keep_look(session, company.id, settings, looked.seen, now)
    return total.then(
        MatchingResult(
            confirmed_settlements=linked.parts, confirmed_refunds=linked.refunds, suggested=linked.suggested,
            open_lines=total.open_lines - explained, open_items=total.open_items,
        )
    )  # fmt: skip


def _open_rows(session: Session, company: OpenCompany) -> OpenRows:
    return OpenRows(
        free_lines(session, company), open_items(session, company.id), judged_matches(session, company.id),
        paid_out(session, company.id),
    )  # fmt: skip


def _withdraw(
    session: Session, caller: Caller, company: OpenCompany, plan: Plan, lines: BankLines, now: datetime
) -> None:
    booked_anew = [UUID(lines.key[i]) for match in plan.certain() for i in match.lines if not lines.transfers_only[i]]
    if booked_anew:
        withdraw_entries(session, caller, company, booked_anew, now=now)


def _result(plan: Plan, lines: int, items: int) -> MatchingResult:
    certain = plan.certain()
    stored = [*certain, *(match for match, status in plan.new if status is MatchStatus.SUGGESTED)]
    return MatchingResult(
        confirmed_transfers=sum(match.kind is Kind.TRANSFER for match in certain),
        confirmed_settlements=sum(match.kind is not Kind.TRANSFER for match in certain),
        suggested=len(stored) - len(certain),
        open_lines=lines - sum(len(match.lines) for match in stored),
        open_items=items - sum(len(match.items) for match in stored),
    )


def _audit(
    session: Session,
    caller: Caller,
    company_id: UUID,
    plan: Plan,
    result: MatchingResult,
    lines: BankLines,
    items: OpenItems,
    now: datetime,
) -> None:
    written = [(status, match) for match, status in plan.new]
    written += [(MatchStatus.CONFIRMED, match) for _, match in plan.upgraded]
    covered = [
        *((str(status), *sorted(member_keys(match, lines, items))) for status, match in written),
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
