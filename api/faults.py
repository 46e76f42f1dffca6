"""The answer to a bug in a route: an id that is also in the log, never a traceback."""

import logging
import secrets

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)


class FaultsNumbered:
    """ASGI middleware for plain requests; it stands inside the one that sets headers, so that these go out as well."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def send_noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception:
            number = secrets.token_hex(4)
            log.exception("fault %s at %s", number, scope["path"])
            if started:
                raise
            text = f"Something went wrong on our side. Tell your administrator the number {number}."
            await PlainTextResponse(text, 500)(scope, receive, send)
        return None
