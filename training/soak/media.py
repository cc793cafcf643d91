"""Small synthetic pictures to send, each upload's bytes its own."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from PIL import Image as Pil

from reid.types import Flank
from training.soak.ledger import Sent
from training.synthetic import RenderSpec, encode_jpeg, render

ANIMALS, PLACES = 4, 3


@dataclass(frozen=True, slots=True)
class Upload:
    """A sighting to be sent: its metadata and its files."""

    id: str
    metadata: dict[str, Any]
    files: dict[str, bytes]

    def request(self) -> dict[str, Any]:
        """As arguments of httpx."""
        media = [("media", (name, content, "image/jpeg")) for name, content in self.files.items()]
        return {"data": {"metadata": json.dumps(self.metadata)}, "files": media}

    def sent(self) -> Sent:
        """What must be there once it was acknowledged."""
        digests = {name: hashlib.sha256(c).hexdigest() for name, c in self.files.items()}
        return Sent(self.id, digests)


@cache
def picture(animal: int, place: int, width: int = 320) -> bytes:
    """A rendered leopard's left side as JPEG bytes."""
    spec = RenderSpec(
        individual=900 + animal,
        flank=Flank.LEFT,
        station=place,
        picture=place,
        size_px=0.65 * width,
        picture_wh=(width, width * 3 // 4),
        noise=0.05,
    )
    return encode_jpeg(render(spec))


def render_all() -> None:
    """Render every picture now, so that none is while requests are counted."""
    for animal in range(ANIMALS):
        for place in range(PLACES):
            picture(animal, place)


def upload(name: str, number: int, *, files: int = 1) -> Upload:
    """A sighting of one animal; equal arguments give equal bytes, no two names share a file."""
    made = {}
    for k in range(files):
        shown = picture(number % ANIMALS, (number // ANIMALS + k) % PLACES)
        made[f"SYNTHETIC-{k}.jpg"] = varied(shown, f"{name} {k}")
    media = [{"file_name": file, "camera": "A", "flank": "left"} for file in made]
    day = f"2026-{1 + number % 12:02}-{1 + number % 28:02}T06:00:00"
    metadata = {
        "id": name,
        "station": f"soak {number % 7}",
        "times": [{"at": day}],
        "latitude": 43.0 + number % 7 / 10,
        "longitude": 54.0,
        "media": media,
    }
    return Upload(name, metadata, made)


def varied(jpeg: bytes, words: str) -> bytes:
    """The picture as another exposure would show it: shifted, with a noise of its own.

    Not a mere copy: equal descriptors would tie, and the order of ties is nobody's promise.
    """
    chance = np.random.default_rng(list(words.encode()))
    with Pil.open(io.BytesIO(jpeg)) as opened:
        pixels = np.asarray(opened.convert("RGB"), np.float32)
        told = opened.info.get("comment", b"")
    x, y = chance.integers(0, 8, 2)
    pixels = pixels[y:, x:] * chance.uniform(0.85, 1.15)
    noisy = pixels + chance.normal(0, 5, pixels.shape)
    out = io.BytesIO()
    picture = Pil.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))
    picture.save(out, "JPEG", quality=92, comment=told)
    return out.getvalue()
