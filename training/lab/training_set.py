"""A frozen training set: one file that says every picture, outline and label by its hash.

``manifest.json`` with ``masks/`` beside it is enough to train again bit for bit wherever the same
media lie; no path stands in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from reid.errors import InputsChangedError, NotFoundError, TableError
from reid.labels.dealing import Part
from reid.pipeline.engine import code_version
from reid.types import Box, Flank, Light
from training.data import Dataset, Rights, Row, Use
from training.lab.rejected import Rejected, Sides, sides_of
from training.lab.seen import LeftOut
from training.lab.start import Start

SCHEMA = "leopard-reid/training-set/1"
MANIFEST, MASKS = "manifest.json", "masks"
_NOT_HASHED = ("sha256", "made_at", "name")


@dataclass(frozen=True, slots=True)
class Entry:
    """One animal in one picture.

    ``box`` [x, y, width, height] in pixels of the upright picture; ``mask_sha256`` names the
    outline in ``masks/`` ("": the whole box). ``group`` numbers pictures that must never find each
    other: one sighting, or equal files.
    """

    id: str
    source: str
    identity: str
    flank: Flank
    part: Part
    sighting: str
    station: str
    group: int
    media_sha256: str
    box: tuple[float, float, float, float]
    mask_sha256: str
    light: Light
    usable: float

    @property
    def flank_class(self) -> str:
        """What a matcher can know: one flank of one individual."""
        return f"{self.identity}|{self.flank}"


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Entries with everything that the weights follow from; ``sha256`` is over all of it.

    ``sources`` say name, table hash and licence of the data, once for each licence, and of how many
    pictures. ``licence``, ``use``: of the whole.
    ``start``: champion and recipe, None of sets from before these were frozen, and of sets that
    nothing was trained on. ``name``: what the bundle is called; no weights follow from it.
    ``rejected``: what people called two animals, with the part in which it counts or the reason
    why it does not; where nothing was, nothing is written of it.
    """

    entries: tuple[Entry, ...] = field(repr=False)
    left_out: tuple[LeftOut, ...] = field(repr=False)
    sources: tuple[Mapping[str, str], ...]
    licence: str
    use: Use
    seed: int
    event: int
    code_version: str
    made_at: str
    sha256: str = ""
    start: Start | None = None
    name: str = ""
    rejected: tuple[Rejected, ...] = ()

    @property
    def day(self) -> date:
        """On which it was frozen: the date of everything that a run of it makes, so that one that
        goes on after midnight, or is made again, ends with the same bytes.
        """
        return datetime.fromisoformat(self.made_at).date()

    @property
    def source_names(self) -> tuple[str, ...]:
        """The catalogue and the tables that it was frozen from, by name."""
        return tuple(dict.fromkeys(source["name"] for source in self.sources))

    def of(self, part: Part) -> tuple[Entry, ...]:
        """The entries of one part."""
        return tuple(e for e in self.entries if e.part is part)

    def sides(self, part: Part) -> Sides:
        """The rejected pairs that count in one part, by the numbers of its entries."""
        return sides_of(self.rejected, self.of(part), part)


def make_training_set(
    entries: Sequence[Entry],
    left_out: Sequence[LeftOut],
    *,
    sources: Sequence[Mapping[str, str]],
    licence: str,
    use: Use,
    seed: int,
    event: int = 0,
    rejected: Sequence[Rejected] = (),
) -> TrainingSet:
    """Freeze them, in an order of their own."""
    ordered = tuple(sorted(entries, key=lambda e: (e.source, e.id)))
    made = TrainingSet(
        ordered,
        tuple(left_out),
        tuple(sources),
        licence,
        use,
        seed,
        event,
        code_version(),
        datetime.now(UTC).isoformat(timespec="seconds"),
        rejected=tuple(rejected),
    )
    return replace(made, sha256=_digest(plain(made)))


def begun(made: TrainingSet, start: Start, name: str) -> TrainingSet:
    """The set with what is trained from it: other champions and recipes are other sets."""
    whole = replace(made, start=start, name=name)
    return replace(whole, sha256=_digest(plain(whole)))


def plain(made: TrainingSet) -> dict[str, Any]:
    """As JSON says it; a set without a start, or of which nothing was rejected, keeps the hash that
    it was frozen with.
    """
    told = {"schema": SCHEMA, **asdict(made)}
    if made.start is None:
        del told["start"]
    if not made.rejected:
        del told["rejected"]
    return told


def _digest(content: Mapping[str, Any]) -> str:
    told = {k: v for k, v in content.items() if k not in _NOT_HASHED}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def write_training_set(made: TrainingSet, folder: Path) -> Path:
    """``manifest.json`` in the folder, written beside and renamed."""
    folder.mkdir(parents=True, exist_ok=True)
    path, beside = folder / MANIFEST, folder / f"{MANIFEST}.part"
    beside.write_text(json.dumps(plain(made), indent=1, ensure_ascii=False) + "\n", "utf-8")
    beside.replace(path)
    return path


def read_training_set(path: Path) -> TrainingSet:
    """What `write_training_set` wrote; a folder: its ``manifest.json``.

    Raises:
        TableError: no such file, or none of ours.
        InputsChangedError: its content is not what its hash says.
    """
    path = path / MANIFEST if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("schema") != SCHEMA:
            raise ValueError(f"another schema than {SCHEMA}")
        made = _parsed(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TableError(
            f"{path}: expected a frozen training set ({SCHEMA}), found {type(error).__name__}: "
            f"{error}; make one with `reid train --from-catalogue`"
        ) from error
    found = _digest(plain(made))
    if found != made.sha256:
        raise InputsChangedError(
            f"{path}: expected the content of {made.sha256[:12]}, found {found[:12]}: it was "
            "changed after it was frozen; freeze the set anew"
        )
    return made


def _parsed(content: dict[str, Any]) -> TrainingSet:
    entries = []
    for entry in content["entries"]:
        kinds = {
            "flank": Flank(entry["flank"]),
            "part": Part(entry["part"]),
            "light": Light(entry["light"]),
            "box": tuple(entry["box"]),
        }
        entries.append(Entry(**{**entry, **kinds}))
    left_out = tuple(LeftOut(**one) for one in content["left_out"])
    rejected = tuple(Rejected(**one) for one in content.get("rejected", ()))
    parts = {"entries": tuple(entries), "left_out": left_out, "use": Use(content["use"])}
    start = Start(**content["start"]) if content.get("start") else None
    more = {"sources": tuple(content["sources"]), "start": start, "rejected": rejected}
    return TrainingSet(**{**content, **parts, **more})


def dataset_of(
    made: TrainingSet, folder: Path, media: Callable[[Entry], Path], parts: Sequence[Part]
) -> Dataset:
    """The entries of these parts as a table's rows; ``media`` says where a picture lies.

    Raises:
        NotFoundError: a picture or an outline is not there.
        InputsChangedError: a picture is not the one that was frozen.
    """
    rows = tuple(_row(e, folder, media(e)) for e in made.entries if e.part in parts)
    rights = Rights(made.licence, made.use, MANIFEST)
    return Dataset("training-set", folder, rows, rights, made.sha256)


def _row(entry: Entry, folder: Path, path: Path) -> Row:
    if not path.is_file():
        raise NotFoundError(
            f"{entry.id}: expected its picture {entry.media_sha256[:12]} at {path}, found none; "
            "name the catalogue and tables that the set was frozen from"
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != entry.media_sha256:
        raise InputsChangedError(
            f"{path}: expected the picture {entry.media_sha256[:12]} of {entry.id}, found "
            f"{found[:12]}; bring the frozen one back, or freeze the set anew"
        )
    mask = folder / MASKS / f"{entry.mask_sha256}.png" if entry.mask_sha256 else None
    if mask is not None and not mask.is_file():
        raise NotFoundError(f"{entry.id}: expected its outline at {mask}, found none")
    return Row(
        image_id=f"{entry.source}/{entry.id}",
        identity=entry.identity,
        path=path,
        box=Box(*entry.box),
        flank=entry.flank,
        sighting=f"group-{entry.group}",
        light=entry.light,
        mask_path=mask,
        split=entry.part.value,
        extra={"station": entry.station} if entry.station else {},
    )
