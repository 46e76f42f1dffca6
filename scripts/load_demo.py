"""Load the five simulated companies with a year of reviewed books and a demo user for each role.

Does nothing on a database that holds them already. The password is drawn anew for each database and printed once.
"""

import secrets
from datetime import UTC, datetime

import typer

from core.access.machine import script_caller
from core.access.users import create_user, grant
from core.founding import companies_of
from core.simulation.ingesting import equip_simulated, found_simulated
from core.simulation.rehearsing import MONTHS, rehearse_month, settle_year
from core.simulation.simulate import simulate
from core.simulation.values import SimulatedCompany
from db.bulk import write_columns
from db.engine import snapshot, unit_of_work
from models import Role

app = typer.Typer(add_completion=False)
COMMAND = "load_demo"
PEOPLE = (
    ("bookkeeper", "Blake Ortiz", Role.BOOKKEEPER),
    ("reviewer", "Robin Hale", Role.REVIEWER),
    ("manager", "Morgan Reyes", Role.MANAGER),
    ("admin", "Dana Whitfield", Role.ADMINISTRATOR),
)


@app.command()
def main() -> None:
    """Print the demo users once; later runs say that the demo is there."""
    companies = simulate()
    with snapshot() as session:
        known = {company.slug for company in companies_of(session, script_caller(session, COMMAND))}
    if known.issuperset(company.slug for company in companies):
        typer.echo("The demo is loaded already; its users were printed when it was.")
        return
    with typer.progressbar(companies, label="Working through a year of five companies") as shown:
        for company in shown:
            _load(company)
    password = secrets.token_urlsafe(12)
    _people(password)
    typer.echo("\nDemo users, all with the password " + password)
    for username, name, role in PEOPLE:
        typer.echo(f"  {username:12} {name:16} {role}")


def _load(simulated: SimulatedCompany) -> None:
    with unit_of_work() as session:
        company_id = found_simulated(session, script_caller(session, COMMAND), simulated).id
        equip_simulated(session, script_caller(session, COMMAND), company_id, simulated, write=write_columns)
    for month in MONTHS:
        with unit_of_work() as session:
            caller = script_caller(session, COMMAND)
            rehearse_month(session, caller, company_id, simulated, month, write=write_columns)
    with unit_of_work() as session:
        settle_year(session, script_caller(session, COMMAND), company_id, simulated, write=write_columns)


def _people(password: str) -> None:
    now = datetime.now(UTC)
    with unit_of_work() as session:
        caller = script_caller(session, COMMAND)
        for username, name, role in PEOPLE:
            user = create_user(session, caller, username=username, display_name=name, password=password, now=now)
            for company_id in caller.roles:
                grant(session, caller, user_id=user.id, company_id=company_id, role=role, now=now)


if __name__ == "__main__":
    app()
