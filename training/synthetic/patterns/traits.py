"""What one animal's pattern is like: numbers that its family draws and the painters obey."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spotting:
    """Spots and rosettes; factors are relative to ``training.synthetic.anatomy``.

    ``spacing`` between markings, ``order`` steps of evening out (0: scattered at random);
    ``ring`` from 0 (all solid) to 1 (as anatomy says) and beyond; ``blobs`` mean number in a
    ring, ``gap`` share of the turn between two of them, ``lost`` chance that one is missing;
    ``thick`` and ``fill`` are shares of the cell's radius (the ring's width, its outer rim);
    ``size`` of solid spots; ``stretch`` along the body; ``dots`` mean number inside a ring;
    ``warp_m`` how far the drawing is bent; ``tint`` how much darker the inside of a ring is;
    ``ragged_m`` of the edges.
    """

    spacing: float
    order: int
    ring: float
    blobs: float
    gap: float
    lost: float
    thick: float
    fill: float
    size: float
    stretch: float
    dots: float
    warp_m: float
    tint: float
    ragged_m: float


@dataclass(frozen=True, slots=True)
class Striping:
    """Stripes round the body.

    ``wavelength_m`` between them, ``length`` of a stripe in wavelengths, ``cover`` share of the
    skin that is dark, ``double`` share of it where a stripe is split lengthwise, ``broken`` how
    unevenly the cover is spread, ``straight`` steps of sharpening (more: evener stripes).
    """

    wavelength_m: float
    length: float
    cover: float
    double: float
    broken: float
    straight: int


@dataclass(frozen=True, slots=True)
class Faint:
    """Few thin pale stripes and pale spots: ``stripes`` on a flank, their ``width_m``, and
    ``spots`` on haunch and shoulder; ``strength`` of both against the fur."""

    stripes: float
    width_m: float
    spots: float
    strength: float


@dataclass(frozen=True, slots=True)
class Blotching:
    """Large fields: ``spacing_m``, ``fill`` share of the cell, ``rim`` width as a share of it,
    ``inside`` darkness of the field itself, ``warp_m`` bending."""

    spacing_m: float
    fill: float
    rim: float
    inside: float
    warp_m: float


Traits = Spotting | Striping | Faint | Blotching
