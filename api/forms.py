"""The two pages outside Streamlit: sign-in and set-up, in the look of the others."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from starlette.responses import HTMLResponse

_STYLE = (Path(__file__).parent / "sign_in.css").read_text()
_PAGE = (Path(__file__).parent / "sign_in.html").read_text()

# No script at all, one style sheet, our own font and sign.
POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "font-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@dataclass(frozen=True)
class Input:
    name: str
    label: str
    kind: str
    complete: str  # what a password manager may fill in
    hint: str = ""


@dataclass(frozen=True)
class Form:
    title: str
    about: str
    action: str
    button: str
    inputs: tuple[Input, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.inputs)


SIGN_IN = Form(
    "Sign in",
    "",
    "/auth/sign-in",
    "Sign in",
    (
        Input("username", "Username", "text", "username"),
        Input("password", "Password", "password", "current-password"),
    ),
)
SET_UP = Form(
    "Create the administrator",
    "This is the first visit. The administrator adds the other users and says which companies each may see.",
    "/auth/set-up",
    "Create and sign in",
    (
        Input("display_name", "Your name", "text", "name"),
        Input("username", "Username", "text", "username", "Small letters and digits, such as dana."),
        Input("password", "Password", "password", "new-password", "At least 12 characters, without the username."),
        Input("again", "The same password again", "password", "new-password"),
    ),
)


def show(form: Form, values: Mapping[str, str], refusal: str = "", status: int = 200) -> HTMLResponse:
    """The page with the form; `values` fills fields (never passwords) and "next", `refusal` says what to change."""
    first = next(each for each in form.inputs if each.kind == "password" or not values.get(each.name))
    page = _PAGE.format(
        style=_STYLE,
        title=form.title,
        action=form.action,
        about=f'<p class="about">{escape(form.about)}</p>' if form.about else "",
        refusal=f'<p class="refusal" role="alert">{escape(refusal)}</p>' if refusal else "",
        inputs="\n".join(_input(each, values, focused=each is first) for each in form.inputs),
        next=escape(values.get("next", "/")),
        button=form.button,
    )
    return HTMLResponse(page, status, {"content-security-policy": POLICY, "cache-control": "no-store"})


def _input(field: Input, values: Mapping[str, str], *, focused: bool) -> str:
    value = "" if field.kind == "password" else escape(values.get(field.name, ""))
    described = f' aria-describedby="{field.name}-hint"' if field.hint else ""
    small = f'<small id="{field.name}-hint">{escape(field.hint)}</small>' if field.hint else ""
    # Usernames are small letters; telephones would begin with a capital one.
    plain = ' autocapitalize="none" spellcheck="false"' if field.name == "username" else ""
    return (
        f'<label for="{field.name}">{field.label}</label>\n<input id="{field.name}" name="{field.name}" '
        f'type="{field.kind}" autocomplete="{field.complete}" value="{value}"{described}{plain} required'
        f"{' autofocus' if focused else ''}>{small}"
    )
