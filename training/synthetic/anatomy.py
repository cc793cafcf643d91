"""What kind of marking and which colour belongs where on a leopard.

Spacings and shapes were set by eye against photographs: rings on the flank a sixth of the
torso's depth, solid spots half as far apart on neck and shoulder, smaller still on head and feet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.synthetic.arrays import F64, smoothstep
from training.synthetic.body import Part

Field = Callable[[F64, F64], F64]


@dataclass(frozen=True, slots=True)
class Style:
    """Fields over (u, v) of a part.

    ``spacing`` metres between markings; ``ring`` 0 (solid) to 1 (open rosette); ``stretch`` of
    solid spots along u; ``share`` of its cell that a solid spot fills; ``belly`` and ``back``
    from 0 to 1 mix the colours; ``bare`` is 1 where no marking grows.
    """

    spacing: Field
    ring: Field
    stretch: Field
    share: Field
    belly: Field
    back: Field
    bare: Field


def below_spine(v: F64) -> F64:
    """0 at the spine (or front of a leg), 1 at the belly (or back of it)."""
    return np.abs(np.asarray(v) - 0.5) * 2


def style_of(part: Part) -> Style:
    """The style of a part; left and right legs and ears share theirs."""
    return _STYLES[part]


def _torso_spacing(u: F64, v: F64) -> F64:
    low = below_spine(v)
    flank = 0.0330 + 0 * low
    neck = smoothstep(0.56, 0.72, u)
    rump = 1 - smoothstep(0.02, 0.16, u)
    spine = 1 - smoothstep(0.04, 0.14, low)
    size = flank * (1 - 0.44 * neck) * (1 - 0.15 * rump) * (1 - 0.25 * spine)
    return np.asarray(size * (1 - 0.10 * smoothstep(0.6, 0.75, low)))


def _torso_ring(u: F64, v: F64) -> F64:
    low = below_spine(v)
    along = smoothstep(0.03, 0.13, u) * (1 - smoothstep(0.56, 0.68, u))
    return along * smoothstep(0.04, 0.12, low) * (1 - smoothstep(0.62, 0.76, low))


def _torso_stretch(u: F64, v: F64) -> F64:
    low = below_spine(v)
    spine = 1 - smoothstep(0.05, 0.12, low)
    return 1 + 0.9 * spine + 0.6 * smoothstep(0.7, 0.85, low) * (1 - smoothstep(0.6, 0.75, u))


def _constant(value: float) -> Field:
    return lambda u, v: np.full(np.broadcast(u, v).shape, value)


def _along(*knots: tuple[float, float]) -> Field:
    at, values = zip(*knots, strict=True)
    return lambda u, v: np.interp(u, at, values) + 0 * np.asarray(v)


_TORSO = Style(
    spacing=_torso_spacing,
    ring=_torso_ring,
    stretch=_torso_stretch,
    share=lambda u, v: 0.68 + 0.05 * below_spine(v) + 0 * u,
    belly=lambda u, v: smoothstep(0.55, 0.95, below_spine(v) + 0.10 * smoothstep(0.7, 0.9, u)),
    back=lambda u, v: 1 - smoothstep(0.0, 0.42, below_spine(v)) + 0 * u,
    bare=_constant(0.0),
)
_HEAD = Style(
    spacing=_along((0, 0.017), (0.3, 0.014), (0.6, 0.012), (1, 0.012)),
    ring=_constant(0.0),
    stretch=_constant(1.25),
    share=_constant(0.60),
    belly=lambda u, v: smoothstep(0.45, 0.75, below_spine(v) + 0.18 * smoothstep(0.5, 0.8, u)),
    back=lambda u, v: (1 - smoothstep(0.0, 0.5, below_spine(v))) * (1 - 0.5 * np.asarray(u)),
    bare=lambda u, v: np.maximum(
        smoothstep(0.63, 0.70, u),
        smoothstep(0.42, 0.5, u) * (1 - smoothstep(0.06, 0.2, below_spine(v))),
    ),
)
_EAR = Style(
    spacing=_constant(0.03),
    ring=_constant(0.0),
    stretch=_constant(1.0),
    share=_constant(0.3),
    belly=_constant(0.25),
    back=_constant(0.0),
    bare=_constant(1.0),
)
_FORE = Style(
    spacing=_along((0, 0.019), (0.3, 0.021), (0.55, 0.020), (0.8, 0.015), (1, 0.011)),
    ring=_along((0, 0.25), (0.25, 0.1), (0.4, 0.0), (1, 0.0)),
    stretch=_along((0, 1.0), (0.4, 1.3), (0.8, 1.2), (1, 1.0)),
    share=_along((0, 0.68), (0.6, 0.64), (0.85, 0.5), (1, 0.45)),
    belly=lambda u, v: np.clip(smoothstep(0.30, 0.7, u) * 0.65 + 0 * v, 0, 1),
    back=_constant(0.0),
    bare=_along((0, 0.0), (0.95, 0.0), (1, 0.6)),
)
_HIND = Style(
    spacing=_along((0, 0.026), (0.3, 0.024), (0.5, 0.021), (0.8, 0.016), (1, 0.011)),
    ring=_along((0, 0.75), (0.2, 0.55), (0.38, 0.1), (0.45, 0.0), (1, 0.0)),
    stretch=_along((0, 1.0), (0.4, 1.4), (0.8, 1.2), (1, 1.0)),
    share=_along((0, 0.68), (0.6, 0.64), (0.85, 0.5), (1, 0.45)),
    belly=lambda u, v: np.clip(smoothstep(0.32, 0.75, u) * 0.65 + 0 * v, 0, 1),
    back=_along((0, 0.3), (0.3, 0.0), (1, 0.0)),
    bare=_along((0, 0.0), (0.95, 0.0), (1, 0.6)),
)
_TAIL = Style(
    spacing=_along((0, 0.027), (0.5, 0.029), (1, 0.03)),
    ring=_along((0, 0.15), (0.3, 0.0), (1, 0.0)),
    stretch=_along((0, 1.2), (0.5, 1.0), (1, 0.7)),
    share=_constant(0.66),
    # The tail points backwards, so its v is 0.5 beneath and 0 above.
    belly=lambda u, v: np.maximum(
        smoothstep(0.5, 0.8, 1 - below_spine(v)), 0.5 * smoothstep(0.4, 0.9, u)
    ),
    back=lambda u, v: smoothstep(0.5, 0.9, below_spine(v)) + 0 * u,
    bare=_along((0, 0.0), (0.60, 0.0), (0.66, 1.0), (1, 1.0)),
)
_STYLES = {
    Part.TORSO: _TORSO,
    Part.HEAD: _HEAD,
    Part.LEFT_EAR: _EAR,
    Part.RIGHT_EAR: _EAR,
    Part.LEFT_FORE: _FORE,
    Part.RIGHT_FORE: _FORE,
    Part.LEFT_HIND: _HIND,
    Part.RIGHT_HIND: _HIND,
    Part.TAIL: _TAIL,
}
