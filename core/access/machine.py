"""The callers that are no person: scripts, with rights of their own over all companies."""

from types import MappingProxyType

from sqlmodel import Session, col, select

from core.access.roles import Caller, Via
from models import Company, Role


def script_caller(session: Session, page: str) -> Caller:
    """The caller of a command line: administrator of every company that exists now.

    Whoever can run a command on the server can read its database anyway. `page` is the command's name, for the audit
    log.
    """
    companies = session.exec(select(Company.id).order_by(col(Company.slug))).all()
    roles = MappingProxyType(dict.fromkeys(companies, Role.ADMINISTRATOR))
    return Caller(user_id=None, name=f"script {page}", via=Via.SCRIPT, roles=roles, page=page)
