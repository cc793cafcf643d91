"""leopard-reid: do these photographs show the same leopard?

::

    from pathlib import Path
    import reid

    engine = reid.Engine.load()
    autumn = reid.sighting_from_folder(Path("september")).sightings
    winter = reid.sighting_from_folder(Path("december")).sightings
    answer = reid.compare(engine, [*autumn, *winter])
    print(answer.summary)
    Path("report.html").write_text(reid.report_html(answer), encoding="utf-8")

Reading: `open_image` (a picture), `sighting_from_folder`, `read_sightings` (tables, or folders of
folders), and `Sighting`, `SightingMedia`, `Box`, `Flank` for what is in memory.
Answering: `Engine` (models, loaded once), `prepare`, `compare`, `Library` (a catalogue: enrol and
identify). Answers: `Comparison`, `VerdictKind`, `comparison_json`, `report_html`. Every error
raised on purpose is a `ReidError`; `reid.errors` draws the tree.

Names load what they need when they are first used, so that ``import reid`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reid.errors import ReidError
    from reid.evidence import comparison_json, report_html
    from reid.image import open_image
    from reid.pipeline import Engine, Library, compare, prepare
    from reid.tables import read_sightings, sighting_from_folder
    from reid.types import Box, Comparison, Flank, Sighting, SightingMedia, VerdictKind

__version__ = "0.1.0"

__all__ = [
    "Box",
    "Comparison",
    "Engine",
    "Flank",
    "Library",
    "ReidError",
    "Sighting",
    "SightingMedia",
    "VerdictKind",
    "__version__",
    "compare",
    "comparison_json",
    "open_image",
    "prepare",
    "read_sightings",
    "report_html",
    "sighting_from_folder",
]

_HOMES = {
    "reid.errors": ("ReidError",),
    "reid.evidence": ("comparison_json", "report_html"),
    "reid.image": ("open_image",),
    "reid.pipeline": ("Engine", "Library", "compare", "prepare"),
    "reid.tables": ("read_sightings", "sighting_from_folder"),
    "reid.types": ("Box", "Comparison", "Flank", "Sighting", "SightingMedia", "VerdictKind"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'reid' has no attribute {name!r}; see reid.__all__")
    value: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value  # asked once
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
