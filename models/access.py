"""Users, their sessions, and what they may see."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String
from sqlmodel import Field

from models.base import Row, Table, UtcDateTime, one_of


class Role(StrEnum):
    """What a user may do in one company; each role includes the ones before it."""

    BOOKKEEPER = "bookkeeper"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class User(Row, table=True):
    __tablename__ = "users"

    username: str = Field(max_length=64, unique=True)  # lower case
    display_name: str = Field(max_length=120)
    email: str = Field(default="", max_length=254)
    password_hash: str = Field(max_length=128)
    is_active: bool = True
    failed_attempts: int = 0
    locked_until_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)


class UserSession(Row, table=True):
    """A signed-in browser. The cookie holds the secret, the table only its SHA-256."""

    __tablename__ = "user_sessions"

    secret_sha256: str = Field(max_length=64, unique=True)
    user_id: UUID = Field(foreign_key="users.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class CompanyAccess(Table, table=True):
    """The link that lets a user see a company."""

    __tablename__ = "company_access"
    __table_args__ = (one_of("role", Role),)

    user_id: UUID = Field(foreign_key="users.id", primary_key=True)
    company_id: UUID = Field(foreign_key="companies.id", primary_key=True, index=True)
    role: Role = Field(sa_type=String(16))
