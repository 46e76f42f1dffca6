"""The command that adds users."""

import json

import pytest
from sqlmodel import select
from typer.testing import CliRunner

import scripts.create_user as command
from db.engine import snapshot, unit_of_work
from models import CompanyAccess, Role, User
from tests import builders

GOOD = "correct horse battery"


def run(*arguments: str, password: str = GOOD) -> tuple[int, dict]:
    import typer

    app = typer.Typer(add_completion=False)
    app.command()(command.main)
    result = CliRunner().invoke(app, [*arguments, "--json"], input=f"{password}\n")
    return result.exit_code, json.loads(result.stdout) if result.exit_code != 2 else {}


def test_the_command_adds_the_first_user_and_then_one_with_a_role(database: str) -> None:
    assert run("ada", "--name", "Ada") == (0, {"username": "ada", "company": None, "role": None})
    with unit_of_work() as session:
        books = builders.books(session, slug="corner_cafe")
    code, answer = run("Rui", "--name", "Rui", "--company", "corner_cafe", "--role", "reviewer")
    assert (code, answer) == (0, {"username": "rui", "company": "corner_cafe", "role": "reviewer"})
    with snapshot() as session:
        user = session.exec(select(User).where(User.username == "rui")).one()
        access = session.get(CompanyAccess, (user.id, books.company_id))
    assert access is not None
    assert access.role == Role.REVIEWER


@pytest.mark.parametrize(
    ("arguments", "password", "why"),
    [
        (["dana", "--name", "Dana"], "short", "12 characters"),
        (["dana", "--name", "Dana", "--company", "nowhere"], GOOD, "no company nowhere"),
        (["D A", "--name", "Dana"], GOOD, "username"),
    ],
)
def test_what_is_refused_is_said_and_leaves_nothing(
    sqlite_database: str, arguments: list[str], password: str, why: str
) -> None:
    code, answer = run(*arguments, password=password)
    assert code == 1
    assert why in answer["error"]
    with snapshot() as session:
        assert session.exec(select(User)).all() == []


def test_the_password_is_no_argument(sqlite_database: str) -> None:
    assert run("dana", "--name", "Dana", "--password", GOOD)[0] == 2
