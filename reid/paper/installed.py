"""Whether PDF can be made here: the extra ``print`` is installed or not."""

from __future__ import annotations

from importlib.util import find_spec

from reid.errors import ConfigError


def pdf_is_there() -> bool:
    """Whether the extra is installed."""
    return find_spec("typst") is not None


def check_pdf() -> None:
    """Before anything is gathered.

    Raises:
        ConfigError: the extra is not installed.
    """
    if not pdf_is_there():
        raise ConfigError(
            "PDF needs the extra print: pip install 'leopard-reid[print]'; HTML does not"
        )
