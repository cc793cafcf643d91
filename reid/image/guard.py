"""Whatever a decoder throws at a hostile file becomes an ``ImageError``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL.Image import DecompressionBombError, DecompressionBombWarning

from reid.errors import ImageDamagedError, ImageError, ImageLimitError


@contextmanager
def guarded(name: str, doing: str) -> Iterator[None]:
    """Turn every exception of the block into an ``ImageError`` that names the file.

    Pillow's plugins let whatever their parsing meets escape (struct, key, index, overflow and
    attribute errors have all been seen), so no shorter list of exceptions is safe here.
    """
    try:
        yield
    except ImageError:
        raise
    except MemoryError as error:
        raise ImageLimitError(
            f"{name}: {doing} needs more memory than there is; make the picture smaller"
        ) from error
    except (DecompressionBombError, DecompressionBombWarning) as error:
        raise ImageLimitError(f"{name}: {error}; make the picture smaller") from error
    except Exception as error:
        if "too large" in str(error):  # Pillow's own guard against inflating text chunks
            raise ImageLimitError(
                f"{name}: {doing} refused: {error}; save the picture again without its metadata"
            ) from error
        raise ImageDamagedError(
            f"{name}: expected an intact picture, but {doing} failed: "
            f"{error or type(error).__name__}; copy the file again from the card"
        ) from error
