"""Strips that cameras burn into pictures: read by the extra ``ocr``, off unless asked for."""

from reid.strips.parse import Line, reading_of
from reid.strips.reader import StripReader

__all__ = ["Line", "StripReader", "reading_of"]
