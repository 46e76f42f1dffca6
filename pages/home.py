"""Home: every company of the user, the ones that need a person first."""

from datetime import UTC, datetime

from core.metrics.attention import last_line_on, needs_of
from core.metrics.home import home_rows
from core.metrics.quality import measured_precision
from db.engine import snapshot
from ui.frame import open_page, refusals_shown
from ui.home_view import all_companies, key_figures, needs_you
from ui.identity import current_caller
from ui.onboarding import ask_new_company, first_steps
from ui.questions import questions

actions = open_page("Companies", f"{datetime.now(UTC):%A, %B %-d, %Y}", "home")
today = datetime.now(UTC).date()
with refusals_shown():
    caller = current_caller("home")
    with snapshot() as session:
        as_of = min(last_line_on(session, caller) or today, today)
        rows = home_rows(session, caller, as_of)
        needs = needs_of(session, caller, rows, today)
        precision = measured_precision(session, caller, [row.company_id for row in rows])
    if not rows:
        first_steps(caller)
    else:
        with actions:
            ask_new_company(caller)
        key_figures(rows, precision, f"{as_of:%b %Y}")
        questions(caller, {row.company_id: row.name for row in rows})
        needs_you(caller, needs, today)
        all_companies(caller, rows, needs, today)
