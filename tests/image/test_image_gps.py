"""Where EXIF says that a picture was taken."""

import io

import numpy as np
import pytest
from PIL import Image as Pil

from reid.errors import ImageError
from reid.image import exif_position

HERE = {1: "N", 2: (43.0, 16.0, 18.0), 3: "E", 4: (54.0, 18.0, 54.0)}


def jpeg(gps):
    exif = Pil.Exif()
    exif.get_ifd(0x8825).update(gps)
    out = io.BytesIO()
    Pil.fromarray(np.zeros((8, 8, 3), np.uint8)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def found(gps):
    return exif_position(jpeg(gps), file_name="a.jpg")


def test_degrees_of_all_four_quarters():
    assert found(HERE) == pytest.approx((43.271667, 54.315), abs=1e-6)
    assert found({**HERE, 1: "S", 3: "W"}) == pytest.approx((-43.271667, -54.315), abs=1e-6)


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {2: HERE[2], 4: HERE[4]},
        {1: "N", 2: HERE[2]},
        {**HERE, 2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)},
        {**HERE, 2: (91.0, 0.0, 0.0)},
        {**HERE, 9: "V"},
        {**HERE, 2: (43.0, 16.0)},
    ],
)
def test_no_place_is_made_out_of_what_is_none(gps):
    assert found(gps) is None


def test_what_is_no_picture_is_said():
    with pytest.raises(ImageError):
        exif_position(b"nothing", file_name="a.jpg")
