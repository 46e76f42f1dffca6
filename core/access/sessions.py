"""Signed-in browsers. The cookie carries a random secret; the database keeps only its SHA-256."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlmodel import Session, col, select

from core.access.passwords import password_matches
from core.access.roles import Caller, Via
from models import CompanyAccess, Role, User, UserSession

LASTS = timedelta(hours=12)
ATTEMPTS = 5  # wrong passwords in a row before the account is locked
LOCKED = timedelta(minutes=15)


def secret_digest(secret: str) -> str:
    """What the database keeps of a session's secret."""
    return sha256(secret.encode()).hexdigest()


def check_credentials(session: Session, username: str, password: str, now: datetime) -> User | None:
    """The user if the password is right and the account neither locked nor off; counts wrong passwords.

    Nothing is raised, so that the caller's unit of work commits the count.
    """
    user = session.exec(
        select(User).where(col(User.username) == username.strip().lower()).with_for_update()
    ).one_or_none()
    right = password_matches(password, user.password_hash if user else None)
    if user is None or not user.is_active or (user.locked_until_at and user.locked_until_at > now):
        return None
    if right:
        user.failed_attempts, user.locked_until_at = 0, None
    else:
        user.failed_attempts += 1
        if user.failed_attempts >= ATTEMPTS:
            user.failed_attempts, user.locked_until_at = 0, now + LOCKED
    session.add(user)
    session.flush()
    return user if right else None


def open_session(session: Session, user: User, now: datetime) -> str:
    """A new session of the user; returns the secret for the cookie, 256 random bits, URL-safe."""
    secret = secrets.token_urlsafe(32)
    session.add(
        UserSession(secret_sha256=secret_digest(secret), user_id=user.id, created_at=now, expires_at=now + LASTS)
    )
    session.flush()
    return secret


def end_session(session: Session, secret: str, now: datetime) -> None:
    """Sign out: the secret is worth nothing from now on."""
    opened = _find(session, secret)
    if opened and opened.revoked_at is None:
        opened.revoked_at = now
        session.add(opened)
        session.flush()


def user_of(session: Session, secret: str | None, now: datetime) -> tuple[User, UserSession] | None:
    """Who this secret belongs to, or None if it is unknown, expired or revoked, or the user is switched off."""
    opened = _find(session, secret) if secret else None
    if opened is None or opened.revoked_at is not None or opened.expires_at <= now:
        return None
    user = session.get(User, opened.user_id)
    return (user, opened) if user and user.is_active else None


def caller_for(session: Session, secret: str | None, now: datetime, page: str = "") -> Caller | None:
    """The caller behind a secret with their roles of this moment, or None."""
    found = user_of(session, secret, now)
    if found is None:
        return None
    user, opened = found
    links = session.exec(select(CompanyAccess).where(col(CompanyAccess.user_id) == user.id)).all()
    roles = {link.company_id: Role(link.role) for link in links}
    return Caller(user.id, user.display_name, Via.PAGE, roles, opened.id, page)


def _find(session: Session, secret: str) -> UserSession | None:
    return session.exec(
        select(UserSession).where(col(UserSession.secret_sha256) == secret_digest(secret))
    ).one_or_none()
