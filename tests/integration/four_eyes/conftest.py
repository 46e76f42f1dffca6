"""Books whose company wants four eyes above a limit, and two managers of it."""

import pytest

from db.engine import unit_of_work
from tests import builders
from tests.integration.four_eyes.cases import LIMIT, reviewer


@pytest.fixture
def books(database: str) -> builders.Books:
    with unit_of_work() as session:
        return builders.books(session, policy={"four_eyes_minor": LIMIT})


@pytest.fixture
def dana(books):
    return reviewer(books, "Dana")


@pytest.fixture
def omar(books):
    return reviewer(books, "Omar")
