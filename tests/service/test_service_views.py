"""Crops and frames for eyes: small, upright, without EXIF, kept by browsers."""

import io

import pytest
from PIL import Image

GPS, ORIENTATION = 0x8825, 0x0112


@pytest.fixture
def tagged(picture):
    """A picture on its side with a position in its EXIF, as cameras write it."""
    upright = Image.open(io.BytesIO(picture()))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # shown turned by 90 degrees: 240 wide, 320 high
    exif[GPS] = {1: "N", 2: (43.0, 16.0, 18.5), 3: "E", 4: (54.0, 18.0, 51.0)}
    stream = io.BytesIO()
    upright.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


@pytest.fixture
def pictures(client, submit, tagged):
    """``pictures(kind, size)``: GET one of a stored sighting's only animal."""
    assert b"Exif" in tagged
    (animal,) = submit(client, files={"IMG 1.JPG": tagged}).json()["annotations"]

    def get(kind, size="medium", **headers):
        path = animal["picture"].removesuffix("picture") + kind
        return client.get(path, params={"size": size}, headers=headers)

    return get


@pytest.mark.parametrize("size", ["small", "medium", "large"])
@pytest.mark.parametrize("kind", ["crop", "frame"])
def test_a_picture_carries_nothing_but_itself(pictures, kind, size):
    answer = pictures(kind, size)
    assert answer.headers["content-type"] == "image/jpeg"
    assert b"Exif" not in answer.content
    shown = Image.open(io.BytesIO(answer.content))
    assert not shown.getexif()
    expected = (240, 320)  # upright, and never larger than it was
    if (kind, size) == ("crop", "small"):
        expected = (120, 160)
    assert shown.size == expected


@pytest.mark.parametrize("kind", ["crop", "frame"])
def test_a_browser_asks_once(pictures, kind):
    first = pictures(kind)
    assert "private" in first.headers["cache-control"]
    assert "immutable" in first.headers["cache-control"]
    again = pictures(kind, **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = pictures("frame" if kind == "crop" else "crop", "large")
    assert other.headers["etag"] != first.headers["etag"]


def test_what_is_not_there_is_said(client, pictures, check_problem):
    check_problem(pictures("crop", "huge"), 422, "invalid")
    path = "/v1/sightings/november/annotations/nobody/crop"
    check_problem(client.get(path), 404, "not-found")
    path = "/v1/sightings/october/annotations/nobody/frame"
    check_problem(client.get(path), 404, "not-found")
