"""The one place where tensors are read from files.

Third-party pickles are read with ``weights_only=True`` only after their hash matched; our own
weights are safetensors. torch is imported when a file is read, so listing bundles stays light.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights.bundle import Bundle
from reid.weights.files import describe_file, read_checked
from reid.weights.manifest import FileEntry, Manifest
from reid.weights.rename import rename_keys

if TYPE_CHECKING:
    from torch import Tensor

MAX_HEADER_BYTES = 8 << 20  # 386 tensors need 40 kB; a big header is an attack on the reader
_LENGTH_BYTES = 8  # safetensors: little-endian length of the JSON header


def load_state_dict(bundle: Bundle) -> dict[str, Tensor]:
    """Every tensor of the bundle, on the CPU, under timm's names.

    Raises:
        WeightsMissingError: a file is not there, or the bundle is a hub's and has none.
        WeightsAlteredError: another hash or size, a pickle that would run code, a header that is
            too long, something that is no tensor, a tensor twice, or values that are not finite.
    """
    if bundle.manifest.kind == "hub":
        raise WeightsMissingError(
            f"bundle {bundle.name!r} has no files: timm fetches {bundle.manifest.architecture} "
            "when the model is built (reid.embed.load_embedder)"
        )
    state: dict[str, Tensor] = {}
    for entry in bundle.manifest.files:
        _merge(state, _read(entry, read_checked(bundle, entry)), entry)
    renaming = bundle.manifest.key_renaming
    return rename_keys(state, renaming) if renaming else state


def read_tensors(entry: FileEntry, data: bytes) -> dict[str, Tensor]:
    """The tensors in ``data``, the bytes of one file whose hash the caller has checked.

    Raises:
        WeightsAlteredError: as `load_state_dict`.
    """
    state: dict[str, Tensor] = {}
    _merge(state, _read(entry, data), entry)
    return state


def state_sha256(state: Mapping[str, Tensor]) -> str:
    """sha256 over names, shapes, kinds and values: the identity of weights without a file."""
    digest = hashlib.sha256()
    for name, tensor in sorted(state.items()):
        array = tensor.detach().cpu().contiguous().numpy()
        digest.update(f"{name} {array.shape} {array.dtype}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def save_bundle(directory: Path, manifest: Manifest, state: Mapping[str, Tensor]) -> Bundle:
    """Write one of our own bundles: ``model.safetensors``, then the manifest that pins it.

    ``manifest.files`` is replaced by what was written. The card is the caller's to write.
    """
    from safetensors.torch import save_file  # torch only when weights are written

    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "model.safetensors"
    save_file({name: tensor.detach().cpu().contiguous() for name, tensor in state.items()}, path)
    facts = manifest.model_dump(mode="json") | {"kind": "own"}
    facts["files"] = [describe_file(path, relative_to=directory).model_dump(mode="json")]
    pinned = Manifest.model_validate_json(json.dumps(facts))
    (directory / "manifest.json").write_text(pinned.model_dump_json(indent=2) + "\n", "utf-8")
    return Bundle(directory.resolve(), pinned)


def _read(entry: FileEntry, data: bytes) -> dict[str, Tensor]:
    suffix = PurePosixPath(entry.path).suffix
    if suffix == ".safetensors":
        return _read_safetensors(entry, data)
    if suffix in {".pth", ".pt"}:
        return _read_pickle(entry, data)
    raise WeightsAlteredError(
        f"{entry.path}: expected .safetensors, .pth or .pt, found {suffix}; read such a file "
        "through reid.weights.checked_path"
    )


def _read_safetensors(entry: FileEntry, data: bytes) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    length = int.from_bytes(data[:_LENGTH_BYTES], "little")
    if length > min(MAX_HEADER_BYTES, len(data) - _LENGTH_BYTES):
        raise WeightsAlteredError(
            f"{entry.path}: the safetensors header says {length} bytes; expected at most "
            f"{MAX_HEADER_BYTES} and no more than the file has ({len(data)}); not loaded"
        )
    try:
        return load(data)
    except (SafetensorError, ValueError, KeyError) as error:
        raise WeightsAlteredError(f"{entry.path}: not a safetensors file: {error}") from error


def _read_pickle(entry: FileEntry, data: bytes) -> dict[str, Tensor]:
    import torch

    try:
        state = torch.load(io.BytesIO(data), weights_only=True, map_location="cpu")
    except Exception as error:  # an unpickler of foreign bytes raises whatever it stumbles over
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise WeightsAlteredError(
            f"{entry.path}: expected a pickle of tensors only, found something else and did not "
            f"run it ({first}); do not use this file"
        ) from error
    if not isinstance(state, dict):
        raise WeightsAlteredError(
            f"{entry.path}: expected a dict of tensors, found {type(state).__name__}"
        )
    return state


def _merge(state: dict[str, Tensor], more: dict[str, Tensor], entry: FileEntry) -> None:
    import torch

    for name, tensor in more.items():
        if not isinstance(name, str) or not isinstance(tensor, torch.Tensor):
            raise WeightsAlteredError(
                f"{entry.path}: expected tensors by name, found {name!r}: {type(tensor).__name__}"
            )
        if name in state:
            raise WeightsAlteredError(
                f"{entry.path}: tensor {name!r} is in two files of the bundle"
            )
        if tensor.is_floating_point() and not bool(torch.isfinite(tensor).all()):
            raise WeightsAlteredError(
                f"{entry.path}: tensor {name!r} holds values that are not finite; restore the file"
            )
        state[name] = tensor
