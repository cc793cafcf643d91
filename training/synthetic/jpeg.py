"""Files that say of themselves that they are synthetic."""

from __future__ import annotations

import io
from datetime import datetime

from PIL import ExifTags, Image

from training.synthetic.arrays import U8
from training.synthetic.rendered import Rendered

LABEL = "SYNTHETIC leopard-reid"


def encode_jpeg(
    rendered: Rendered,
    *,
    captured_at: datetime | None = None,
    camera_model: str = "trail camera",
) -> bytes:
    """A JPEG of ``rendered.spec.jpeg_quality`` with EXIF.

    ImageDescription, UserComment, Make and Software all say "SYNTHETIC leopard-reid";
    DateTimeOriginal is the camera's clock, without a zone, and left out when not given.
    """
    target = io.BytesIO()
    picture = Image.fromarray(rendered.pixels)
    exif = _exif(captured_at, camera_model)
    picture.save(target, "JPEG", quality=rendered.spec.jpeg_quality, exif=exif.tobytes())
    return target.getvalue()


def encode_crop(pixels: U8, quality: int) -> bytes:
    """A small JPEG (H, W, 3) of a training set, whose EXIF says only that it is synthetic."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = LABEL
    target = io.BytesIO()
    Image.fromarray(pixels).save(target, "JPEG", quality=quality, exif=exif.tobytes())
    return target.getvalue()


def _exif(captured_at: datetime | None, camera_model: str) -> Image.Exif:
    exif = Image.Exif()
    for tag in (ExifTags.Base.ImageDescription, ExifTags.Base.Make, ExifTags.Base.Software):
        exif[tag] = LABEL
    exif[ExifTags.Base.Model] = f"SYNTHETIC {camera_model}"
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    inner[ExifTags.Base.UserComment] = b"ASCII\0\0\0" + LABEL.encode("ascii")
    if captured_at is not None:
        clock = captured_at.strftime("%Y:%m:%d %H:%M:%S")
        exif[ExifTags.Base.DateTime] = clock
        inner[ExifTags.Base.DateTimeOriginal] = clock
    return exif
