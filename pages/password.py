"""Your password: change the one you sign in with."""

from ui.frame import open_page
from ui.identity import current_caller
from ui.own_password import password_form

open_page("Your password", "At least 12 characters, without your username. Other devices stay signed in.", "password")
password_form(current_caller("password"))
