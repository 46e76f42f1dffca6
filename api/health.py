"""GET /healthz: whether this process and its database answer."""

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

import settings
from db.engine import snapshot


async def healthz(request: Request) -> JSONResponse:  # noqa: ARG001
    """200 with "ok", or 503 with "degraded" when the database does not answer a query."""
    healthy = await run_in_threadpool(_database_answers)
    answer = {
        "status": "ok" if healthy else "degraded",
        "version": settings.VERSION,
        "git_sha": settings.git_sha(),
        "database": "healthy" if healthy else "unreachable",
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return JSONResponse(answer, 200 if healthy else 503, {"cache-control": "no-store"})


def _database_answers() -> bool:
    try:
        with snapshot() as session:
            session.connection().execute(text("SELECT count(*) FROM companies"))
    except SQLAlchemyError:
        return False
    return True
