"""What the file says of camera and time."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as PillowImage

from reid.image import open_image, probe
from reid.image.exif import capture_time

NOW = datetime(2020, 6, 1, tzinfo=UTC)
ORIGINAL, DIGITIZED, DATETIME, OFFSET = 0x9003, 0x9004, 0x0132, 0x9011


def jpeg(base: dict[int, Any], inner: dict[int, Any], gps: dict[int, Any]) -> bytes:
    exif = PillowImage.Exif()
    for tag, value in base.items():
        exif[tag] = value
    exif.get_ifd(0x8769).update(inner)
    exif.get_ifd(0x8825).update(gps)
    out = io.BytesIO()
    PillowImage.fromarray(np.zeros((8, 8, 3), np.uint8)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_camera_and_time_from_a_file() -> None:
    content = jpeg(
        {0x010F: "Acme\x00", 0x0110: "Trap 3000   ", DATETIME: "2019:01:01 00:00:00"},
        {ORIGINAL: "2018:12:07 16:27:00", 0xA431: "SN42"},
        {2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
    )
    image = open_image(content)
    assert image.captured_at == datetime(2018, 12, 7, 16, 27)
    assert (image.camera_make, image.camera_model, image.camera_serial) == (
        "Acme",
        "Trap 3000",
        "SN42",
    )
    assert image.flags == ("gps-unset",)
    assert probe(content).capture.captured_at == image.captured_at


def test_order_of_the_three_times() -> None:
    tags: dict[int, object] = {
        DATETIME: "2019:03:03 03:03:03",
        DIGITIZED: "2019:02:02 02:02:02",
        ORIGINAL: "2019:01:01 01:01:01",
    }
    found = []
    for drop in (None, ORIGINAL, DIGITIZED, DATETIME):
        tags.pop(drop or 0, None)
        found.append(capture_time(tags, now=NOW))
    assert [at.month if at else None for at, _ in found] == [1, 2, 3, None]
    assert [flags for _, flags in found] == [
        (),
        (),
        ("capture-time-from-datetime",),
        ("capture-time-missing",),
    ]


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        ("0000:00:00 00:00:00", "impossible"),
        ("2018:13:07 16:27:00", "impossible"),
        ("2018:02:30 16:27:00", "impossible"),
        ("2018:02:03 25:00:00", "impossible"),
        ("    :  :     :  :  ", "impossible"),
        ("yesterday", "impossible"),
        ("1970:01:01 00:00:13", "reset"),
        ("1980:01:01 00:00:00", "reset"),
        ("2000:01:01 00:04:00", "reset"),
        ("2031:01:01 00:00:00", "future"),
    ],
)
def test_times_that_cannot_be(written: str, flag: str) -> None:
    assert capture_time({ORIGINAL: written}, now=NOW) == (None, (f"capture-time-{flag}",))
    good = {ORIGINAL: written, DIGITIZED: "2019:02:02 02:02:02"}
    assert capture_time(good, now=NOW) == (
        datetime(2019, 2, 2, 2, 2, 2),
        (f"capture-time-{flag}",),
    )


def test_zone_only_when_the_file_gives_one() -> None:
    written = "2018:12:07 16:27:00"
    at, _ = capture_time({ORIGINAL: written, OFFSET: "+05:00"}, now=NOW)
    assert at is not None
    assert at.utcoffset() == timedelta(hours=5)
    for nonsense in ("", "99:99", "+99:00"):
        at, _ = capture_time({ORIGINAL: written, OFFSET: nonsense}, now=NOW)
        assert at is None or at.tzinfo is None


@given(st.datetimes(datetime(2001, 1, 1), datetime(2020, 5, 1)))
def test_times_come_back(moment: datetime) -> None:
    written = moment.strftime("%Y:%m:%d %H:%M:%S")
    assert capture_time({ORIGINAL: written}, now=NOW)[0] == moment.replace(microsecond=0)


@given(st.one_of(st.text(max_size=30), st.binary(max_size=30), st.integers(), st.none()))
def test_nothing_a_camera_wrote_raises(value: object) -> None:
    at, flags = capture_time({ORIGINAL: value, OFFSET: value}, now=NOW)
    assert (at is None) == any(f.startswith("capture-time-") for f in flags)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_unreadable_exif_and_orientation_are_flags() -> None:
    out = io.BytesIO()
    black = PillowImage.fromarray(np.zeros((8, 8, 3), np.uint8))
    black.save(out, "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    assert any("exif" in f or "missing" in f for f in open_image(out.getvalue()).flags)
    assert "orientation-impossible" in open_image(jpeg({0x0112: 77}, {}, {})).flags
