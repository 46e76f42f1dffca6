"""Passwords: what is accepted, how they are kept, how they are compared.

The hashes are bcrypt's, the same that streamlit-authenticator's Hasher writes and checks. Comparing is slow on purpose
(a quarter of a second), so it is a step of its own that no transaction waits for.
"""

from collections.abc import Callable
from dataclasses import dataclass

import bcrypt

from core.errors import WeakPassword

LEAST, MOST_BYTES = 12, 72  # bcrypt reads no more than 72 bytes
DIFFERENT = 5  # characters a password has at least

# Of a random text that nobody kept, at the same cost as real ones: an unknown username takes as long as a known one.
_NOBODY = "$2b$12$In06UhtFh1EXhCyOPRxnTuQKFOyyClRd2zfqgYdhTZYJI0Kl9rOIa"

Compare = Callable[[str, str], bool]


@dataclass(frozen=True)
class CheckedPassword:
    """A password that was compared: with which kept hash (None where there is no such user), and whether it fits."""

    kept: str | None
    fits: bool


def hash_password(username: str, password: str) -> str:
    """The hash to keep. Raises WeakPassword with what to change."""
    if len(password) < LEAST:
        raise WeakPassword(f"it needs at least {LEAST} characters")
    if len(password.encode()) > MOST_BYTES:
        raise WeakPassword(f"it is longer than {MOST_BYTES} bytes")
    if len(set(password)) < DIFFERENT:
        raise WeakPassword("it repeats too few characters")
    if username.lower() in password.lower():
        raise WeakPassword("it contains the username")
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def check_password(password: str, kept: str | None, compare: Compare) -> CheckedPassword:
    """Compare what was typed with the kept hash.

    Args:
        kept: the user's hash; None compares with a hash that nothing fits, so that the time taken tells nothing.
        compare: (password, hash) → whether they belong together, such as streamlit-authenticator's `Hasher.check_pw`.
    """
    encoded = password.encode("utf-8", "replace")
    short = encoded[:MOST_BYTES].decode("utf-8", "ignore").replace("\0", "")  # what bcrypt refuses to read
    matches = compare(short, kept or _NOBODY)
    return CheckedPassword(kept, matches and kept is not None and short.encode() == encoded)
