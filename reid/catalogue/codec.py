"""Arrays as bytes and back. Nothing here ever unpickles."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from reid.errors import CatalogueError
from reid.types import LocalFeatures
from reid.types.checks import require

MASK_HEAD = struct.Struct(">II")
VECTOR_TYPE = np.dtype("<f4")
ARRAYS = ("xy_px", "scale_px", "angle_rad", "descriptors", "weight")


def pack_mask(mask: NDArray[np.bool_]) -> bytes:
    """Height and width (two big-endian uint32), then zlib of one bit a pixel."""
    return MASK_HEAD.pack(*mask.shape) + zlib.compress(np.packbits(mask).tobytes())


def unpack_mask(data: bytes) -> NDArray[np.bool_]:
    """The mask (height, width) bool.

    Raises:
        CatalogueError: the bytes are no mask.
    """
    try:
        height, width = MASK_HEAD.unpack_from(data)
        bits = np.frombuffer(zlib.decompress(data[MASK_HEAD.size :]), np.uint8)
        flat = np.unpackbits(bits, count=height * width)
        return flat.reshape(height, width).astype(np.bool_)
    except (struct.error, zlib.error, ValueError) as error:
        raise damaged("mask", error) from error


def pack_vector(vector: NDArray[np.float32]) -> bytes:
    """Little-endian float32 bytes."""
    return vector.astype(VECTOR_TYPE).tobytes()


def unpack_vectors(blobs: list[bytes], dim: int) -> NDArray[np.float32]:
    """Vectors (n, dim) float32 from their bytes.

    Raises:
        CatalogueError: the bytes are not ``dim`` numbers each.
    """
    odd = {len(b) for b in blobs} - {dim * VECTOR_TYPE.itemsize}
    if odd:
        raise damaged("embedding", f"expected {dim} numbers of 4 bytes, found {sorted(odd)} bytes")
    flat = np.frombuffer(b"".join(blobs), VECTOR_TYPE)
    return flat.reshape(len(blobs), dim).astype(np.float32)


def pack_features(features: LocalFeatures) -> bytes:
    """A compressed npz with the five arrays and the method.

    Raises:
        InputError: an array holds Python objects.
    """
    arrays = {name: np.asarray(getattr(features, name)) for name in ARRAYS}
    objects = [name for name, array in arrays.items() if array.dtype.hasobject]
    require(not objects, f"features: expected arrays of numbers, found objects in {objects}")
    buffer = io.BytesIO()
    content: dict[str, Any] = {
        **arrays,
        "method": np.array(features.method),
        "unit_px": np.array(features.unit_px),
    }
    np.savez_compressed(buffer, **content)
    return buffer.getvalue()


def unpack_features(data: bytes) -> LocalFeatures:
    """The features.

    Raises:
        CatalogueError: the bytes are no features.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as npz:
            arrays = {name: npz[name] for name in ARRAYS}
            return LocalFeatures(**arrays, method=str(npz["method"]), unit_px=float(npz["unit_px"]))
    except (BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError) as error:
        raise damaged("local features", error) from error


def damaged(what: str, why: object) -> CatalogueError:
    """The error for stored bytes that cannot be read back."""
    return CatalogueError(
        f"stored {what} cannot be read: {why}. The catalogue is damaged: restore a backup, or "
        "analyse the sighting again."
    )
