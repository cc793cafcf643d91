"""MegaDetector's JSON: every version, every way of being wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reid.detect.megadetector import Detection, MegaDetectorBoxes, read_megadetector
from reid.errors import TableError
from reid.types import AnnotationOrigin, Box

SHA = "0" * 64
CATEGORIES = {"1": "animal", "2": "person", "3": "vehicle"}


def detection(conf: float = 0.9, category: str = "1", bbox: Any = None) -> dict[str, Any]:
    return {"category": category, "conf": conf, "bbox": bbox or [0.25, 0.5, 0.5, 0.25]}


def read(tmp_path: Path, *images: Any, version: str = "1.4", **extra: Any) -> MegaDetectorBoxes:
    data = {
        "info": {"format_version": version},
        "detection_categories": CATEGORIES,
        "images": list(images),
        **extra,
    }
    path = tmp_path / "md.json"
    path.write_text(json.dumps(data))
    return read_megadetector(path)


@pytest.mark.parametrize("version", ["1.0", "1.3", "1.6"])
def test_boxes_in_pixels(tmp_path: Path, version: str) -> None:
    boxes = read(
        tmp_path,
        {
            "file": "site 1\\cam A\\IMG_1.JPG",
            "max_detection_conf": 0.9,
            "detections": [detection(0.3, bbox=[0, 0.1, 0.2, 0.3]), detection(), detection(0.1)],
        },
        version=version,
    )
    sure, less = boxes.boxes_for("cam A/IMG_1.JPG", media_sha256=SHA, size_wh=(400, 200))
    assert sure.box == Box(100, 100, 200, 50)
    assert (sure.confidence, less.confidence) == (0.9, 0.3)
    assert sure.origin is AnnotationOrigin.MEGADETECTOR
    assert (sure.flags, less.flags) == ((), ("touches-edge",))
    every = boxes.boxes_for("IMG_1.JPG", media_sha256=SHA, size_wh=(4, 4), min_confidence=0)
    assert len(every) == 3


def test_people_vehicles_and_empty_boxes_are_no_animals(tmp_path: Path) -> None:
    rest = [detection(category="2"), detection(category="3"), detection(bbox=[0.2, 0.2, 0, 0.1])]
    boxes = read(tmp_path, {"file": "a.jpg", "detections": rest})
    assert boxes.boxes_for("a.jpg", media_sha256=SHA, size_wh=(9, 9)) == ()


def test_failure_is_not_a_blank(tmp_path: Path) -> None:
    boxes = read(
        tmp_path,
        {"file": "blank.jpg", "detections": []},
        {"file": "bad.jpg", "failure": "Failure image access"},
        {"file": "null.jpg", "detections": None},
    )
    assert boxes.boxes_for("blank.jpg", media_sha256=SHA, size_wh=(9, 9)) == ()
    for name, words in (("bad.jpg", "image access"), ("null.jpg", "no detections")):
        with pytest.raises(TableError, match=words):
            boxes.boxes_for(name, media_sha256=SHA, size_wh=(9, 9))


def test_look_up_by_suffix(tmp_path: Path) -> None:
    files = ("a/cam1/IMG_1.JPG", "a/cam2/IMG_1.JPG", "IMG_2.JPG", "x/IMG_2.JPG")
    boxes = read(tmp_path, *({"file": f, "detections": []} for f in files))
    assert boxes.find("cam2/IMG_1.JPG") == "a/cam2/IMG_1.JPG"
    assert boxes.find("/data/survey/a/cam1/IMG_1.JPG") == "a/cam1/IMG_1.JPG"
    assert boxes.find("IMG_2.JPG") == "IMG_2.JPG"
    assert boxes.find("G_1.JPG") is None
    with pytest.raises(TableError, match=r"a/cam1/IMG_1\.JPG, a/cam2/IMG_1\.JPG"):
        boxes.find("IMG_1.JPG")
    with pytest.raises(TableError, match="expected an entry"):
        boxes.boxes_for("IMG_9.JPG", media_sha256=SHA, size_wh=(9, 9))


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ({"detections": []}, "path in file"),
        ("a.jpg", "path in file"),
        ({"file": "a.jpg", "detections": {}}, "list of detections"),
        ({"file": "a.jpg", "detections": ["x"]}, "expected an object"),
        ({"file": "a.jpg", "detections": [{**detection(), "frame_number": 7}]}, "frame_number 7"),
        ({"file": "a.mp4", "frame_rate": 30, "detections": []}, "video"),
        ({"file": "a.jpg", "detections": [detection(category="9")]}, "'9'"),
        ({"file": "a.jpg", "detections": [detection(conf=1.5)]}, "conf"),
        ({"file": "a.jpg", "detections": [{**detection(), "conf": True}]}, "conf"),
        ({"file": "a.jpg", "detections": [detection(bbox=[10, 10, 200, 90])]}, "relative"),
        ({"file": "a.jpg", "detections": [detection(bbox=[0.5, 0.5, 0.6, 0.1])]}, "relative"),
        ({"file": "a.jpg", "detections": [detection(bbox=[0.5, 0.5, float("nan"), 0])]}, "bbox"),
        ({"file": "a.jpg", "detections": [detection(bbox=[0.5, 0.5])]}, "bbox"),
    ],
)
def test_bad_entries(tmp_path: Path, image: Any, words: str) -> None:
    with pytest.raises(TableError, match=words) as caught:
        read(tmp_path, image)
    assert "images[0]" in str(caught.value)


def test_a_file_twice(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="found it twice"):
        read(tmp_path, {"file": "a.jpg", "detections": []}, {"file": "a.jpg", "failure": "x"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no valid JSON"),
        ("[" * 100_000, "no valid JSON"),
        ("[]", "a bare list"),
        ('{"annotations": []}', "annotations"),
        ('{"images": 3}', "an object with images"),
        ('{"images": [], "info": {"format_version": "2.0"}}', "2.0"),
        ('{"images": [], "detection_categories": []}', "detection_categories"),
    ],
)
def test_other_files(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(TableError, match=words):
        read_megadetector(path)
    with pytest.raises(TableError, match="cannot be read"):
        read_megadetector(tmp_path / "gone.json")


unit = st.floats(0, 1)


@given(unit, unit, unit, unit, st.integers(1, 5000), st.integers(1, 5000))
def test_pixels_stay_inside(
    a: float, b: float, c: float, d: float, width: int, height: int
) -> None:
    bbox = (min(a, b), min(c, d), abs(a - b), abs(c - d))
    boxes = MegaDetectorBoxes({"a.jpg": (Detection("animal", 1.0, bbox),)})
    for found in boxes.boxes_for("a.jpg", media_sha256=SHA, size_wh=(width, height)):
        assert 0 <= found.box.x_px <= found.box.x_px + found.box.width_px <= width + 1e-6
        assert found.box.height_px == pytest.approx(bbox[3] * height, abs=1e-6 * height)
