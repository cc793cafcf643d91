"""Opening a picture as far as its header, with the limits checked before any decoding."""

from __future__ import annotations

import io
from collections.abc import Callable

from PIL import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from reid.errors import ImageFormatError, ImageLimitError
from reid.image.guard import guarded
from reid.image.limits import ImageLimits

# The plugins themselves, not PIL.Image.open: nothing but these four is ever tried, and neither
# the global pixel limit nor the global list of plugins is involved.
_PLUGINS: dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "TIFF": TiffImageFile,
}
_WIDTH, _HEIGHT = 256, 257
_DNG_VERSION, _NEW_SUBFILE_TYPE = 50706, 254


def check_bytes(count: int, limits: ImageLimits, name: str) -> None:
    """Raise ``ImageLimitError`` when the file has more bytes than allowed."""
    if count > limits.max_bytes:
        raise ImageLimitError(
            f"{name}: expected at most {limits.max_bytes:,} bytes, found {count:,}; "
            "make it smaller or raise max_bytes"
        )


def open_header(
    content: bytes, image_format: str, limits: ImageLimits, name: str
) -> ImageFile.ImageFile:
    """The file opened by Pillow, not yet decoded; its size is within the limits.

    Raises:
        ImageLimitError: more pixels than allowed, or an animation.
        ImageFormatError: a camera's raw file in the clothes of a TIFF.
        ImageDamagedError: a header that cannot be read.
    """
    _check_webp_canvas(content, image_format, limits, name)
    with guarded(name, f"reading the {image_format} header"):
        picture = _PLUGINS[image_format](io.BytesIO(content))
    _check_pixels(picture.size, limits, name)
    _check_still(picture, image_format, name)
    return picture


def stored_size(picture: ImageFile.ImageFile) -> tuple[int, int]:
    """Width and height as stored. Pillow's own size of a TIFF may be turned already."""
    if isinstance(picture, TiffImageFile):
        return int(picture.tag_v2[_WIDTH]), int(picture.tag_v2[_HEIGHT])
    return picture.size


def has_more_pages(picture: ImageFile.ImageFile, image_format: str, name: str) -> bool:
    """Whether a TIFF has a second page. The first page is current afterwards."""
    if image_format != "TIFF":
        return False
    with guarded(name, "reading the TIFF pages"):
        try:
            picture.seek(1)
        except EOFError:
            return False
        finally:
            picture.seek(0)
    return True


def _check_pixels(size_wh: tuple[int, int], limits: ImageLimits, name: str) -> None:
    width, height = size_wh
    if width * height > limits.max_pixels:
        raise ImageLimitError(
            f"{name}: expected at most {limits.max_pixels / 1e6:g} million pixels, found "
            f"{width} x {height}; make it smaller or raise max_pixels"
        )


def _check_webp_canvas(content: bytes, image_format: str, limits: ImageLimits, name: str) -> None:
    """WebP reserves its canvas when opened, so an extended header is read before that."""
    if image_format == "WEBP" and content[12:16] == b"VP8X" and len(content) >= 30:
        width = 1 + int.from_bytes(content[24:27], "little")
        height = 1 + int.from_bytes(content[27:30], "little")
        _check_pixels((width, height), limits, name)


def _check_still(picture: ImageFile.ImageFile, image_format: str, name: str) -> None:
    if image_format == "TIFF":
        tags = getattr(picture, "tag_v2", {})
        if _DNG_VERSION in tags or tags.get(_NEW_SUBFILE_TYPE) == 1:
            raise ImageFormatError(
                f"{name}: expected a developed picture, found a camera raw file; export it as JPEG"
            )
    elif getattr(picture, "n_frames", 1) > 1:
        raise ImageLimitError(
            f"{name}: expected one still picture, found an animation of "
            f"{getattr(picture, 'n_frames', 0)} frames; export the frames you want"
        )
