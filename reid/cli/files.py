"""What a command writes: beside first, then renamed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reid.cli.console import Report
from reid.errors import InputError, StorageFullError

if TYPE_CHECKING:
    from reid.types import Comparison

JPEG_QUALITY = 90


def check_places(report: Path | None, pictures: Path | None) -> None:
    """Make the folders before hours of work end at a folder that cannot be written.

    Raises:
        InputError: a place that cannot be written.
    """
    if report is not None:
        _made(report.parent)
        if report.is_dir():
            raise InputError(f"--report {report}: expected a file, found a folder; add a name")
    if pictures is not None:
        _made(pictures)


def save(comparison: Comparison, report: Path | None, pictures: Path | None, told: Report) -> None:
    """Write the HTML report and the evidence pictures that are asked for.

    Raises:
        InputError: a place that cannot be written.
        StorageFullError: no room; what was half written is removed.
    """
    if report is not None:
        from reid.evidence import report_html

        page = report_html(comparison)
        write_beside(report, lambda path: path.write_text(page, encoding="utf-8"))
    if pictures is not None:
        _save_pictures(comparison, pictures, told)


def write_beside(target: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a file beside ``target``, then rename it.

    Raises:
        InputError: a place that cannot be written.
        StorageFullError: no room; what was half written is removed.
    """
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        write(beside)
        beside.replace(target)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFullError(f"{target}: no room left on the device") from error
        raise InputError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def _save_pictures(comparison: Comparison, folder: Path, told: Report) -> None:
    """Every animal, and the best pair of every flank of every two sightings."""
    from PIL import Image

    from reid.evidence import evidence_picture

    names = picture_names(comparison)
    for done, name in enumerate(names, start=1):
        picture = Image.fromarray(evidence_picture(comparison, name))
        write_beside(folder / name, lambda path, p=picture: _jpeg(p, path))  # type: ignore[misc]
        told("drawing", done, len(names))


def picture_names(comparison: Comparison) -> list[str]:
    """Names of the pictures that ``--pictures`` writes, as the JSON form has them."""
    from reid.evidence import annotation_name, pair_name

    best = [pair_name(flank.best) for pair in comparison.pairs for flank in pair.flanks]
    return list(dict.fromkeys([*best, *(annotation_name(a) for a in comparison.annotations)]))


def _jpeg(picture: Any, path: Path) -> None:
    picture.save(path, "JPEG", quality=JPEG_QUALITY)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: expected a folder that can be written: {error.strerror or error}"
        ) from error
