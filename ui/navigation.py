"""The one table of pages: where each stands in the navigation, and what a role must allow to open it."""

from dataclasses import dataclass
from pathlib import Path

from core.access.roles import Action, Caller
from models import Company

PAGES = Path(__file__).parent.parent / "pages"


@dataclass(frozen=True)
class Link:
    """A page: its file without ".py", title, icon, heading of its group, what a role must allow to open it.

    `listed` is what the role must allow for the link to stand in the sidebar, where that is more than `needs`.
    A page without `needs` is about no single company and open to whom is signed in.
    """

    name: str
    title: str
    icon: str
    group: str
    needs: Action | None
    listed: Action | None = None
    in_sidebar: bool = True

    @property
    def path(self) -> Path:
        return PAGES / f"{self.name}.py"

    def is_listed(self, caller: Caller, company: Company | None) -> bool:
        """Whether the sidebar shows the link to this caller in this company."""
        needed = self.listed or self.needs
        if not self.in_sidebar:
            return False
        return needed is None or (company is not None and caller.may(company.id, needed))


_MONTH, _TRUST, _SET_UP = "This month", "Trust", "Set-up"

LINKS = {
    link.name: link
    for link in (
        Link("home", "Companies", "domain", "", None),
        Link("upload", "Upload", "upload_file", _MONTH, Action.IMPORT),
        Link("review", "Review", "checklist", _MONTH, Action.READ, Action.REVIEW),
        Link("re_review", "Re-review", "visibility_off", _MONTH, Action.REVIEW),
        Link("posted", "Posted", "fact_check", _MONTH, Action.READ, Action.REVIEW),
        Link("reconcile", "Reconcile", "balance", _MONTH, Action.RECONCILE),
        Link("metrics", "Metrics", "query_stats", _TRUST, Action.READ, Action.REVIEW),
        Link("reports", "Reports", "table_chart", _TRUST, Action.READ),
        Link("recurring", "Recurring", "event_repeat", _TRUST, Action.READ, Action.REVIEW),
        Link("audit", "Audit log", "history", _TRUST, Action.CONFIGURE),
        Link("rules", "Rules", "rule", _SET_UP, Action.CONFIGURE),
        Link("chart", "Chart of accounts", "account_tree", _SET_UP, Action.CONFIGURE),
        Link("settings", "Settings", "settings", _SET_UP, Action.CONFIGURE),
        Link("users", "Users", "group", _SET_UP, Action.ADMINISTER),
        Link("password", "Your password", "key", "", None, in_sidebar=False),
    )
}


def existing_links() -> list[Link]:
    """The pages whose file is there, in the order of the sidebar."""
    return [link for link in LINKS.values() if link.path.is_file()]
