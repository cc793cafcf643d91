"""Localisers that the default was chosen against: they look at the whole frame at once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch

from reid.detect.boxes import Pixels, as_box
from reid.detect.contract import finish
from reid.detect.masks import bounds, fill_small_holes
from reid.detect.pinned import FOCUS
from reid.detect.saliency import Heat, Saliency, even_light
from reid.detect.species import CLASSES, SPOTTED_CATS, probabilities
from reid.types import Annotation, AnnotationOrigin, Image
from reid.weights import SPECIES_BUNDLE, load_bundle, load_state_dict

SHARE_OF_MAX = 0.6  # of the map's highest value: measured best for whole frames
MIN_AREA = 0.002  # of the frame: smaller spots of heat are eye shine and lamps
MIN_HEAT = 0.6  # of the saliency's highest value: blank frames stay below or near it
MIN_LIKENESS = 0.02  # of the whole frame, where the animal is a small part
CAM_PX = 384


def _annotations(image: Image, heat: Heat, confidence: float) -> list[Annotation]:
    """One annotation for each bright region of (h, w) ``heat``."""
    bright = (heat >= SHARE_OF_MAX * float(heat.max())).astype(np.uint8)
    count, labels = cv2.connectedComponents(bright, connectivity=8)
    found = []
    for i in range(1, count):
        mask = fill_small_holes(labels == i)
        outline = bounds(mask)
        if outline is None or mask.sum() < MIN_AREA * mask.size:
            continue
        x0, y0, x1, y1 = outline.astype(int)
        sure = confidence * float(heat[mask].max() / heat.max())
        box, origin = as_box(outline), AnnotationOrigin.LOCALISER
        found.append(Annotation(image.sha256, box, origin, sure, mask[y0:y1, x0:x1].copy()))
    return finish(found, image.size_wh)


class SaliencyLocaliser:
    """``Localiser``: bright regions of the saliency of the whole frame."""

    name = "saliency"
    license = FOCUS.license

    def __init__(self, root: Path | None = None) -> None:
        self._saliency = Saliency(root)

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""
        return f"focus:{FOCUS.sha256[:12]}:{SHARE_OF_MAX}:{MIN_AREA}:{MIN_HEAT}"

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations, surest first; see ``Localiser``."""
        heat = self._saliency(image.pixels)
        highest = float(heat.max())
        return _annotations(image, heat, highest) if highest >= MIN_HEAT else []


class ActivationLocaliser:
    """``Localiser``: where the ImageNet classifier sees spotted cats.

    Source: class activation maps, Zhou et al. 2016. It finds nothing but leopard-like cats.
    """

    name = "class-activation"
    license = "Apache-2.0"

    def __init__(self, root: Path | None = None) -> None:
        self._bundle = load_bundle(SPECIES_BUNDLE if root is None else root / SPECIES_BUNDLE)

    @cached_property
    def _network(self) -> Any:
        import timm

        network = timm.create_model("tf_efficientnet_lite1", pretrained=False, num_classes=CLASSES)
        network.load_state_dict(load_state_dict(self._bundle), strict=True)
        return network.eval()

    @property
    def fingerprint(self) -> str:
        """Of weights and settings."""
        weights = self._bundle.manifest.files[0].sha256[:12]
        return f"activation:{weights}:{CAM_PX}:{SHARE_OF_MAX}:{MIN_AREA}:{MIN_LIKENESS}"

    def locate(self, image: Image) -> list[Annotation]:
        """Annotations, surest first; see ``Localiser``."""
        heat, likeness = self._activation(image.pixels)
        if likeness < MIN_LIKENESS or heat.max() <= 0:
            return []
        big = cv2.resize(heat, image.size_wh, interpolation=cv2.INTER_LINEAR).astype(np.float32)
        return _annotations(image, big, likeness)

    @torch.inference_mode()
    def _activation(self, pixels: Pixels) -> tuple[Heat, float]:
        small = cv2.resize(pixels, (CAM_PX, CAM_PX), interpolation=cv2.INTER_AREA)
        x = torch.from_numpy(even_light(small.astype(np.uint8))).permute(2, 0, 1)[None]
        network = self._network
        features = network.forward_features(x.float() / 127.5 - 1)
        logits = network.forward_head(features)[0].numpy()
        rows = network.classifier.weight[list(SPOTTED_CATS)].mean(0)
        heat = torch.einsum("chw,c->hw", features[0], rows).clamp(min=0).numpy()
        return heat, float(probabilities(logits)[list(SPOTTED_CATS)].sum())
