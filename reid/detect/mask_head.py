"""The animal mask head as a file, and as a map of how surely each pixel is the animal."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from reid.detect.boxes import Floats, Pixels
from reid.detect.saliency import Heat, even_light
from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights import SPECIES_BUNDLE, describe_file, find_shipped, fingerprint, load_bundle
from reid.weights.manifest import FileEntry
from reid.weights.tensors import read_tensors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from reid.detect.mask_network import MaskHead

FOLDER, ABOUT, TENSORS = "mask-head", "mask-head.json", "mask-head.safetensors"
MOST_BYTES = 2_000_000  # a head of this shape has a tenth of it; more is none
SIDE_PX = 224  # a window is stretched to this: four times the mask's own cells


@dataclass(frozen=True, slots=True)
class MaskHeadFile:
    """What ``mask-head.json`` says: the tensors' file and hash, and the network it was fitted on.

    ``about``: what it was trained on, its licence and its figures.
    """

    entry: FileEntry
    backbone: str
    about: Mapping[str, Any]


def read_about(folder: Path) -> MaskHeadFile:
    """The head's description; its tensors are not read.

    Raises:
        WeightsMissingError: there is no head.
        WeightsAlteredError: the file is no description of one.
    """
    path = folder / ABOUT
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        return MaskHeadFile(FileEntry(**about.pop("file")), about.pop("backbone"), about)
    except OSError as error:
        raise WeightsMissingError(
            f"expected the animal mask head in {path}, found none ({error.strerror}): restore it, "
            "or make one with `python -m training.mask`"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WeightsAlteredError(
            f"{ABOUT}: expected the description of a mask head, found {error!r}: restore the file"
        ) from error


def load_head(folder: Path) -> MaskHead:
    """The decoder with its weights, in inference mode.

    Raises:
        WeightsMissingError: a file is not there.
        WeightsAlteredError: other bytes than described, other tensors than the decoder has, or a
            head that was fitted on another network.
    """
    from reid.detect.mask_network import MaskHead

    told = read_about(folder)
    known = fingerprint(load_bundle(SPECIES_BUNDLE))
    if told.backbone != known:
        raise WeightsAlteredError(
            f"{ABOUT}: expected a head fitted on the network {known}, found one for "
            f"{told.backbone}: fit it anew with `python -m training.mask`"
        )
    state = read_tensors(told.entry, _bytes(folder, told.entry))
    head = MaskHead()
    _check_shapes(head.state_dict(), state)
    head.load_state_dict({name: tensor.float() for name, tensor in state.items()})
    return head.eval().requires_grad_(False)


def check_files(folder: Path) -> None:
    """Whether the files are there and are those described; nothing of them is loaded.

    Raises:
        WeightsMissingError, WeightsAlteredError: as `load_head`.
    """
    _bytes(folder, read_about(folder).entry)


def save_head(folder: Path, head: MaskHead, about: Mapping[str, Any]) -> Path:
    """Write the head in half precision, then the description that pins it."""
    import torch
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / TENSORS
    halved = {
        name: (t.half() if t.is_floating_point() else t.to(torch.int32)).contiguous()
        for name, t in head.state_dict().items()
    }
    save_file(halved, path)
    entry = describe_file(path, relative_to=folder).model_dump(mode="json")
    content = {"file": entry, "backbone": fingerprint(load_bundle(SPECIES_BUNDLE)), **about}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    (folder / ABOUT).write_text(text, encoding="utf-8")
    return folder / ABOUT


def _bytes(folder: Path, entry: FileEntry) -> bytes:
    import hashlib

    path = folder / entry.path
    if Path(entry.path).name != entry.path or not path.is_file():
        raise WeightsMissingError(
            f"expected {entry.path} beside {ABOUT}, found no such file: restore it"
        )
    content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
    if hashlib.sha256(content).hexdigest() != entry.sha256:
        raise WeightsAlteredError(
            f"{entry.path}: expected sha256 {entry.sha256}, found other bytes: the file is damaged "
            "or was changed and is not loaded; restore it"
        )
    return content


def _check_shapes(expected: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> None:
    for name in sorted({*expected, *found}):
        here, there = (tuple(s[name].shape) if name in s else None for s in (expected, found))
        if here != there:
            raise WeightsAlteredError(
                f"{TENSORS}: {name}: expected a tensor of {here}, found {there}: the head is of "
                "another version; restore it or fit it anew with `python -m training.mask`"
            )


class AnimalHeat:
    """How surely each pixel of a window is the animal in the box; safe to share between threads.

    Read at the first picture. ``folder`` None: the head that came with the code, or a user's own.
    """

    def __init__(self, root: Path | None = None, *, folder: Path | None = None) -> None:
        self._root = root
        self._folder = folder or (root / FOLDER if root else find_shipped(FOLDER))
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def settings(self) -> str:
        """For fingerprints."""
        return f"mask-head:{read_about(self._folder).entry.sha256[:12]}:{SIDE_PX}"

    @property
    def _networks(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                from reid.detect.mask_network import Backbone

                bundle = load_bundle(self._root / SPECIES_BUNDLE if self._root else SPECIES_BUNDLE)
                self._loaded = Backbone(bundle), load_head(self._folder)
            return self._loaded

    def inside(self, pixels: Pixels, window: Floats, box: Floats) -> tuple[Heat, tuple[int, int]]:
        """(h, w) in [0, 1] of a window of the picture, and the window's (left, top).

        ``window`` and ``box``: left, top, right, bottom in pixels of the picture.
        """
        import torch

        x0, y0 = np.floor(window[:2]).astype(int)
        x1, y1 = np.ceil(window[2:4]).astype(int)
        part = pixels[y0:y1, x0:x1]
        small, inside = seen_by_head(part, box[:4] - np.array([x0, y0, x0, y0]))
        backbone, head = self._networks
        with torch.inference_mode():
            maps = backbone(torch.from_numpy(small).permute(2, 0, 1)[None].float())
            odds = head(maps, torch.from_numpy(inside)[None, None])
            heat = torch.sigmoid(odds)[0, 0].numpy()
        out = cv2.resize(heat, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        return out.astype(np.float32), (int(x0), int(y0))


def seen_by_head(part: Pixels, box: Floats) -> tuple[Pixels, Heat]:
    """A window as the network sees it: (224, 224, 3) uint8, and (224, 224) 1 inside the box."""
    height, width = part.shape[:2]
    how = cv2.INTER_AREA if min(height, width) > SIDE_PX else cv2.INTER_LINEAR
    small = cv2.resize(part, (SIDE_PX, SIDE_PX), interpolation=how).astype(np.uint8)
    inside = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    scale = SIDE_PX / np.array([width, height, width, height])
    x0, y0, x1, y1 = np.clip(np.rint(box * scale), 0, SIDE_PX).astype(int)
    inside[y0:y1, x0:x1] = 1
    return even_light(small), inside
