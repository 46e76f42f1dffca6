"""Models as bytes: a zip of arrays and JSON without pickled objects, so that reading one can run no code."""

import io
import json
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import UnreadableModel

_HEADER = "header.json"
_STAMP = (1980, 1, 1, 0, 0, 0)  # a fixed time makes equal models equal bytes


def packed(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """The header and named arrays as one compressed block; equal content gives equal bytes."""
    block = io.BytesIO()
    with zipfile.ZipFile(block, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr(zipfile.ZipInfo(_HEADER, _STAMP), json.dumps(header, sort_keys=True), zipfile.ZIP_DEFLATED)
        for name in sorted(arrays):
            content = io.BytesIO()
            np.save(content, arrays[name], allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", _STAMP), content.getvalue(), zipfile.ZIP_DEFLATED)
    return block.getvalue()


def unpacked(block: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What `packed` put together. Raises UnreadableModel."""
    try:
        with zipfile.ZipFile(io.BytesIO(block)) as archive:
            header = json.loads(archive.read(_HEADER))
            arrays = {
                name.removesuffix(".npy"): np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
                for name in archive.namelist()
                if name.endswith(".npy")
            }
    except (zipfile.BadZipFile, KeyError, ValueError) as fault:
        raise UnreadableModel(str(fault)) from fault
    return header, arrays
