"""What every response carries, and what a fault in a route tells."""

import logging
import re
import tomllib
from pathlib import Path

import pytest

from api.headers import CONTENT_POLICY, HEADERS
from models import User
from tests.api.cases import FROM_HERE, PASSWORD, client

EXPECTED = {
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "x-xss-protection": "1; mode=block",
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "content-security-policy": "default-src 'none'",
}


@pytest.mark.parametrize("path", ["/", "/sign-in", "/healthz", "/static/x", "/review", "/fault"])
def test_every_response_carries_the_security_headers(dana: User, path: str) -> None:
    browser = client()
    for answer in (browser.get(path), _signed_in().get(path)):
        for name, beginning in EXPECTED.items():
            assert answer.headers[name].startswith(beginning), (path, name)
            assert len(answer.headers.get_list(name)) == 1


def _signed_in():  # type: ignore[no-untyped-def]
    browser = client()
    browser.post("/auth/sign-in", data={"username": "dana", "password": PASSWORD}, headers=FROM_HERE)
    return browser


def test_the_policy_names_the_script_of_the_installed_streamlit_and_no_wildcard() -> None:
    assert re.search(r"script-src 'self' 'sha256-[A-Za-z0-9+/]{43}='(?: 'sha256-[A-Za-z0-9+/]{43}=')*;", CONTENT_POLICY)
    assert "*" not in CONTENT_POLICY
    assert "unsafe-eval" not in CONTENT_POLICY
    for directive in ("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "connect-src 'self'"):
        assert directive in CONTENT_POLICY
    assert HEADERS["content-security-policy"] == CONTENT_POLICY


def test_a_fault_tells_a_number_that_the_log_knows_and_nothing_else(
    dana: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = _signed_in().get("/fault")
    assert answer.status_code == 500
    found = re.search(r"number ([0-9a-f]{8})", answer.text)
    assert found
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert found[1] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_streamlit_is_configured_to_be_closed() -> None:
    config = tomllib.loads((Path(__file__).parents[2] / ".streamlit/config.toml").read_text())
    assert config["server"]["enableCORS"] is True
    assert config["server"]["enableXsrfProtection"] is True
    assert config["server"]["enableAgentApi"] is False
    assert set(config["server"]["trustedUserHeaders"]) == {"x-books-user", "x-books-session"}
    assert config["client"]["showErrorDetails"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
