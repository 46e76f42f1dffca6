"""Texts of others in files that a spreadsheet opens."""

import re

_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[\d.,]+")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number with its sign is none."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) and not _NUMBER.fullmatch(text) else text
