from itertools import pairwise
from uuid import uuid4

import pytest

from core.access.roles import PERMISSIONS, Action, Caller, Via
from core.errors import AccessDenied, NotFound
from models.access import Role

# Written out a second time on purpose: a change of the table has to be made knowingly.
EXPECTED = {
    Action.READ: {"bookkeeper", "reviewer", "manager", "administrator"},
    Action.IMPORT: {"bookkeeper", "reviewer", "manager", "administrator"},
    Action.RECONCILE: {"bookkeeper", "reviewer", "manager", "administrator"},
    Action.REVIEW: {"reviewer", "manager", "administrator"},
    Action.CONFIGURE: {"manager", "administrator"},
    Action.CLOSE: {"manager", "administrator"},
    Action.TRAIN: {"manager", "administrator"},
    Action.ADMINISTER: {"administrator"},
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_exactly_what_the_table_says(action: Action, role: Role) -> None:
    company = uuid4()
    caller = Caller(uuid4(), "Dana", Via.PAGE, {company: role})
    assert caller.may(company, action) is (role.value in EXPECTED[action])
    if role.value in EXPECTED[action]:
        caller.require(company, action)
    else:
        with pytest.raises(AccessDenied):
            caller.require(company, action)


@pytest.mark.parametrize("action", Action)
def test_another_company_does_not_exist_for_the_caller(action: Action) -> None:
    caller = Caller(uuid4(), "Dana", Via.PAGE, {uuid4(): Role.ADMINISTRATOR})
    with pytest.raises(NotFound):
        caller.require(uuid4(), action)


def test_each_role_includes_the_one_before() -> None:
    assert all(PERMISSIONS[lower] < PERMISSIONS[higher] for lower, higher in pairwise(Role))
