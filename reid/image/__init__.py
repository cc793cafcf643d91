"""The one door for pictures: decode, orient, limit, date."""

from reid.image.copies import near_copies
from reid.image.door import ImageHeader, open_image, probe
from reid.image.exif import CaptureData
from reid.image.gps import exif_position
from reid.image.light import light_of
from reid.image.limits import DEFAULT_LIMITS, ImageLimits

__all__ = [
    "DEFAULT_LIMITS",
    "CaptureData",
    "ImageHeader",
    "ImageLimits",
    "exif_position",
    "light_of",
    "near_copies",
    "open_image",
    "probe",
]
