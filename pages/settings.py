"""Settings: closed months, bank accounts, layouts, rates, opening balances, policy, four eyes, and differences."""

from datetime import UTC, datetime

from ui.frame import open_page, refusals_shown
from ui.identity import here
from ui.opening_desk import opening_balances
from ui.settings_desk import bank_accounts, periods, posting_policy
from ui.settings_differences import differences
from ui.settings_four_eyes import four_eyes
from ui.settings_layouts import saved_layouts
from ui.settings_rates import exchange_rates

open_page("Settings", "How this company's books are kept", "settings")
place = here("settings")
with refusals_shown():
    periods(place, datetime.now(UTC).date())
    bank_accounts(place)
    saved_layouts(place)
    exchange_rates(place, datetime.now(UTC).date())
    opening_balances(place, datetime.now(UTC).date())
    posting_policy(place)
    four_eyes(place)
    differences(place)
