"""Users: who may see this company, and what each may do in it."""

from datetime import UTC, datetime

from core.access.users import list_users
from db.engine import snapshot
from ui.frame import open_page, refusals_shown
from ui.identity import here
from ui.users_desk import add_user, opened, people, said

actions = open_page("Users", "Who may see this company, and what each may do in it", "users")
place = here("users")
if actions.button("Add a user", icon=":material/person_add:", type="primary", key="users_add_button"):
    add_user(place)
said()
with refusals_shown():
    with snapshot() as session:
        rows = list_users(session, place.caller, place.company_id)
    chosen = people(rows, datetime.now(UTC))
    if chosen:
        opened(place, chosen)
