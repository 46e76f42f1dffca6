"""Passwords: what is accepted, how they are kept, how they are compared.

The hashes are bcrypt's, the same that streamlit-authenticator's Hasher writes and checks; core uses the library
beneath it, since core knows no user interface.
"""

import bcrypt

from core.errors import WeakPassword

LEAST, MOST_BYTES = 12, 72  # bcrypt reads no more than 72 bytes

_NOBODY = bcrypt.hashpw(b"nobody has this password", bcrypt.gensalt())


def hash_password(username: str, password: str) -> str:
    """The hash to keep. Raises WeakPassword with what to change."""
    if len(password) < LEAST:
        raise WeakPassword(f"it needs at least {LEAST} characters")
    if len(password.encode()) > MOST_BYTES:
        raise WeakPassword(f"it is longer than {MOST_BYTES} bytes")
    if len(set(password)) < 5:
        raise WeakPassword("it repeats too few characters")
    if username.lower() in password.lower():
        raise WeakPassword("it contains the username")
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt()).decode()


def password_matches(password: str, kept: str | None) -> bool:
    """Whether the password gives the kept hash. Without one the same work is done, so that time tells nothing."""
    given = password.encode()[:MOST_BYTES]
    if kept is None:
        bcrypt.checkpw(given, _NOBODY)
        return False
    return bcrypt.checkpw(given, kept.encode()) and len(password.encode()) <= MOST_BYTES
