"""What the installation is told from outside, read from the environment at each call.

DATABASE_URL    which database; default: SQLite under `var/` of the project
SESSION_SECRET  signs cookies and sessions; required with a database server, generated and kept under `var/` otherwise
VAR_FOLDER      where the installation keeps files of its own; default: `var/` of the project
ALLOW_PLAIN_HTTP  1 lets people sign in over http from other machines, in clear text; for trials in a closed network
ALLOWED_HOSTS   host names under which the app answers, separated by commas; this machine's own always
GIT_SHA         the commit that was built; default: read from the working copy
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from core.errors import SettingRefused

VERSION = "0.1.0"
ROOT = Path(__file__).resolve().parent
SESSION_COOKIE = "__Host-books"  # the prefix makes browsers insist on Secure, and on this host alone
SECRET_LENGTH = 32  # characters that a secret has at least

_PLACEHOLDERS = ("change", "secret", "example", "placeholder", "password", "default", "insecure", "your")


def var_folder() -> Path:
    """The folder of the installation's own files; it is made where it is missing."""
    folder = Path(os.environ.get("VAR_FOLDER") or ROOT / "var")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def database_url() -> str:
    """The database in SQLAlchemy's form, driver included.

    The folder of an SQLite file is made. Raises SettingRefused for anything but SQLite files and PostgreSQL.
    """
    text = os.environ.get("DATABASE_URL", "").strip() or f"sqlite:///{var_folder() / 'bookkeeper.db'}"
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingRefused("DATABASE_URL", "it is no database address") from None
    return _with_driver(url).render_as_string(hide_password=False)


def _with_driver(url: URL) -> URL:
    backend = url.get_backend_name()
    if backend == "sqlite":
        if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
            raise SettingRefused("DATABASE_URL", "an SQLite database has to be a file, as in sqlite:///var/books.db")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return url
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg2")
    raise SettingRefused("DATABASE_URL", "only sqlite:/// and postgresql+psycopg2:// are supported")


def allowed_hosts() -> list[str]:
    """Host names that requests may carry; "*.example.com" stands for all below it."""
    given = os.environ.get("ALLOWED_HOSTS", "")
    return ["localhost", "127.0.0.1", *(name.strip() for name in given.split(",") if name.strip())]


def plain_http_allowed() -> bool:
    """Whether the session cookie may travel unencrypted. Browsers count this machine's own name as encrypted."""
    return os.environ.get("ALLOW_PLAIN_HTTP", "").strip() == "1"


def session_cookie() -> str:
    """The name of the session cookie; the prefix of the usual one would be refused over plain http."""
    return SESSION_COOKIE.removeprefix("__Host-") if plain_http_allowed() else SESSION_COOKIE


def is_embedded() -> bool:
    """Whether the database is a file of this machine (SQLite)."""
    return make_url(database_url()).get_backend_name() == "sqlite"


def session_secret() -> str:
    """What signs cookies and sessions, at least 32 characters.

    Next to an SQLite file a random one is generated once and kept with mode 0600. With a database server, where
    several processes have to share it, it must be given.

    Raises:
        SettingRefused: it is missing there, or it is short or a placeholder.
    """
    given = os.environ.get("SESSION_SECRET", "").strip()
    if given:
        _check_secret(given)
        return given
    if not is_embedded():
        raise SettingRefused("SESSION_SECRET", "it is missing; make one with: openssl rand -hex 32")
    return _kept_secret(var_folder() / "secret")


def _check_secret(given: str) -> None:
    if len(given) < SECRET_LENGTH or len(set(given)) < 8:
        raise SettingRefused("SESSION_SECRET", f"it is easy to guess; it needs {SECRET_LENGTH} random characters")
    if any(word in given.lower() for word in _PLACEHOLDERS):
        raise SettingRefused("SESSION_SECRET", "it is a placeholder; make one with: openssl rand -hex 32")


def _kept_secret(path: Path) -> str:
    """Two processes that start at once agree: the finished file appears whole, and only the first one's stays."""
    if not path.exists():
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(SECRET_LENGTH))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()


@lru_cache(maxsize=1)
def git_sha() -> str:
    """The commit this program was built from, "unknown" where nothing tells."""
    return os.environ.get("GIT_SHA", "").strip() or _working_copy_sha(ROOT / ".git") or "unknown"


def _working_copy_sha(folder: Path) -> str:
    head = folder / "HEAD"
    if not head.is_file():
        return ""
    text = head.read_text().strip()
    if not text.startswith("ref: "):
        return text
    ref = text.removeprefix("ref: ")
    if (folder / ref).is_file():
        return (folder / ref).read_text().strip()
    packed = folder / "packed-refs"
    rows = packed.read_text().splitlines() if packed.is_file() else []
    return next((row.split(" ")[0] for row in rows if row.endswith(" " + ref)), "")
