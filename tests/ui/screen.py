"""What the tests of pages read and press, whichever page it is."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button


def check(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def button(page: AppTest, name: str) -> Button:
    """By the start of its key: some keys end in what the button acts on."""
    (found,) = [each for each in page.button if each.key and each.key.startswith(name)]
    return found


def press(page: AppTest, name: str) -> AppTest:
    return check(button(page, name).click().run())


def told(page: AppTest) -> str:
    return " ".join(element.value for kind in ("markdown", "caption") for element in page.get(kind)).replace("\\", "")


def refusals(page: AppTest) -> list[str]:
    return [element.value for element in page.error]
