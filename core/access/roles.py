"""Who is asking, and what they may do: the one permission table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from core.errors import AccessDenied, NotFound
from models.access import Role


class Action(StrEnum):
    """What can be done in a company, worded so that "You may not …" reads as a sentence."""

    READ = "see the books"
    IMPORT = "upload or take back files"
    RECONCILE = "reconcile bank accounts"
    REVIEW = "decide entries"
    CONFIGURE = "change rules, accounts or the policy"
    CLOSE = "close or reopen a period"
    TRAIN = "train the model"
    ADMINISTER = "give or take access"


_BOOKKEEPER = frozenset({Action.READ, Action.IMPORT, Action.RECONCILE})
_REVIEWER = _BOOKKEEPER | {Action.REVIEW}
_MANAGER = _REVIEWER | {Action.CONFIGURE, Action.CLOSE, Action.TRAIN}
_ADMINISTRATOR = _MANAGER | {Action.ADMINISTER}

PERMISSIONS: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.BOOKKEEPER: _BOOKKEEPER,
        Role.REVIEWER: _REVIEWER,
        Role.MANAGER: _MANAGER,
        Role.ADMINISTRATOR: _ADMINISTRATOR,
    }
)


class Via(StrEnum):
    """How the caller came; recorded in the audit log."""

    PAGE = "page"
    API = "api"
    SCRIPT = "script"
    JOB = "job"


@dataclass(frozen=True)
class Caller:
    """A signed-in person, or a script or job that acts with rights of its own.

    `roles` holds the companies the caller may see. `user_id` is None for scripts and jobs.
    `may_found` says whether the caller may create companies and users.
    """

    user_id: UUID | None
    name: str
    via: Via
    roles: Mapping[UUID, Role] = field(default_factory=dict)
    session_id: UUID | None = None
    page: str = ""  # page, command or job, for the audit log
    may_found: bool = True

    def may(self, company_id: UUID, action: Action) -> bool:
        role = self.roles.get(company_id)
        return role is not None and action in PERMISSIONS[role]

    def require(self, company_id: UUID, action: Action) -> None:
        """Raises NotFound for a company the caller cannot see, AccessDenied for what the role does not include."""
        role = self.roles.get(company_id)
        if role is None:
            raise NotFound("company", str(company_id))
        if action not in PERMISSIONS[role]:
            raise AccessDenied(action, role)

    def visible(self, action: Action = Action.READ) -> list[UUID]:
        """The companies in which the caller may do this."""
        return [company for company, role in self.roles.items() if action in PERMISSIONS[role]]
