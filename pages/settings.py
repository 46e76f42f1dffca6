"""Settings: the months that nobody changes any more, bank accounts with their layouts, and the posting policy."""

from datetime import UTC, datetime

from ui.frame import open_page, refusals_shown
from ui.identity import here
from ui.settings_desk import bank_accounts, periods, posting_policy
from ui.settings_layouts import saved_layouts

open_page("Settings", "How this company's books are kept", "settings")
place = here("settings")
with refusals_shown():
    periods(place, datetime.now(UTC).date())
    bank_accounts(place)
    saved_layouts(place)
    posting_policy(place)
