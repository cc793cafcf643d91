"""Papers as PDF, set by Typst (the extra ``print``): one library without system parts.

What users wrote goes to it as data and never as markup.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import Any

from reid.paper.dossier import Dossier, Picture
from reid.paper.drawn_map import map_svg
from reid.paper.installed import check_pdf
from reid.paper.sheet import Sheet

MAP = "map.svg"


def dossier_pdf(told: Dossier) -> bytes:
    """A dossier as a PDF file.

    Raises:
        ConfigError: the extra ``print`` is not installed.
    """
    drawn = told.map is not None and not told.map.withheld
    svg = {MAP: map_svg(told.map).encode()} if drawn and told.map is not None else {}
    return _set("dossier.typ", {**_plain(asdict(told)), "drawn": drawn}, told.pictures, svg)


def sheet_pdf(told: Sheet) -> bytes:
    """An ID sheet as a PDF file.

    Raises:
        ConfigError: the extra ``print`` is not installed.
    """
    return _set("sheet.typ", _plain(asdict(told)), told.pictures, {})


def _set(
    template: str, told: Mapping[str, Any], pictures: Sequence[Picture], more: Mapping[str, bytes]
) -> bytes:
    check_pdf()
    import typst

    with tempfile.TemporaryDirectory(prefix="leopard-reid-") as folder:
        root = Path(folder)
        for name in ("paper.typ", template):
            (root / name).write_bytes(files("reid.paper").joinpath(name).read_bytes())
        (root / "told.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        for picture in pictures:
            (root / f"{picture.name}.jpg").write_bytes(picture.content)
        for name, content in more.items():
            (root / name).write_bytes(content)
        return bytes(typst.compile(str(root / template), root=str(root), format="pdf"))


def _plain(value: Any) -> Any:
    """As JSON; of a picture's bytes only whether there are any."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return bool(value) if isinstance(value, bytes) else value
