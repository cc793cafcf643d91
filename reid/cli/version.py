"""``reid version``: what is installed."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

from reid import __version__
from reid.cli import options
from reid.cli.console import plain_table, show, show_json

PACKAGES = ("torch", "timm", "faiss-cpu", "opencv-python-headless", "numpy", "sqlalchemy")


def version(as_json: options.Json = False) -> None:
    """The version of leopard-reid and of what its answers depend on."""
    found = {"leopard-reid": __version__, "python": platform.python_version()}
    found |= {name: _installed(name) for name in PACKAGES}
    if as_json:
        show_json(found)
    else:
        show(*plain_table(found))


def _installed(name: str) -> str:
    try:
        return installed(name)
    except PackageNotFoundError:
        return "not installed"
