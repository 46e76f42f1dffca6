"""One uploaded file, as its bytes."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256

_DAY_IN_NAME = re.compile(r"(?<!\d)((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?!\d)")


@dataclass(frozen=True)
class RawFile:
    """A file name and its bytes. The digest is its identity.

    `received_on` is the day of the upload, where it is known: what a statement tells has happened by then.
    """

    name: str
    content: bytes
    received_on: date | None = None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, 64 hex characters."""
        return sha256(self.content).hexdigest()

    @cached_property
    def made_by(self) -> date | None:
        """The last day on which the file can have been made: that in its name (20240131), else that of the upload."""
        named = []
        for year, _, month, day in _DAY_IN_NAME.findall(self.name):
            try:
                named.append(date(int(year), int(month), int(day)))
            except ValueError:
                continue
        return max(named, default=self.received_on)
