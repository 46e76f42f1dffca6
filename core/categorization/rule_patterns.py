"""Regular expressions of rules, on RE2: many patterns in one pass over a text, in time linear in the text."""

from collections.abc import Sequence
from functools import lru_cache

import re2

from core.errors import InvalidInput

_MEMORY = 16 << 20  # bytes that the automaton of a set may take before it starts anew
_ALWAYS = ""  # holds for every text; a set that does not find it has run out of memory


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = _MEMORY
    return options


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> "re2._Regexp":
    return re2.compile(pattern, _options())


def check_pattern(pattern: str) -> None:
    """Raises InvalidInput for what is not a pattern."""
    try:
        _compiled(pattern)
    except re2.error as fault:
        said = fault.args[0].decode() if fault.args and isinstance(fault.args[0], bytes) else str(fault)
        raise InvalidInput(
            f"“{pattern}” is not a pattern: {said}. Look-around and back-references are not available."
        ) from None


@lru_cache(maxsize=4)  # what an automaton learnt of one file's texts serves the next
def _together(patterns: tuple[str, ...]) -> re2.Set:
    found = re2.Set.SearchSet(_options())
    for pattern in (*patterns, _ALWAYS):
        found.Add(pattern)
    found.Compile()
    return found


def matching(patterns: Sequence[str], texts: Sequence[str]) -> list[tuple[int, int]]:
    """(number of the text, number of the pattern) of every match anywhere in a text, case ignored."""
    if not patterns:
        return []
    together, always = _together(tuple(patterns)), len(patterns)
    found: list[tuple[int, int]] = []
    for number, text in enumerate(texts):
        held = together.Match(text)
        if always not in held:
            held = [i for i, pattern in enumerate(patterns) if _compiled(pattern).search(text)]
        found += [(number, pattern) for pattern in held if pattern != always]
    return found
