"""A bundle as one file: a plain zip, nothing compressed, of fixed members and its signature."""

from __future__ import annotations

import json
import os
import uuid
import zipfile
from collections.abc import Mapping
from pathlib import Path

from reid.catalogue.bundle_records import RegisteredBundle, Signed
from reid.errors import InputError
from reid.registry.cause import Cause, refuse
from reid.registry.members import LIMITS, PAGE_BYTES, PIECE, check_names, check_size

SUFFIX = ".reidbundle"
STATEMENT, SIGNATURE = "statement.json", "signature.json"
PACKED: Mapping[str, int] = {**LIMITS, STATEMENT: PAGE_BYTES, SIGNATURE: 4096}
WHEN = (2020, 1, 1, 0, 0, 0)
"""The same bundle is the same file, whenever it is written."""


def pack(bundle: RegisteredBundle, place: Path, out: Path) -> None:
    """Write a registered bundle into a new file.

    Raises:
        InputError: something is there already.
        OSError: from the disk; nothing is left.
    """
    if out.exists():
        raise InputError(f"{out}: expected nothing, found a file; name another")
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = out.with_name(f".{out.name}.{uuid.uuid4().hex}")
    told = json.dumps({"signer": bundle.signer, "signature": bundle.signature})
    try:
        with zipfile.ZipFile(beside, "x", zipfile.ZIP_STORED) as packed:
            for name in LIMITS:
                if (place / name).is_file():
                    _write(packed, name, (place / name).read_bytes())
            _write(packed, STATEMENT, bundle.statement.encode())
            _write(packed, SIGNATURE, told.encode())
        with beside.open("rb") as file:
            os.fsync(file.fileno())
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _write(packed: zipfile.ZipFile, name: str, content: bytes) -> None:
    packed.writestr(zipfile.ZipInfo(name, WHEN), content)


def unpack(file: Path, target: Path) -> Signed:
    """Write a packed bundle's members into an empty folder; returns what was signed of them.

    Names, sizes and kinds are checked before anything is written; nothing in such a file is
    compressed, so none can become larger than it is.

    Raises:
        BundleRefusedError: with the cause by name.
        InputError: there is no such file.
    """
    if not file.is_file():
        raise InputError(f"{file}: expected a file that `reid bundles export` wrote, found none")
    try:
        with zipfile.ZipFile(file) as packed:
            _check(packed, file.stat().st_size)
            for name in LIMITS:
                if name in packed.namelist():
                    _extract(packed, name, target / name)
            return _signed(packed)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise refuse(_kind(file), f"{file.name}: expected a plain zip: {error}") from error


def _kind(file: Path) -> Cause:
    with file.open("rb") as opened:
        return Cause.PICKLE if opened.read(1) == b"\x80" else Cause.NOT_A_BUNDLE


def _check(packed: zipfile.ZipFile, size: int) -> None:
    entries = packed.infolist()
    check_names((entry.orig_filename for entry in entries), PACKED)
    for entry in entries:
        if entry.compress_type != zipfile.ZIP_STORED or entry.compress_size != entry.file_size:
            raise refuse(
                Cause.ZIP_BOMB,
                f"{entry.filename}: expected members as they are, found a compressed one",
            )
        check_size(entry.filename, entry.file_size, PACKED[entry.filename])
    if sum(entry.file_size for entry in entries) > size:
        raise refuse(Cause.ZIP_BOMB, "its members lie over each other: larger than the file")


def _extract(packed: zipfile.ZipFile, name: str, target: Path) -> None:
    with packed.open(name) as reading, target.open("xb") as writing:
        while piece := reading.read(PIECE):
            writing.write(piece)
        writing.flush()
        os.fsync(writing.fileno())


def _signed(packed: zipfile.ZipFile) -> Signed:
    try:
        told = json.loads(packed.read(SIGNATURE))
        signer, signature = str(told["signer"]), str(told["signature"])
        return Signed(packed.read(STATEMENT).decode(), signer, signature)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise refuse(Cause.SIGNATURE, f"{SIGNATURE} cannot be read: {error}") from error
