"""What is measured on an animal: an embedding, local features, matches."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from reid.types.checks import require


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """A unit vector (dim,) float32 and the fingerprint of weights and preprocessing it is from."""

    vector: NDArray[np.float32] = field(repr=False)
    fingerprint: str

    def __post_init__(self) -> None:
        require(
            self.vector.ndim == 1 and self.vector.dtype == np.float32,
            f"vector: expected (dim,) float32, found {self.vector.shape} {self.vector.dtype}",
        )
        norm = float(np.linalg.norm(self.vector))
        require(abs(norm - 1) < 1e-3, f"vector: expected length 1, found {norm:.4f}")


@dataclass(frozen=True, slots=True, eq=False)
class LocalFeatures:
    """Keypoints on one animal, in pixels of the upright picture.

    ``xy_px`` (n, 2) float32, ``scale_px`` (n,) float32, ``angle_rad`` (n,) float32,
    ``descriptors`` (n, d) float32, ``weight`` (n,) float32 in [0, 1] (how surely the point lies
    on the animal). ``method`` names algorithm and settings: only equal methods may be matched.
    ``unit_px`` is how many picture pixels make one pixel of the animal at the common body size:
    positions divided by it can be compared between a near and a far animal.
    """

    xy_px: NDArray[np.float32] = field(repr=False)
    scale_px: NDArray[np.float32] = field(repr=False)
    angle_rad: NDArray[np.float32] = field(repr=False)
    descriptors: NDArray[np.float32] = field(repr=False)
    weight: NDArray[np.float32] = field(repr=False)
    method: str
    unit_px: float = 1.0

    def __post_init__(self) -> None:
        n = len(self.xy_px)
        lengths = {len(a) for a in (self.scale_px, self.angle_rad, self.descriptors, self.weight)}
        require(
            self.xy_px.shape == (n, 2) and lengths <= {n} and self.descriptors.ndim == 2,
            f"features: expected {n} rows everywhere, found {sorted(lengths)}",
        )

    def __len__(self) -> int:
        return len(self.xy_px)


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Tentative matches: ``index`` (m, 2) rows of a and b, ``distinctiveness`` (m,) in [0, 1]."""

    index: NDArray[np.int64] = field(repr=False)
    distinctiveness: NDArray[np.float32] = field(repr=False)

    def __post_init__(self) -> None:
        require(
            self.index.ndim == 2
            and self.index.shape[1] == 2
            and len(self.index) == len(self.distinctiveness),
            f"matches: expected (m, 2) and (m,), found {self.index.shape} and "
            f"{self.distinctiveness.shape}",
        )

    def __len__(self) -> int:
        return len(self.index)


@dataclass(frozen=True, slots=True, eq=False)
class VerifiedMatches:
    """Matches that a plausible deformation of one coat explains.

    ``a_xy_px``, ``b_xy_px`` (m, 2) in pixels of the two upright pictures,
    ``distinctiveness`` (m,), ``group`` (m,) int: the local piece (affine patch) each match
    belongs to. ``scores`` are the raw numbers handed to calibration: higher is better, any scale.
    """

    a_xy_px: NDArray[np.float32] = field(repr=False)
    b_xy_px: NDArray[np.float32] = field(repr=False)
    distinctiveness: NDArray[np.float32] = field(repr=False)
    group: NDArray[np.int64] = field(repr=False)
    scores: dict[str, float]

    def __post_init__(self) -> None:
        lengths = {len(self.a_xy_px), len(self.b_xy_px), len(self.distinctiveness), len(self.group)}
        require(len(lengths) == 1, f"verified matches: lengths differ: {sorted(lengths)}")

    def __len__(self) -> int:
        return len(self.a_xy_px)
