"""Files of a bundle: inside its root, of the stated size, of the stated sha256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reid.errors import WeightsAlteredError, WeightsError, WeightsMissingError
from reid.weights.bundle import HOW_TO_FETCH, Bundle
from reid.weights.manifest import FileEntry


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file as ``verify`` found it; ``problem`` is empty when ``status`` is ``"ok"``."""

    path: str
    status: Literal["ok", "missing", "altered"]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """A bundle's files against its manifest. A hub's bundle has none, and ``note`` says so."""

    bundle: str
    licence: str
    files: tuple[FileReport, ...]
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether every file is there and unaltered."""
        return all(report.status == "ok" for report in self.files)


def verify(bundle: Bundle) -> VerifyReport:
    """Hash every declared file; faults are reported, not raised."""
    manifest = bundle.manifest
    reports = [_report(bundle.root, entry) for entry in manifest.files]
    if manifest.calibration:
        reports.append(_report(bundle.directory, manifest.calibration))
    note = "resolved by timm at load time; no file to check" if manifest.kind == "hub" else ""
    return VerifyReport(manifest.name, manifest.licence.spdx, tuple(reports), note)


def checked_path(bundle: Bundle, entry: FileEntry | None = None) -> Path:
    """The path of a declared file (default: the only or first one), after its hash matched.

    For readers that want a path (onnxruntime). Raises as ``read_checked``.
    """
    if entry is None and not bundle.manifest.files:
        raise WeightsMissingError(f"bundle {bundle.name!r} declares no files; its kind is a hub's")
    entry = entry or bundle.manifest.files[0]
    path = locate(bundle.root, entry)
    with path.open("rb") as stream:
        _compare(entry, hashlib.file_digest(stream, "sha256").hexdigest())
    return path


def read_checked(bundle: Bundle, entry: FileEntry) -> bytes:
    """A declared file's bytes, hashed after reading, so that what is checked is what is used.

    Raises:
        WeightsMissingError: the file is not there.
        WeightsAlteredError: outside the bundle's root, of another size or of another sha256.
    """
    return _read_entry(bundle.root, entry)


def read_calibration(bundle: Bundle) -> bytes | None:
    """The bytes of the calibration that the manifest declares; None when it declares none.

    Raises:
        WeightsAlteredError: a ``calibration.json`` that the manifest does not declare, or one
            whose hash differs: a verdict must be able to say what it was calibrated with.
        WeightsMissingError: declared, and not there.
    """
    entry = bundle.manifest.calibration
    if entry is not None:
        return _read_entry(bundle.directory, entry)
    if (bundle.directory / "calibration.json").exists():
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: calibration.json is there but the manifest does not declare "
            "it; add its path, sha256 and bytes under 'calibration'"
        )
    return None


def describe_file(path: Path, *, relative_to: Path) -> FileEntry:
    """The manifest entry of a file: its path below ``relative_to``, sha256 and size."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name = path.relative_to(relative_to).as_posix()
    return FileEntry(path=name, sha256=digest, bytes=path.stat().st_size)


def locate(root: Path, entry: FileEntry) -> Path:
    """Where the file is, links followed, of the declared size and inside ``root``.

    Raises:
        WeightsMissingError, WeightsAlteredError: as ``read_checked``.
    """
    inside, path = root.resolve(), (root / entry.path).resolve()
    if not path.is_relative_to(inside):
        raise WeightsAlteredError(
            f"{entry.path!r} leads outside {inside} (to {path}); files of a bundle must lie inside "
            "it: put a copy there instead of a link"
        )
    if not path.is_file():
        raise WeightsMissingError(f"{path}: expected a weights file, found none; {HOW_TO_FETCH}")
    if (size := path.stat().st_size) != entry.bytes:
        raise WeightsAlteredError(
            f"{path}: expected {entry.bytes} bytes, found {size}; delete it and {HOW_TO_FETCH}"
        )
    return path


def _read_entry(root: Path, entry: FileEntry) -> bytes:
    data = locate(root, entry).read_bytes()
    _compare(entry, hashlib.sha256(data).hexdigest())
    return data


def _compare(entry: FileEntry, found: str) -> None:
    if found != entry.sha256:
        raise WeightsAlteredError(
            f"{entry.path}: expected sha256 {entry.sha256}, found {found}; it is not the file that "
            f"the manifest names: delete it and {HOW_TO_FETCH}"
        )


def _report(root: Path, entry: FileEntry) -> FileReport:
    try:
        path = locate(root, entry)
        with path.open("rb") as stream:
            _compare(entry, hashlib.file_digest(stream, "sha256").hexdigest())
    except WeightsMissingError as error:
        return FileReport(entry.path, "missing", str(error))
    except WeightsError as error:
        return FileReport(entry.path, "altered", str(error))
    return FileReport(entry.path, "ok")
