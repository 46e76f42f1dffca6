"""The real application in a process of its own, on a free port, over a database to throw away."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTS_WITHIN = 60  # seconds


@dataclass(frozen=True)
class Server:
    """A running application: its address in a browser, its database's address, and the file it logs to."""

    url: str
    database_url: str
    log: Path


@contextmanager
def running(database_url: str, folder: Path, **environment: str) -> Iterator[Server]:
    """Start the application on the database; `folder` takes its log and its var folder. Stopped after the block."""
    port = _free_port()
    log = folder / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    told = {"DATABASE_URL": database_url, "VAR_FOLDER": str(folder / "var"), **environment}
    with log.open("w") as written:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **told}, stdout=written, stderr=subprocess.STDOUT
        )
    server = Server(f"http://localhost:{port}", database_url, log)
    try:
        _wait(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended:\n{server.log.read_text()}")
        try:
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=2):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not start:\n{server.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return int(opened.getsockname()[1])
