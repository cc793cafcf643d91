"""The door on real photographs, where they are."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import pytest

from reid.errors import ImageDamagedError, ImageFormatError
from reid.image import near_copies, open_image
from reid.types import Image, Light

DATA = Path(
    os.environ.get("LEOPARD_REID_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.real,
    pytest.mark.skipif(
        not (DATA / "ugly").is_dir(),
        reason="photographs for development are absent: set LEOPARD_REID_DATA",
    ),
]
# Judged by eye, every frame.
INFRARED = {
    "AmurLeopard_31", "AmurTiger_899", "F04_14.08.11_k_IMG_0005", "F04_26.05.11_s_IMG_0004",
    "F05_10.10.11_k_IMG_0160", "RaccoonDog192", "RacoonDog_00211500", "RedFox_1_508",
    "RoeDeer582", "Sable98", "SablebunightSablebunight1173", "SikaDeer410", "SikaDeer_2224",
    "Weasel_1079", "Weasel_1266", "Wildboar_1816", "Y.T.Marten515", "nightBlackBearbunight1670",
    "african_elephants_bw", "american_black_bear", "blank3",
}  # fmt: skip


def ugly(name: str) -> Image:
    return open_image(DATA / "ugly" / name)


def test_light_of_every_frame() -> None:
    folders = ("camera-traps", "leopard/images", "ugly")
    files = [p for f in folders for p in (DATA / f).iterdir() if p.suffix.lower() == ".jpg"]
    wrong = []
    for path in sorted(files):
        found = open_image(path, allow_truncated=True).light
        if found is not (Light.INFRARED if path.stem in INFRARED else Light.COLOUR):
            wrong.append((path.name, found))
    assert len(files) >= 69
    assert wrong == []


def test_rotated_and_cmyk_elephants() -> None:
    assert ugly("african_elephants_with_exif_orientation.jpg").size_wh == (2048, 1536)
    plain, cmyk = ugly("african_elephants.jpg"), ugly("african_elephants_cmyk.jpg")
    assert abs(plain.pixels.astype(int) - cmyk.pixels).mean() < 4


def test_truncated_elephants() -> None:
    with pytest.raises(ImageDamagedError, match="87% of the rows"):
        ugly("african_elephants_truncated_file.jpg")


def test_a_text_beside_the_pictures() -> None:
    with pytest.raises(ImageFormatError, match="text"):
        ugly("LICENCES.md")


def test_camera_of_a_reconyx() -> None:
    image = ugly("blank.jpg")
    assert (image.camera_make, image.camera_model) == ("RECONYX", "HC550 HYPERFIRE")
    assert image.captured_at is not None
    assert image.captured_at.isoformat() == "2016-09-25T18:35:10"


def test_real_frames_are_no_copies_of_each_other_but_of_their_thumbnails() -> None:
    frames = [open_image(p) for p in sorted((DATA / "leopard" / "images").glob("*.jpg"))[:12]]
    for number, frame in enumerate(frames):
        small = cv2.resize(frame.pixels, (480, 360), interpolation=cv2.INTER_AREA)[10:-10, 15:-5]
        jpeg = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 60])[1]
        thumbnail = open_image(jpeg.tobytes())
        found = [k for k, other in enumerate(frames) if near_copies(other, thumbnail)]
        assert found == [number]
