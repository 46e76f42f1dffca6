"""A simulated year lived month by month: every line counts once, and a full re-review finds exactly what is wrong."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from core.assurance.evidence import evidence_of
from core.assurance.re_reviewing import pending_lines
from core.categorization.company_policy import set_policy
from core.categorization.policy import Hold, Policy
from core.categorization.reviewed import reviewed_decisions, reviewed_lines
from core.simulation.living import LivedLine, MonthLived, booked_lines, by_month, re_review_drawn
from core.simulation.rehearsing import MONTHS, review_until, upload_month
from core.simulation.settling import settle_until
from core.verifying import verify_books
from db.bulk import write_columns as write
from db.engine import snapshot, unit_of_work
from models import Match, MatchStatus
from tests import builders
from tests.integration.test_flow import equipped, one_simulated
from tests.unit.posting.cases import NOW


def test_months_add_up_to_the_lines_booked_and_a_full_re_review_finds_the_wrong_ones(sqlite_database: str) -> None:
    simulated = one_simulated("sim_contreras_re")
    company_id = equipped(simulated)
    caller = builders.caller(company_id)
    with unit_of_work() as session:
        everything = replace(Policy(), audit_share=1.0, default_threshold=0.6)
        set_policy(session, caller, company_id, everything, now=NOW)
    lines: list[LivedLine] = []
    found = 0
    for month in MONTHS[:4]:
        with unit_of_work() as session:
            uploaded_at = upload_month(session, caller, company_id, simulated, month, write=write)
            lines += booked_lines(session, caller, company_id, simulated, {line.place for line in lines})
            reviewed_at = uploaded_at + timedelta(days=1)
            review_until(session, caller, company_id, simulated, month, write=write, now=reviewed_at)
            found += re_review_drawn(session, caller, company_id, simulated, write=write, now=reviewed_at)
    with snapshot() as session:
        assert pending_lines(session, caller, company_id) == []
        assert evidence_of(session, caller, [company_id]).ever_decided == sum(line.alone for line in lines)
        assert verify_books(session, caller, caller.roles).violations == ()
    months = by_month(lines)
    whole = sum(months.values(), MonthLived())
    assert (whole.lines, whole.alone) == (len(lines), sum(line.alone for line in lines))
    assert len({line.place for line in lines}) == len(lines)
    assert whole.wrong_alone == found > 0
    assert whole.guarded >= sum(line.hold_reason in {Hold.ALWAYS_REVIEW, Hold.MATERIALITY, Hold.NEW_COUNTERPARTY}
                                for line in lines)  # fmt: skip


def test_what_settles_items_is_matched_by_the_truth_and_known_from_then_on(sqlite_database: str) -> None:
    simulated = one_simulated("sim_contreras_re")
    company_id = equipped(simulated)
    with unit_of_work() as session:
        person = builders.user(session).id
    caller = builders.caller(company_id, user_id=person)
    for month in MONTHS[:2]:
        with unit_of_work() as session:
            now = upload_month(session, caller, company_id, simulated, month, write=write) + timedelta(days=1)
            settle_until(session, caller, company_id, simulated, month.last_on, write=write, now=now)
    with snapshot() as session:
        statuses = select(Match.status, Match.decided_by).where(col(Match.company_id) == company_id)
        found = session.execute(statuses).all()
        by_people = sum(one.decided_by == person and one.status == MatchStatus.CONFIRMED for one in found)
        assert MatchStatus.SUGGESTED not in {one.status for one in found}
        # Nobody reviewed: what is known comes from matches, and only what people matched may train.
        training = len(reviewed_lines(session, caller, company_id))
        assert 0 < training <= by_people
        assert int(reviewed_decisions(session, caller, company_id).count.sum()) > training
        assert verify_books(session, caller, caller.roles).violations == ()
