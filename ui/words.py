"""How figures, states and what others wrote are written, once for all pages."""

import re
from datetime import date
from typing import Any

import streamlit as st

from core.money import minor_digits, to_decimal

MINUS, NONE = "−", "–"
SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


def money(minor: int | None, currency: str = "USD", *, sign: bool = False) -> str:
    """Minor units as 12,345.67 with a true minus; with `sign` the currency stands before, for prose and headlines."""
    if minor is None:
        return NONE
    digits = minor_digits(currency)
    text = f"{abs(to_decimal(minor, currency)):,.{digits}f}"
    mark = SIGNS.get(currency, f"{currency} ") if sign else ""
    return f"{MINUS if minor < 0 else ''}{mark}{text}"


def percent(share: float | None, digits: int = 0) -> str:
    """A share in [0, 1] as 61%."""
    return NONE if share is None else f"{share * 100:.{digits}f}%"


def day(on: date | None, *, year: bool = False) -> str:
    """Oct 7, or Oct 7, 2025."""
    if on is None:
        return NONE
    return f"{on:%b} {on.day}, {on.year}" if year else f"{on:%b} {on.day}"


def span(first_on: date | None, last_on: date | None) -> str:
    """Oct 1 to 31, 2025; the parts that both ends share are said once."""
    if first_on is None or last_on is None:
        return NONE
    if first_on == last_on:
        return day(first_on, year=True)
    if (first_on.year, first_on.month) == (last_on.year, last_on.month):
        return f"{day(first_on)} to {last_on.day}, {last_on.year}"
    return f"{day(first_on, year=first_on.year != last_on.year)} to {day(last_on, year=True)}"


def count(number: int, one: str, many: str = "") -> str:
    """1 line, 1,204 lines."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


# Signs that Markdown reads anywhere, those it reads before a word, and those it reads where a line begins.
_READ = re.compile(r"[\\`*_{}\[\]|<>~$]|:(?=[\w/])|(?<=www)\.|^[#+\-](?=\s|#)|(?<=^\d)[.)]")


def plain(text: str) -> str:
    """A text that others wrote with every sign literal that Markdown would read."""
    return _READ.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))


# state -> (word, colour, icon); the word and the icon carry the meaning, the colour only repeats it
STATES: dict[str, tuple[str, Any, str]] = {
    "stored": ("Stored", "green", "check_circle"),
    "partly": ("Partly new", "green", "difference"),
    "duplicate": ("Already stored", "gray", "content_copy"),
    "ready": ("Ready to store", "blue", "inventory_2"),
    "asking": ("Needs an answer", "orange", "help"),
    "refused": ("Refused", "red", "block"),
    "reverted": ("Taken back", "gray", "undo"),
    "likely": ("Likely", "blue", "clock_loader_80"),
    "unsure": ("Unsure", "orange", "clock_loader_60"),
    "guess": ("Guess", "orange", "clock_loader_20"),
    "none": ("No basis", "gray", "circle"),
    "suggested": ("Suggested", "blue", "link"),
    "confirmed": ("Confirmed", "green", "task_alt"),
    "open": ("Open", "orange", "pending"),
    "closed": ("Closed", "green", "lock"),
    "difference": ("Difference", "red", "error"),
    "review": ("Review", "orange", "checklist"),
    "promise": ("Tightened", "red", "gpp_maybe"),
    "rereview": ("Re-review", "blue", "visibility_off"),
    "nofile": ("No file", "orange", "event_busy"),
    "setup": ("Set-up", "blue", "rocket_launch"),
    "done": ("Done", "green", "check_circle"),
    "blocks": ("In the way", "red", "error"),
    "look": ("Have a look", "orange", "visibility"),
}


def badge(state: str, word: str | None = None) -> None:
    default, colour, icon = STATES[state]
    st.badge(word or default, color=colour, icon=f":material/{icon}:")


def badge_text(state: str, word: str | None = None) -> str:
    """The same badge inside a sentence of Markdown."""
    default, colour, icon = STATES[state]
    return f":{colour}-badge[:material/{icon}: {word or default}]"
