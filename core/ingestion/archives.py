"""ZIP archives of statements: each member is a file of its own. Nothing is written to disk."""

import io
import lzma
import zipfile
import zlib

from core.errors import UnknownFormat
from core.ingestion.raw_file import RawFile

_MOST_MEMBERS = 500
_TOO_MANY = f"The ZIP archive holds more than {_MOST_MEMBERS} files. Upload it in parts."
_MOST_BYTES = 200 * 1024 * 1024  # unpacked, of all members together
_MOST_RATIO = 200  # unpacked to packed; statements pack about tenfold, repetitive ones hundredfold
_SMALL = 1024 * 1024  # a member this small is no bomb, whatever its ratio
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"  # begins each entry of an archive's directory
_MOST_ENTRIES = 10_000
_OFFICE = ("[content_types].xml", "mimetype")  # what makes a ZIP a workbook or a document


def unpack(file: RawFile) -> list[RawFile]:
    """The files inside a ZIP, named "march.zip/bank.csv"; any other file, and a workbook, by itself.

    Folders, hidden files and what macOS adds are left out.

    Raises:
        UnknownFormat: the archive is empty, damaged, encrypted, holds another archive, or unpacks to too much.
    """
    if not file.content.startswith(_ZIP):
        return [file]
    if is_flooded(file.content):
        raise UnknownFormat(file.name, _TOO_MANY)
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            infos = archive.infolist()
            if any(info.filename.casefold() in _OFFICE for info in infos):
                return [file]
            members = [info for info in infos if _is_statement(info.filename)]
            _check(file.name, members)
            return [
                RawFile(f"{file.name}/{info.filename}", _content(file.name, archive, info), file.received_on)
                for info in members
            ]
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError):
        raise UnknownFormat(file.name, "The ZIP archive is damaged. Download it again.") from None
    except NotImplementedError:
        raise UnknownFormat(file.name, "The ZIP archive is packed in an unknown way. Unpack it first.") from None


def is_flooded(content: bytes) -> bool:
    """Whether a ZIP file lists more members than any that is read; opening it would make an object of each."""
    return content.count(_ENTRY) > _MOST_ENTRIES


def _is_statement(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return bool(parts[-1]) and not any(part.startswith(".") or part == "__MACOSX" for part in parts)


def _check(name: str, members: list[zipfile.ZipInfo]) -> None:
    """What the directory of the archive promises; what it hides is found while unpacking."""
    if not members:
        raise UnknownFormat(name, "The ZIP archive holds no files.")
    if len(members) > _MOST_MEMBERS:
        raise UnknownFormat(name, _TOO_MANY)
    if any(info.flag_bits & 0x1 for info in members):
        raise UnknownFormat(name, "The ZIP archive is protected by a password. Unpack it first.")
    if sum(info.file_size for info in members) > _MOST_BYTES or any(map(_swells, members)):
        raise UnknownFormat(name, "The ZIP archive unpacks to more than statements do. Unpack it first.")


def _swells(info: zipfile.ZipInfo) -> bool:
    return info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(info.compress_size, 1)


def _content(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes; zipfile itself stops at the promised size and checks its sum."""
    with archive.open(info) as member:
        content = member.read(info.file_size + 1)
    if _is_archive(content):
        raise UnknownFormat(name, f"The ZIP archive holds another one, {info.filename}. Unpack it first.")
    return content


def _is_archive(content: bytes) -> bool:
    """Whether it is a ZIP file, though no workbook and no document. It is not unpacked: it may hold itself."""
    if not content.startswith(_ZIP):
        return False
    if is_flooded(content):
        return True
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return not any(name.casefold() in _OFFICE for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return True
