"""One uploaded file, as its bytes."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256


@dataclass(frozen=True)
class RawFile:
    """A file name and its bytes. The digest is its identity."""

    name: str
    content: bytes

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, 64 hex characters."""
        return sha256(self.content).hexdigest()
