"""What the file says of camera and time. Nothing here raises for what a camera wrote."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from PIL import ImageFile

from reid.image.notes import camera_note
from reid.types.camera import CameraNote

_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
# DateTimeOriginal, DateTimeDigitized, DateTime, each with the tag of its offset from UTC.
_TIMES = ((0x9003, 0x9011), (0x9004, 0x9012), (0x0132, 0x9010))
_MAKE, _MODEL, _SERIALS, _ORIENTATION = 0x010F, 0x0110, (0xA431, 0xC62F), 0x0112
_MAKER_NOTE = 0x927C
_TIME = re.compile(r"(\d{4})[:\-/](\d\d)[:\-/](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class CaptureData:
    """Time, camera and orientation (1 to 8) as EXIF gives them; None where it does not.

    ``note`` is the camera's own, where its form is known.
    """

    captured_at: datetime | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    camera_serial: str | None = None
    orientation: int = 1
    flags: tuple[str, ...] = ()
    note: CameraNote | None = None


def read_capture_data(picture: ImageFile.ImageFile) -> CaptureData:
    """EXIF of an opened picture; unreadable EXIF is the flag ``"exif-unreadable"``."""
    try:
        exif = picture.getexif()
        tags = {**exif, **exif.get_ifd(_EXIF_IFD)}
        gps = exif.get_ifd(_GPS_IFD)
    except Exception:  # as in guard.py: parsers of hostile bytes raise anything
        return CaptureData(flags=("exif-unreadable", "capture-time-missing"))
    captured_at, flags = capture_time(tags, now=datetime.now(UTC))
    orientation = tags.get(_ORIENTATION, 1)
    if not (isinstance(orientation, int) and 1 <= orientation <= 8):
        orientation, flags = 1, (*flags, "orientation-impossible")
    make, model = _text(tags.get(_MAKE)), _text(tags.get(_MODEL))
    block, comment = tags.get(_MAKER_NOTE), picture.info.get("comment")
    note = camera_note(make=make, model=model, block=block, comment=comment)
    if captured_at is None and note is not None:
        captured_at, flags = _by_note(note, flags)
    serials = [*(_text(tags.get(tag)) for tag in _SERIALS), note.serial if note else None]
    return CaptureData(
        captured_at=captured_at,
        camera_make=make,
        camera_model=model,
        camera_serial=next((serial for serial in serials if serial), None),
        orientation=orientation,
        flags=(*flags, *_gps_flags(gps), *_note_flags(note, captured_at)),
        note=note,
    )


def capture_time(
    tags: Mapping[int, object], *, now: datetime
) -> tuple[datetime | None, tuple[str, ...]]:
    """The first possible of DateTimeOriginal, DateTimeDigitized and DateTime, and flags.

    Impossible times (``0000:00:00``), a clock that was reset (before 1990, or 1 January 2000)
    and times after ``now`` (aware) are passed over with the flags ``capture-time-impossible``,
    ``-reset`` and ``-future``. DateTime may be the time of an edit: ``capture-time-from-datetime``.
    """
    flags: list[str] = []
    for tag, offset_tag in _TIMES:
        written = _text(tags.get(tag))
        if written is None:
            continue
        moment = _parse(written, _text(tags.get(offset_tag)))
        trouble = _trouble(moment, now)
        if trouble is None:
            flags += ["capture-time-from-datetime"] if tag == _TIMES[-1][0] else []
            return moment, tuple(dict.fromkeys(flags))
        flags.append(f"capture-time-{trouble}")
    return None, tuple(dict.fromkeys(flags)) or ("capture-time-missing",)


def _parse(written: str, offset: str | None) -> datetime | None:
    match = _TIME.match(written)
    zone = _OFFSET.fullmatch(offset or "")
    try:
        moment = datetime(*map(int, match.groups())) if match else None  # type: ignore[arg-type]
        if moment is None or zone is None:
            return moment
        shift = timedelta(hours=int(zone[2]), minutes=int(zone[3]))
        return moment.replace(tzinfo=timezone(-shift if zone[1] == "-" else shift))
    except ValueError:
        return None


def _trouble(moment: datetime | None, now: datetime) -> str | None:
    if moment is None:
        return "impossible"
    if moment.year < 1990 or (moment.year, moment.month, moment.day) == (2000, 1, 1):
        return "reset"
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    # A naive local time is ahead of UTC by up to 14 hours.
    return "future" if aware > now + timedelta(hours=14) else None


def _by_note(note: CameraNote, flags: tuple[str, ...]) -> tuple[datetime | None, tuple[str, ...]]:
    """The clock as the camera's own note has it, where EXIF has none that can be."""
    if note.written_at is None or _trouble(note.written_at, datetime.now(UTC)) is not None:
        return None, flags
    return note.written_at, ("capture-time-from-note",)


def _note_flags(note: CameraNote | None, at: datetime | None) -> tuple[str, ...]:
    """A camera that writes two times writes one, or the file was written anew by something."""
    if note is None or note.written_at is None or at is None:
        return ()
    apart = abs(note.written_at - at.replace(tzinfo=None))
    return ("camera-note-time-differs",) if apart > timedelta(minutes=1) else ()


def _gps_flags(gps: Mapping[int, object]) -> tuple[str, ...]:
    values = [part for tag in (2, 4) for part in _parts(gps.get(tag))]
    return ("gps-unset",) if values and not any(values) else ()


def _parts(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _text(value: object) -> str | None:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    if not isinstance(value, str):
        return None
    return value.replace("\x00", " ").strip() or None
