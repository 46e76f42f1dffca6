"""Check every law of the books on what is stored: python -m scripts.verify_books [--company SLUG] --json

Exit code 0 where every law holds, 1 where one is broken or the command was refused.
"""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from sqlalchemy import select
from sqlmodel import Session, col

from core.access.roles import Caller, Via
from core.errors import BookkeepingError, NotFound
from core.verifying import verify_books
from db.engine import snapshot
from models import Company, Role

app = typer.Typer(add_completion=False)


def answer(session: Session, slug: str | None) -> dict[str, Any]:
    """Companies checked, rows looked at by each check, and what is broken. Raises NotFound for an unknown slug."""
    known = {row[0]: row[1] for row in session.execute(select(col(Company.slug), col(Company.id)))}
    if slug is not None and slug not in known:
        raise NotFound("company", slug)
    chosen = {slug: known[slug]} if slug is not None else known
    caller = Caller(
        user_id=None,
        name="verify_books",
        via=Via.SCRIPT,
        roles=dict.fromkeys(chosen.values(), Role.ADMINISTRATOR),
        page="verify_books",
    )
    found = verify_books(session, caller, chosen.values())
    return {
        "companies": sorted(chosen),
        "checked": dict(found.checked),
        "violations": [asdict(violation) for violation in found.violations],
    }


def as_text(result: dict[str, Any]) -> str:
    rows = [f"{count:>10,}  {name}" for name, count in result["checked"].items()]
    broken = [f"BROKEN  law {found['law']}: {found['where']}: {found['what']}" for found in result["violations"]]
    return "\n".join([*rows, *(broken or ["Every law holds."])])


@app.command()
def main(
    company: Annotated[str | None, typer.Option(help="Slug of the one company to check; default: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    try:
        with snapshot() as session:
            result = answer(session, company)
    except BookkeepingError as refusal:
        typer.echo(json.dumps({"error": str(refusal)}) if as_json else str(refusal), err=not as_json)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(result, indent=2) if as_json else as_text(result))
    if result["violations"]:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
