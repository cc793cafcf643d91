"""One animal in one picture as JSON."""

from __future__ import annotations

from typing import Any

from reid.evidence.names import annotation_name
from reid.types import PreparedAnnotation, View


def annotation_json(animal: PreparedAnnotation) -> dict[str, Any]:
    """One animal in one picture.

    ``id``; ``file``; ``sha256`` of the file; ``size_px`` ([width, height], upright); ``camera``;
    ``captured_at`` (the camera's clock or null); ``light`` ("colour", "infrared"); ``box_px``
    ([left, top, width, height]); ``box_origin``; ``box_confidence``; ``has_mask``; ``view``;
    ``flags`` (of picture, box and annotation together); ``picture`` (name of its picture).
    """
    image, box = animal.image, animal.annotation.box
    flags = (*image.flags, *animal.annotation.flags, *animal.flags)
    return {
        "id": animal.id,
        "file": image.file_name,
        "sha256": image.sha256,
        "size_px": list(image.size_wh),
        "camera": animal.camera,
        "captured_at": image.captured_at.isoformat() if image.captured_at else None,
        "light": image.light.value,
        "box_px": [box.x_px, box.y_px, box.width_px, box.height_px],
        "box_origin": animal.annotation.origin.value,
        "box_confidence": animal.annotation.confidence,
        "has_mask": animal.annotation.mask is not None,
        "view": view_json(animal.view),
        "flags": list(dict.fromkeys(flags)),
        "picture": annotation_name(animal),
    }


def view_json(view: View) -> dict[str, Any]:
    """Flank and quality.

    ``flank`` ("left", "right" or "unknown": the likeliest); ``flank_probability`` (``left``,
    ``right``, ``other``); ``flank_source`` ("user", "estimated", "none"); ``quality``:
    ``sharpness``, ``exposure``, ``contrast``, ``size``, ``coverage`` and the whole, ``usable``,
    each 0 to 1; ``animal_px`` (its length); ``reasons`` (what lowers it, worst first).
    """
    flank, quality = view.flank, view.quality
    return {
        "flank": flank.best.value,
        "flank_probability": {"left": flank.left, "right": flank.right, "other": flank.other},
        "flank_source": flank.source,
        "quality": {
            "sharpness": quality.sharpness,
            "exposure": quality.exposure,
            "contrast": quality.contrast,
            "size": quality.size,
            "coverage": quality.coverage,
            "usable": quality.usable,
            "animal_px": quality.animal_px,
            "reasons": list(quality.reasons),
        },
    }
