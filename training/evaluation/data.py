"""Where the photographs for development are."""

from __future__ import annotations

import os
from pathlib import Path

from reid.errors import NotFoundError

ROOT = Path(__file__).resolve().parents[2]


def data_folder(given: Path | None) -> Path:
    """``given``, else ``LEOPARD_REID_DATA``, else ``../shared/data`` beside the project.

    Raises:
        NotFoundError: no such folder with a ``leopard`` folder in it.
    """
    named = os.environ.get("LEOPARD_REID_DATA")
    folder = given or (Path(named) if named else ROOT.parent / "shared" / "data")
    if not (folder / "leopard").is_dir():
        raise NotFoundError(
            "expected a folder of photographs that holds `leopard`, found none: give --data DIR "
            "or set LEOPARD_REID_DATA"
        )
    return folder
