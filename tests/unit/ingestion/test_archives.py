"""ZIP archives: one file a member, and no way to do harm with one."""

import io
import zipfile

import pytest

from core.errors import UnknownFormat
from core.ingestion.archives import unpack
from core.ingestion.formats.workbook import kind_of_workbook
from core.ingestion.raw_file import RawFile


def packed(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_every_member_is_a_file_of_its_own_and_what_systems_add_is_left_out() -> None:
    content = packed(
        {"bank.csv": b"a", "2024/": b"", "2024/card.ofx": b"b", "__MACOSX/._bank.csv": b"c", ".DS_Store": b"d"}
    )
    files = unpack(RawFile("march.zip", content))
    assert [(file.name, file.content) for file in files] == [
        ("march.zip/bank.csv", b"a"),
        ("march.zip/2024/card.ofx", b"b"),
    ]


@pytest.mark.parametrize(
    "content", [b"", b"Date,Amount\n", packed({"[Content_Types].xml": b"", "xl/workbook.xml": b""})]
)
def test_what_is_no_archive_of_files_stays_as_it_is(content: bytes) -> None:
    file = RawFile("file", content)
    assert unpack(file) == [file]


def encrypted() -> bytes:
    content = bytearray(packed({"bank.csv": b"a"}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def lying() -> bytes:
    """A directory that promises fewer bytes than the member has."""
    content = bytearray(packed({"bank.csv": b"a" * 5000}))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    return bytes(content)


def nested(deep: int) -> bytes:
    content = packed({"bank.csv": b"a"}, zipfile.ZIP_STORED)
    for _ in range(deep):
        content = packed({"inner.zip": content}, zipfile.ZIP_STORED)
    return content


def damaged_lzma() -> bytes:
    content = bytearray(packed({"bank.csv": bytes(range(256)) * 40}, zipfile.ZIP_LZMA))
    content[60:90] = b"\xff" * 30
    return bytes(content)


REFUSED = {
    "empty": (packed({}), "no files"),
    "only folders": (packed({"a/": b""}), "no files"),
    "half of one": (packed({"bank.csv": b"abc" * 900})[:-30], "damaged"),
    "a damaged member": (packed({"b": b"abcdef"}, zipfile.ZIP_STORED).replace(b"abcdef", b"abcdeX"), "damaged"),
    "an untrue size": (lying(), "damaged"),
    "a password": (encrypted(), "password"),
    "a ZIP in it": (packed({"inner.zip": packed({"bank.csv": b"a"})}), "another one"),
    "a thousand ZIPs, one in the other": (nested(1_000), "another one"),
    "a damaged member of another method": (damaged_lzma(), "damaged"),
    "a directory without end": (packed({"bank.csv": b"a"}) + b"PK\x01\x02" * 10_001, "500 files"),
    "a bomb": (packed({"bank.csv": b"0" * 30_000_000}), "more than statements do"),
    "too many": (packed({f"{n}.csv": b"" for n in range(501)}), "500 files"),
}


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_archive_that_cannot_be_trusted_is_refused_with_a_reason(name: str) -> None:
    content, reason = REFUSED[name]
    with pytest.raises(UnknownFormat, match=reason):
        unpack(RawFile("march.zip", content))


def test_a_workbook_inside_an_archive_is_a_file_of_its_own() -> None:
    workbook = packed({"[Content_Types].xml": b"", "xl/workbook.xml": b""})
    assert unpack(RawFile("march.zip", packed({"bank.xlsx": workbook})))[0].content == workbook


def test_a_workbook_whose_directory_has_no_end_is_not_opened() -> None:
    workbook = packed({"[Content_Types].xml": b"", "xl/workbook.xml": b""})
    assert kind_of_workbook(workbook) == "xlsx"
    assert kind_of_workbook(workbook[:30] + b"PK\x01\x02" * 10_001 + workbook[30:]) == ""
