"""What the screen says of pictures that show no leopard, and of those that do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reid.pipeline import Engine, PreparedSighting, prepare
from reid.types import Sighting, SightingMedia
from training.evaluation.box_labels import FrameLabels, read_labels
from training.evaluation.frames import UNUSABLE
from training.evaluation.tables import table

LEOPARD = "Panthera pardus"


def species_report(engine: Engine, data: Path) -> str:
    """One row a species: files, refused, loudly flagged, let through as leopards."""
    groups: dict[str, list[str]] = {}
    for labels in read_labels(data):
        if labels.dataset != "leopard":
            groups.setdefault(_name(labels), []).append(_screen(engine, data, labels))
    order = sorted(groups, key=lambda g: (g != LEOPARD, g))
    rows = [(name, len(groups[name]), *_counts(groups[name])) for name in order]
    head = ("what it shows", "files", "refused", "flagged loudly", "let through as a leopard")
    return table(head, rows)


def _name(labels: FrameLabels) -> str:
    return "nothing (blank)" if labels.blank else labels.species


def _screen(engine: Engine, data: Path, labels: FrameLabels) -> str:
    path = data / labels.path
    media = SightingMedia(path.name, path.read_bytes())
    return _outcome(prepare(engine, Sighting(path.stem, (media,))))


def _outcome(found: PreparedSighting) -> str:
    if not found.annotations:
        return "refused"
    flagged = (any(f in UNUSABLE for f in a.annotation.flags) for a in found.annotations)
    return "flagged" if all(flagged) else "through"


def _counts(outcomes: Sequence[str]) -> tuple[int, int, int]:
    return outcomes.count("refused"), outcomes.count("flagged"), outcomes.count("through")
