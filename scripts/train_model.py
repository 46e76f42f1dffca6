"""Train company models on what people decided: python -m scripts.train_model --company SLUG|--all --json

The model in use and the new one are tried on the same later lines; the new one takes over only if it is not worse.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from core.access.machine import script_caller
from core.categorization.training import TrainingResult, train_company
from core.errors import BookkeepingError, NotFound
from core.founding import companies_of
from db.engine import unit_of_work

COMMAND = "train_model"


def main(
    company: Annotated[str, typer.Option(help="The company's short name.", metavar="SLUG")] = "",
    every: Annotated[bool, typer.Option("--all", help="Train every company.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Train one company's model, or each company's in turn; one that cannot be trained stops no other."""
    if bool(company) == every:
        raise typer.BadParameter("Give either --company SLUG or --all.")
    answers = [_train(slug) for slug in ([company] if company else _slugs())]
    if as_json:
        typer.echo(json.dumps(answers if every else answers[0], ensure_ascii=False))
    else:
        for answer in answers:
            typer.echo(f"{answer['company']}: {answer.get('error') or _sentence(answer)}")
    raise typer.Exit(1 if any("error" in answer for answer in answers) else 0)


def _slugs() -> list[str]:
    with unit_of_work() as session:
        return [found.slug for found in companies_of(session, script_caller(session, COMMAND))]


def _train(slug: str) -> dict[str, Any]:
    """One unit of work a company."""
    try:
        with unit_of_work() as session:
            caller = script_caller(session, COMMAND)
            found = next((each for each in companies_of(session, caller) if each.slug == slug), None)
            if found is None:
                raise NotFound("company", slug)
            result: TrainingResult = train_company(session, caller, found.id, now=datetime.now(UTC))
            return asdict(result)
    except BookkeepingError as refusal:
        return {"company": slug, "error": str(refusal)}


def _sentence(answer: dict[str, Any]) -> str:
    return f"{answer['active']} is in use; {answer['reason']}"


if __name__ == "__main__":
    typer.run(main)
