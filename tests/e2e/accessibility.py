"""axe-core over the page as it stands: what it finds serious or critical is a fault."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

GRAVE = ("serious", "critical")


def accessible(page: Page, name: str) -> None:
    """Fails with each serious finding, its first element and what is wrong with it."""
    found = Axe().run(page).response["violations"]
    grave = [
        f"{name}: {each['id']} ({each['impact']}), {len(each['nodes'])} times: {each['help']};"
        f" first {each['nodes'][0]['html'][:200]}: {each['nodes'][0]['failureSummary'][:200]}"
        for each in found
        if each["impact"] in GRAVE
    ]
    assert grave == []
