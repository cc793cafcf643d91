"""One animal's crops as files, and its lines of the metadata table."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
from PIL import Image

from reid.types import Light
from training.synthetic.jpeg import encode_crop
from training.synthetic.spec import Illumination
from training.synthetic.stream import Crop, crops_of
from training.synthetic.survey import Survey, identity_name

# The columns of wildlife-datasets first, then ours.
COLUMNS = (
    "image_id",
    "identity",
    "path",
    "bbox",
    "date",
    "orientation",
    "species",
    "segmentation",
    "mask_path",
    "sighting",
    "station",
    "light",
    "illumination",
    "family",
    "split",
    "width",
    "height",
    "size_px",
    "blur_px",
    "occlusion",
    "cut",
    "yaw_deg",
    "exposure_ev",
)
SPECIES = "synthetic leopard"
_SEEN = {Illumination.INFRARED: Light.INFRARED}
_FOLDER = 100  # animals in a folder


def write_animal(out: Path, survey: Survey, index: int, split: str) -> list[dict[str, str]]:
    """Write all crops of an animal below ``out`` and return its rows.

    The rows are kept in ``rows/`` as the mark that the animal is complete; they are written last.
    """
    identity = identity_name(survey, index)
    folder = Path("images") / f"{index // _FOLDER:04d}" / identity
    (out / folder).mkdir(parents=True, exist_ok=True)
    rows = []
    for crop in crops_of(survey, index):
        path = folder / f"{crop.frame.number:03d}.jpg"
        mask = path.with_suffix(".mask.png")
        (out / path).write_bytes(encode_crop(crop.pixels, crop.frame.spec.jpeg_quality))
        (out / mask).write_bytes(_png(crop))
        rows.append(_row(crop, path, mask, split))
    write_beside(rows_file(out, survey, index), json.dumps(rows))
    return rows


def rows_file(out: Path, survey: Survey, index: int) -> Path:
    """Where an animal's rows lie."""
    return out / "rows" / f"{identity_name(survey, index)}.json"


def write_beside(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_text(text, encoding="utf-8", newline="")
    beside.replace(path)


def _png(crop: Crop) -> bytes:
    target = io.BytesIO()
    Image.fromarray(crop.mask.astype(np.uint8) * 255).convert("1").save(target, "PNG")
    return target.getvalue()


def _row(crop: Crop, path: Path, mask: Path, split: str) -> dict[str, str]:
    spec, box = crop.frame.spec, crop.box
    sides = [] if box is None else [box.x_px, box.y_px, box.width_px, box.height_px]
    height, width = crop.mask.shape
    values: dict[str, object] = {
        "image_id": f"{crop.identity}-{crop.frame.number:03d}",
        "identity": crop.identity,
        "path": path.as_posix(),
        "bbox": json.dumps([int(s) for s in sides]) if sides else "",
        "date": crop.frame.taken.isoformat(),
        "orientation": str(crop.flank),
        "species": SPECIES,
        "segmentation": mask.as_posix(),
        "mask_path": mask.as_posix(),
        "sighting": crop.frame.sighting,
        "station": spec.station,
        "light": str(_SEEN.get(spec.light, Light.COLOUR)),
        "illumination": str(spec.light),
        "family": str(spec.family),
        "split": split,
        "width": width,
        "height": height,
        "size_px": max(sides[2:], default=0),
        "blur_px": round(spec.motion_blur_px + spec.defocus_px, 2),
        "occlusion": round(crop.hidden, 3),
        "cut": round(crop.frame.framing.cut, 3),
        "yaw_deg": round(spec.yaw_deg, 1),
        "exposure_ev": round(spec.exposure_ev, 2),
    }
    return {name: str(values[name]) for name in COLUMNS}
