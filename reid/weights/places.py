"""Where weights lie: what this installation brought, and what was fetched or added."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

ROOT_VARIABLE = "LEOPARD_REID_WEIGHTS"
REQUIREMENTS = "requirements.txt"
MATCHERS = "requirements-matchers.txt"
THIRD_PARTY = "third_party"

_PACKAGED = Path(__file__).resolve().parent / "shipped"  # setup.py puts it into the wheel
_CLONE = Path(__file__).resolve().parents[2] / "weights"


def weights_root() -> Path:
    """Where packages of weights are fetched to, and where a user's own bundles lie.

    ``$LEOPARD_REID_WEIGHTS``, else ``weights/`` of the clone that runs, else
    ``leopard-reid/weights`` in the user's data directory.
    """
    chosen = os.environ.get(ROOT_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if (_CLONE / REQUIREMENTS).is_file():
        return _CLONE
    return Path(platformdirs.user_data_dir("leopard-reid")) / "weights"


def shipped_root() -> Path:
    """The bundles that came with this code: in the installed package, else in the clone."""
    return _PACKAGED if _PACKAGED.is_dir() else _CLONE


def bundle_roots() -> tuple[Path, ...]:
    """Where a bundle is looked for, first come: a user's own goes before a shipped one."""
    return tuple(dict.fromkeys((weights_root(), shipped_root())))


def find_shipped(name: str) -> Path:
    """The path of a bundle's file (``flank-head/flank-head.json``): the first that is there, else
    where the shipped one should be.
    """
    places = [root / name for root in bundle_roots()]
    return next((path for path in places if path.exists()), places[-1])
