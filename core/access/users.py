"""Users and what they may see: create, list, grant and take access, set a password, switch off."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from core.access.audit import record
from core.access.passwords import CheckedPassword, hash_password
from core.access.roles import PERMISSIONS, Action, Caller, Via
from core.access.sessions import end_sessions_of
from core.errors import AccessDenied, AlreadyTaken, InvalidInput, NotFound, UserOutOfReach
from models import Company, CompanyAccess, Role, User

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
NAME_MAX = 120


@dataclass(frozen=True)
class UserRow:
    """A user as a page lists them in one company."""

    id: UUID
    username: str
    display_name: str
    role: Role
    is_active: bool
    locked_until_at: datetime | None


def first_user(session: Session, *, username: str, display_name: str, password: str, now: datetime) -> User:
    """The administrator of a fresh installation. Raises InvalidInput once there is any user."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite lets one writer in at a time anyway
        session.execute(text("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE"))
    if has_users(session):
        raise InvalidInput("The administrator exists already. Sign in.")
    founder = Caller(None, "set-up", Via.PAGE, page="set-up")
    return create_user(session, founder, username=username, display_name=display_name, password=password, now=now)


def has_users(session: Session) -> bool:
    """Whether anybody exists who could sign in; until then the first visitor is asked to become administrator."""
    return session.exec(select(User.id).limit(1)).first() is not None


def create_user(
    session: Session,
    caller: Caller,
    *,
    username: str,
    display_name: str,
    password: str,
    email: str = "",
    now: datetime,
) -> User:
    """A new user, as yet without access to any company.

    Raises InvalidInput, WeakPassword, AlreadyTaken; AccessDenied for a caller who may not add users.
    """
    _may_create(caller)
    username, display_name = username.strip().lower(), display_name.strip()
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            "A username has 2 to 64 small letters, digits or . _ @ + - and begins with a letter or digit."
        )
    if not display_name or len(display_name) > NAME_MAX:
        raise InvalidInput(f"A user needs a name of at most {NAME_MAX} signs.")
    if session.exec(select(User.id).where(col(User.username) == username)).first():
        raise AlreadyTaken("username", username)
    user = User(
        username=username,
        display_name=display_name,
        email=email.strip(),
        password_hash=hash_password(username, password),
        created_at=now,
    )
    session.add(user)
    session.flush()
    _audit_user(session, caller, user, "user created", now)
    return user


def _may_create(caller: Caller) -> None:
    if not caller.may_found:
        raise AccessDenied("add users", None)


def grant(session: Session, caller: Caller, *, user_id: UUID, company_id: UUID, role: Role, now: datetime) -> None:
    """Let a user see a company in this role, or change the role; every session of theirs ends where it permits less.

    Raises NotFound, AccessDenied, InvalidInput.
    """
    caller.require(company_id, Action.ADMINISTER)
    if session.get(User, user_id) is None:
        raise NotFound("user", str(user_id))
    access = session.get(CompanyAccess, (user_id, company_id))
    before = {"role": str(access.role)} if access else None
    if access and access.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        _keep_an_administrator(session, company_id, user_id)
    if access is None:
        access = CompanyAccess(user_id=user_id, company_id=company_id, role=Role(role))
    elif PERMISSIONS[Role(access.role)] - PERMISSIONS[Role(role)]:
        end_sessions_of(session, user_id, now)  # an open dialog acts with the role that it was opened with
    access.role = Role(role)
    session.add(access)
    session.flush()
    after = {"role": str(role)}
    _audit_access(session, caller, company_id, user_id, "access given", before, after, now)


def withdraw(session: Session, caller: Caller, *, user_id: UUID, company_id: UUID, now: datetime) -> None:
    """Take a user's access to a company; every session of theirs ends at once.

    Raises NotFound, AccessDenied, InvalidInput for the last administrator.
    """
    caller.require(company_id, Action.ADMINISTER)
    access = session.get(CompanyAccess, (user_id, company_id))
    if access is None:
        raise NotFound("user", str(user_id))
    _keep_an_administrator(session, company_id, user_id)
    session.delete(access)
    session.flush()
    end_sessions_of(session, user_id, now)  # an open dialog acts with the role that it was opened with
    _audit_access(session, caller, company_id, user_id, "access taken", {"role": str(access.role)}, None, now)


def set_active(session: Session, caller: Caller, *, user_id: UUID, active: bool, now: datetime) -> None:
    """Switch a user off (every session ends at once) or on. Raises NotFound, UserOutOfReach, InvalidInput."""
    if caller.user_id == user_id:
        raise InvalidInput("You cannot switch yourself off.")
    user = _administered(session, caller, user_id)
    if not active:
        for company_id in _companies_of(session, user_id):
            _keep_an_administrator(session, company_id, user_id)
        end_sessions_of(session, user_id, now)
    user.is_active = active
    session.add(user)
    action = "user switched on" if active else "user switched off"
    _audit_user(session, caller, user, action, now)


def set_password(session: Session, caller: Caller, *, user_id: UUID, password: str, now: datetime) -> None:
    """A new password for somebody who forgot theirs; a lock is lifted and every session of theirs ends.

    Raises WeakPassword, NotFound; UserOutOfReach unless the user has a company and the caller administers all of them.
    """
    user = _administered(session, caller, user_id)
    _keep_password(session, user, password)
    end_sessions_of(session, user_id, now)
    _audit_user(session, caller, user, "password set", now)


def change_own_password(
    session: Session, caller: Caller, *, checked: CheckedPassword, password: str, now: datetime
) -> None:
    """A new password for the caller, who proved to know the present one (`checked`). Sessions stay open.

    Raises InvalidInput, WeakPassword.
    """
    user = session.get(User, caller.user_id) if caller.user_id else None
    if user is None or not checked.fits or checked.kept != user.password_hash:
        raise InvalidInput("The present password is wrong.")
    _keep_password(session, user, password)
    _audit_user(session, caller, user, "password changed", now)


def _keep_password(session: Session, user: User, password: str) -> None:
    user.password_hash = hash_password(user.username, password)
    user.failed_attempts, user.locked_until_at = 0, None
    session.add(user)


def _administered(session: Session, caller: Caller, user_id: UUID) -> User:
    """The user, if the caller administers every company that the user may see; else it would be a way into others.

    Who sees no company is in nobody's charge: only scripts reach them.
    """
    user = session.get(User, user_id)
    if user is None or not caller.may_found:
        raise NotFound("user", str(user_id))
    companies = _companies_of(session, user_id)
    if not companies and caller.user_id is not None:
        raise UserOutOfReach(sees_no_company=True)
    if not all(caller.may(company_id, Action.ADMINISTER) for company_id in companies):
        raise UserOutOfReach
    return user


def _companies_of(session: Session, user_id: UUID) -> list[UUID]:
    wanted = select(CompanyAccess.company_id).where(col(CompanyAccess.user_id) == user_id)
    return list(session.exec(wanted.order_by(col(CompanyAccess.company_id))).all())


def list_users(session: Session, caller: Caller, company_id: UUID) -> list[UserRow]:
    """Everybody who may see the company, by name."""
    caller.require(company_id, Action.ADMINISTER)
    rows = session.exec(
        select(User, CompanyAccess)
        .join(CompanyAccess, col(CompanyAccess.user_id) == col(User.id))
        .where(col(CompanyAccess.company_id) == company_id)
        .order_by(col(User.display_name))
    )
    return [
        UserRow(user.id, user.username, user.display_name, Role(access.role), user.is_active, user.locked_until_at)
        for user, access in rows
    ]


def find_user(session: Session, caller: Caller, username: str) -> User | None:
    """The user of this name, for an administrator who gives access."""
    _may_create(caller)
    return session.exec(select(User).where(col(User.username) == username.strip().lower())).one_or_none()


def _keep_an_administrator(session: Session, company_id: UUID, leaving: UUID) -> None:
    # Two administrators who take each other's access at the same time wait for each other, so that one stays.
    session.exec(select(Company.id).where(col(Company.id) == company_id).with_for_update(key_share=True)).one()
    others = session.exec(
        select(CompanyAccess.user_id)
        .join(User, col(User.id) == col(CompanyAccess.user_id))
        .where(
            col(CompanyAccess.company_id) == company_id,
            col(CompanyAccess.role) == Role.ADMINISTRATOR,
            col(CompanyAccess.user_id) != leaving,
            col(User.is_active),
        )
    ).first()
    access = session.get(CompanyAccess, (leaving, company_id))
    if others is None and access is not None and access.role == Role.ADMINISTRATOR:
        raise InvalidInput("The company needs an administrator. Make somebody else one first.")


def _audit_user(session: Session, caller: Caller, user: User, action: str, now: datetime) -> None:
    record(
        session, caller, company_id=None, action=action, subject="user", subject_id=user.id,
        after={"username": user.username}, now=now,
    )  # fmt: skip


def _audit_access(
    session: Session,
    caller: Caller,
    company_id: UUID,
    user_id: UUID,
    action: str,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
    now: datetime,
) -> None:
    record(
        session,
        caller,
        company_id=company_id,
        action=action,
        subject="user",
        subject_id=user_id,
        before=before,
        after=after,
        now=now,
    )
