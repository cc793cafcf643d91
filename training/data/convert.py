"""Public datasets to our table: ``python -m training.data.convert KIND FOLDER``.

Writes ``metadata.csv`` and ``dataset.json`` into the folder that the publisher's archive was
unpacked to; no picture is copied or changed.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reid.errors import TableError
from training.data.rights import CARDS, card_facts
from training.data.rows import identity_of
from training.data.table import TABLE, read_dataset

HEAD = ("image_id", "identity", "path", "bbox", "date", "orientation", "species", "segmentation")
Line = dict[str, str]
WILDME_NOBODY = "____"
_SIDES = ("left", "right", "front", "back")


def wildme(folder: Path) -> Iterator[Line]:
    """COCO as Wild Me publishes it (LeopardID2022, HyenaID2022 on LILA).

    ``*.coco/annotations/instances_train*.json``: an annotation's ``name`` is the individual,
    ``viewpoint`` the side, ``segmentation`` often the (turned) box, and then no outline.
    """
    found = sorted(folder.glob("*.coco/annotations/instances_train*.json"))
    if len(found) != 1:
        raise TableError(f"{folder}: expected one *.coco/annotations/instances_train*.json")
    content = json.loads(found[0].read_text(encoding="utf-8"))
    year = found[0].stem.removeprefix("instances_train")
    pictures = found[0].parents[1].relative_to(folder) / "images" / f"train{year}"
    image = {i["id"]: i for i in content["images"]}
    kind = {c["id"]: c["name"] for c in content["categories"]}
    for number, animal in enumerate(content["annotations"]):
        seen, name = image[animal["image_id"]], str(animal.get("name") or "")
        ring = animal["segmentation"][0] if animal.get("segmentation") else []
        yield {
            "image_id": f"{found[0].parents[1].stem}-{number}",
            "identity": "" if name == WILDME_NOBODY else identity_of(name),
            "path": (pictures / seen["file_name"]).as_posix(),
            "bbox": json.dumps(_around(ring) if ring else animal["bbox"]),
            "date": _date(str(seen.get("date_captured") or "")),
            "orientation": _side(str(animal.get("viewpoint") or "")),
            "species": kind[animal["category_id"]],
            "segmentation": json.dumps([ring]) if len(ring) > 8 else "",  # 4 corners: a box
        }


def atrw(folder: Path) -> Iterator[Line]:
    """The re-identification training part of ATRW: ``reid_list_train.csv`` and its crops.

    An identity is one flank of one tiger; which flank is not said.
    """
    lists = sorted(folder.rglob("reid_list_train.csv"))
    if len(lists) != 1:
        raise TableError(f"{folder}: expected one reid_list_train.csv, found {len(lists)}")
    where = {path.name: path.relative_to(folder) for path in folder.rglob("*.jpg")}
    with lists[0].open(newline="", encoding="utf-8") as file:
        for identity, name in csv.reader(file):
            if name not in where:
                raise TableError(f"{lists[0].name}: expected the picture {name}, found none")
            yield {
                "image_id": Path(name).stem,
                "identity": identity,
                "path": where[name].as_posix(),
                "species": "Panthera tigris altaica",
            }


def stripespotter(folder: Path) -> Iterator[Line]:
    """StripeSpotter: ``data/SightingData.csv`` and pictures ``img-...NNN.jpg`` below."""
    where = {
        int(p.stem[-3:]): p.relative_to(folder)
        for p in sorted(folder.rglob("img*.jpg"))
        if p.stem[-3:].isdigit()
    }
    with (folder / "data" / "SightingData.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            number = int(line["#imgindex"])
            if number in where:
                yield {
                    "image_id": f"zebra-{number}",
                    "identity": identity_of(line["animal_name"]),
                    "path": where[number].as_posix(),
                    "bbox": json.dumps([int(v) for v in line["roi"].split()]),
                    "date": _date(line["sighting_date"]),
                    "orientation": _side(line["flank"]),
                    "species": "Equus",
                }


KINDS: dict[str, tuple[Callable[[Path], Iterator[Line]], str]] = {
    "leopard-id-2022": (wildme, "leopard-id-2022.md"),
    "hyena-id-2022": (wildme, "hyena-id-2022.md"),
    "atrw": (atrw, "amur-tiger.md"),
    "stripespotter": (stripespotter, "stripespotter.md"),
}


def convert(kind: str, folder: Path, *, cards: Path = CARDS) -> Path:
    """Write the table and the rights of a published dataset; returns the table's path.

    Raises:
        TableError: the folder does not hold what the publisher's archive does.
    """
    read, card = KINDS[kind]
    try:
        lines = list(read(folder))
    except (OSError, KeyError, ValueError, IndexError, TypeError) as error:
        raise TableError(
            f"{folder}: expected the unpacked archive of {kind} ({card} says which), found "
            f"{type(error).__name__}: {error}"
        ) from error
    facts = card_facts(cards / card)
    said = {k: facts[k] for k in ("name", "licence", "use", "pictures") if k in facts}
    (folder / "dataset.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEAD, restval="")
        writer.writeheader()
        writer.writerows(lines)
    return folder / TABLE


def _around(ring: list[float]) -> list[float]:
    xs, ys = ring[0::2], ring[1::2]
    return [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)]


def _side(written: str) -> str:
    return written.lower() if written.lower() in _SIDES else ""


def _date(written: str) -> str:
    """ISO of ``2018-12-07 ...`` and ``2018:12:07 ...``; empty for all that is no such date."""
    from datetime import datetime

    text = written.strip().replace("/", "-")
    for form in ("%Y-%m-%d %H:%M:%S", "%Y:%m:%d %H:%M:%S", "%Y-%m-%d", "%m-%d-%Y"):
        try:
            return datetime.strptime(text, form).isoformat()
        except ValueError:
            continue
    return ""


def main(words: list[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("kind", choices=sorted(KINDS))
    parser.add_argument("folder", type=Path)
    asked: Any = parser.parse_args(words)
    table = convert(asked.kind, asked.folder)
    found = read_dataset(table)
    print(f"{table}: {len(found)} animals, {len(found.identities)} individuals, {found.rights}")


if __name__ == "__main__":
    main()
