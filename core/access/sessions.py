"""Signed-in browsers. The cookie carries a random secret; the database keeps only its SHA-256."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from core.access.audit import record
from core.access.passwords import CheckedPassword
from core.access.roles import Caller, Via
from models import CompanyAccess, Role, User, UserSession

LASTS = timedelta(hours=12)
ATTEMPTS = 5  # wrong passwords in a row before the account is locked
LOCKED = timedelta(minutes=15)
KEPT = timedelta(days=30)  # how long an expired session stays in the table

SIGN_IN = "sign-in"  # the page under which the audit log names sign-in, sign-out and locks


def secret_digest(secret: str) -> str:
    """What the database keeps of a session's secret."""
    return sha256(secret.encode("utf-8", "replace")).hexdigest()


def kept_password(session: Session, username: str) -> str | None:
    """The hash of the user's password, None where there is no such user."""
    return session.exec(select(User.password_hash).where(col(User.username) == _plain(username))).one_or_none()


def sign_in(session: Session, username: str, checked: CheckedPassword, now: datetime) -> str | None:
    """Open a session if the password fits and the account is neither locked nor switched off.

    Nothing is raised where it is refused, so that the caller's unit of work commits the count of wrong passwords.

    Returns:
        The secret for the cookie, 256 random bits, URL-safe; None for any refusal, without saying which.
    """
    user = session.exec(select(User).where(col(User.username) == _plain(username)).with_for_update()).one_or_none()
    if user is None or not user.is_active or is_locked(user, now):
        return None
    if not checked.fits or checked.kept != user.password_hash:
        _count_wrong_password(session, user, now)
        return None
    user.failed_attempts, user.locked_until_at = 0, None
    session.add(user)
    return open_session(session, user, now)


def is_locked(user: User, now: datetime) -> bool:
    """Whether too many wrong passwords keep the user out for a while."""
    return user.locked_until_at is not None and user.locked_until_at > now


def _count_wrong_password(session: Session, user: User, now: datetime) -> None:
    user.failed_attempts += 1
    session.add(user)
    if user.failed_attempts < ATTEMPTS:
        return
    user.failed_attempts, user.locked_until_at = 0, now + LOCKED
    unknown = Caller(None, "unknown", Via.PAGE, page=SIGN_IN)
    after = {"username": user.username, "until": user.locked_until_at}
    record(
        session, unknown, company_id=None, action="account locked", subject="user", subject_id=user.id, after=after,
        now=now,
    )  # fmt: skip


def open_session(session: Session, user: User, now: datetime) -> str:
    """A new session of the user; the secret for the cookie. Sessions of theirs that ended long ago are removed."""
    secret = secrets.token_urlsafe(32)
    opened = UserSession(secret_sha256=secret_digest(secret), user_id=user.id, created_at=now, expires_at=now + LASTS)
    session.add(opened)
    session.execute(
        delete(UserSession).where(col(UserSession.user_id) == user.id, col(UserSession.expires_at) < now - KEPT)
    )
    caller = Caller(user.id, user.display_name, Via.PAGE, session_id=opened.id, page=SIGN_IN)
    record(
        session, caller, company_id=None, action="signed in", subject="session", subject_id=opened.id,
        after={"username": user.username}, now=now,
    )  # fmt: skip
    return secret


def sign_out(session: Session, secret: str, now: datetime) -> None:
    """The secret is worth nothing from now on. An unknown or ended one is left as it is."""
    found = user_of(session, secret, now)
    if found is None:
        return
    user, opened = found
    opened.revoked_at = now
    session.add(opened)
    caller = Caller(user.id, user.display_name, Via.PAGE, session_id=opened.id, page=SIGN_IN)
    record(
        session, caller, company_id=None, action="signed out", subject="session", subject_id=opened.id,
        after={"username": user.username}, now=now,
    )  # fmt: skip


def end_sessions_of(session: Session, user_id: UUID, now: datetime) -> None:
    """Sign the user out everywhere."""
    session.execute(
        update(UserSession)
        .where(col(UserSession.user_id) == user_id, col(UserSession.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def user_of(session: Session, secret: str | None, now: datetime) -> tuple[User, UserSession] | None:
    """Who this secret belongs to, or None if it is unknown, expired or revoked, or the user is switched off."""
    if not secret:
        return None
    wanted = select(User, UserSession).where(
        col(UserSession.secret_sha256) == secret_digest(secret),
        col(UserSession.user_id) == col(User.id),
        col(UserSession.revoked_at).is_(None),
        col(UserSession.expires_at) > now,
        col(User.is_active),
    )
    found = session.exec(wanted).one_or_none()
    return (found[0], found[1]) if found else None


def caller_for(session: Session, secret: str | None, now: datetime, page: str = "") -> Caller | None:
    """The caller behind a secret with their roles of this moment, or None.

    Companies and users may be added by administrators of a company, and by the first user of the installation, who
    starts without any company.
    """
    found = user_of(session, secret, now)
    if found is None:
        return None
    user, opened = found
    links = session.exec(select(CompanyAccess).where(col(CompanyAccess.user_id) == user.id)).all()
    roles = {link.company_id: Role(link.role) for link in links}
    may_found = Role.ADMINISTRATOR in roles.values() or _is_first(session, user)
    return Caller(user.id, user.display_name, Via.PAGE, roles, opened.id, page, may_found)


def _is_first(session: Session, user: User) -> bool:
    return session.exec(select(User.id).order_by(col(User.created_at), col(User.id)).limit(1)).one() == user.id


def _plain(username: str) -> str:
    return username.strip().lower()
