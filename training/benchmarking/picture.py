"""What one picture costs, stage by stage: milliseconds, and memory while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from reid.pipeline import Engine, PreparedSighting, prepare
from reid.types import Sighting
from training.benchmarking.memory import MemoryWatch
from training.benchmarking.stages import Clock, timed
from training.evaluation.tables import table


def picture_table(engine: Engine, sightings: Sequence[Sighting]) -> tuple[str, int]:
    """The table, and how many pictures it is a mean of. The catalogue's part is not in it."""
    clock, watch = Clock(), MemoryWatch()
    with timed(engine, clock) as watched:
        for sighting in sightings:
            prepare(watched, sighting)
    with timed(engine, watch) as watched:
        measured = [prepare(watched, sighting) for sighting in sightings]
    count = sum(len(sighting.media) for sighting in sightings)
    rows = [
        (stage, f"{1000 * seconds / count:.1f}", _mb(watch.added_mb.get(stage)))
        for stage, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1])
    ]
    rows += [(f"kept: {name}", "", f"{size / count / 1e6:.2f}") for name, size in _kept(measured)]
    return table(("stage", "ms a picture", "MB"), rows), count


def _mb(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _kept(measured: Sequence[PreparedSighting]) -> list[tuple[str, int]]:
    """Bytes of what is measured, all pictures together; the catalogue compresses the features."""
    animals = [animal for one in measured for animal in one.annotations]
    pixels = {animal.image.sha256: animal.image.pixels.nbytes for animal in animals}
    features = [f for animal in animals for f in (animal.features, animal.mirrored)]
    arrays = ("xy_px", "scale_px", "angle_rad", "descriptors", "weight")
    return [
        ("pixels", sum(pixels.values())),
        ("local features", sum(getattr(f, name).nbytes for f in features for name in arrays)),
        ("embedding", sum(animal.embedding.vector.nbytes for animal in animals)),
    ]
