"""Add a user: python -m scripts.create_user USERNAME --name NAME [--company SLUG --role ROLE] --json

The password is asked for, or read from the first line of standard input where that is no terminal; never from the
command line, which other users of the machine can see. The first user of an installation is its administrator.
"""

import getpass
import json
import sys
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from sqlmodel import Session

from core.access.machine import script_caller
from core.access.roles import Caller
from core.access.users import create_user, first_user, grant, has_users
from core.errors import BookkeepingError, InvalidInput, NotFound
from core.founding import companies_of
from db.engine import unit_of_work
from models import Role, User

COMMAND = "create_user"


def main(
    username: Annotated[str, typer.Argument(help="Small letters and digits, such as dana.")],
    name: Annotated[str, typer.Option(help="The person's name.")],
    email: Annotated[str, typer.Option(help="Their address.")] = "",
    company: Annotated[str, typer.Option(help="A company that the user may see.", metavar="SLUG")] = "",
    role: Annotated[Role, typer.Option(help="What the user may do there.")] = Role.BOOKKEEPER,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Exit code 1 where it was refused."""
    try:
        password = _password()
        with unit_of_work() as session:
            user = _added(session, username, name, email, password)
            if company:
                caller = script_caller(session, COMMAND)
                found = _company_id(session, caller, company)
                grant(session, caller, user_id=user.id, company_id=found, role=role, now=datetime.now(UTC))
    except BookkeepingError as refused:
        typer.echo(
            json.dumps({"error": str(refused)}, ensure_ascii=False) if as_json else str(refused), err=not as_json
        )
        raise typer.Exit(1) from None
    answer = {"username": user.username, "company": company or None, "role": role.value if company else None}
    place = f", {role.value} of {company}" if company else ""
    typer.echo(json.dumps(answer) if as_json else f"Added {user.username}{place}.")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise InvalidInput("The two passwords differ.")
    return password


def _added(session: Session, username: str, name: str, email: str, password: str) -> User:
    now = datetime.now(UTC)
    if not has_users(session):
        return first_user(session, username=username, display_name=name, password=password, now=now)
    caller = script_caller(session, COMMAND)
    return create_user(session, caller, username=username, display_name=name, password=password, email=email, now=now)


def _company_id(session: Session, caller: Caller, slug: str) -> UUID:
    for company in companies_of(session, caller):
        if company.slug == slug:
            return company.id
    raise NotFound("company", slug)


if __name__ == "__main__":
    typer.run(main)
