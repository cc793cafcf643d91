"""Paints stripes: white noise through an oriented band-pass filter, sharpened over and over.

Filtering and squashing in turn is the activator-inhibitor system of Turing 1952 in its cheapest
form; branching, ending and doubled stripes come out of it as they do on skin.
"""

from __future__ import annotations

import cv2
import numpy as np

from training.synthetic.anatomy import Style
from training.synthetic.arrays import F32, blur, smoothstep
from training.synthetic.body import Part
from training.synthetic.patterns.raster import Raster
from training.synthetic.patterns.traits import Faint, Striping

_FINER = {Part.TORSO: 1.0, Part.TAIL: 0.85, Part.HEAD: 0.42}  # others: legs and ears
_LEGS = 0.62
_EDGE_TEXELS = 1.2
_TEXELS_PER_M = 250


def paint_stripes(rng: np.random.Generator, raster: Raster, style: Style, traits: Striping) -> F32:
    """Ink (rows, columns) of one part."""
    wavelength = traits.wavelength_m * _FINER.get(raster.part, _LEGS)
    wave = turing(rng, raster, wavelength, traits.length, traits.straight)
    patchy = traits.broken * 0.35 * raster.noise(rng, 3 * wavelength, 2)
    level = np.quantile(wave, 1 - traits.cover) + patchy * wave.std()
    above = (wave - level) / wave.std()
    soft = _edge(raster, wavelength)
    dark = smoothstep(-soft, soft, above)
    split = raster.noise(rng, 2.5 * wavelength, 1) > np.quantile([-1.3, 1.3], 1 - traits.double)
    core = smoothstep(0.55 - soft, 0.55 + soft, above)
    dark = dark * (1 - 0.9 * core * blur(split.astype(np.float32), 2.0))
    u, v = raster.u, raster.v
    grows = 1 - style.bare(u, v) - 0.75 * smoothstep(0.75, 1.0, style.belly(u, v))
    return np.asarray(dark * np.clip(grows, 0, 1), np.float32)


def paint_faint(rng: np.random.Generator, raster: Raster, traits: Faint) -> F32:
    """Pale share (rows, columns) of few thin stripes and spots, torso and haunches only."""
    pale = np.zeros((raster.rows, raster.columns), np.float32)
    if raster.part is Part.TORSO:
        for flank_v in (0.28, 0.72):
            pale = np.maximum(pale, _thin_stripes(rng, raster, traits, flank_v))
            pale = np.maximum(pale, _pale_spots(rng, raster, traits.spots, flank_v))
    elif raster.part in (Part.LEFT_HIND, Part.RIGHT_HIND):
        pale = _pale_spots(rng, raster, 0.5 * traits.spots, 0.25 + 0.5 * rng.random())
        pale *= 1 - smoothstep(0.35, 0.5, raster.u).astype(np.float32)
    return pale * np.float32(traits.strength)


def turing(
    rng: np.random.Generator, raster: Raster, wavelength_m: float, length: float, rounds: int
) -> F32:
    """A field (rows, columns) that oscillates along u, coherent over ``length`` waves round v.

    Made at one resolution and enlarged, so that a coat does not change with detail.
    """
    pad = max(4, int(wavelength_m * _TEXELS_PER_M))
    along, around = (max(12, round(metres * _TEXELS_PER_M)) for metres in raster.size_m)
    shape = (along + 2 * pad, around)
    fu = np.fft.fftfreq(shape[0], 1 / _TEXELS_PER_M)[:, None] * wavelength_m
    girth = float(raster.chart.girth_m.mean())
    fv = np.fft.rfftfreq(shape[1], girth / shape[1])[None, :] * wavelength_m
    pass_band = np.exp(-(((np.abs(fu) - 1) / 0.28) ** 2) - (fv * length * 0.45) ** 2)
    wave = rng.standard_normal(shape)
    for _ in range(rounds):
        wave = np.fft.irfft2(np.fft.rfft2(wave) * pass_band, shape)
        wave = np.tanh(1.2 * wave / wave.std())
    bend = raster.noise(rng, 2.5 * wavelength_m, 2) * 0.22 * wavelength_m * _TEXELS_PER_M
    rows = raster.u * along + pad - 0.5 + bend
    columns = raster.v * around - 0.5 + 0 * rows
    at = columns.astype(np.float32), rows.astype(np.float32)
    wave = wave.astype(np.float32)
    found = cv2.remap(wave, *at, cv2.INTER_CUBIC, borderMode=cv2.BORDER_WRAP)
    return np.asarray(found, np.float32)


def _thin_stripes(rng: np.random.Generator, raster: Raster, traits: Faint, flank_v: float) -> F32:
    """Near vertical lines from the back downwards, uneven in strength and broken."""
    u, v, pale = raster.u, raster.v, np.zeros((raster.rows, raster.columns), np.float32)
    low = np.abs(v - 0.5) * 2  # 0 at the spine
    bend = 0.010 * raster.noise(rng, 0.08, 2)
    fade = 0.75 + 0.35 * raster.noise(rng, 0.05, 2)
    side = smoothstep(0.26, 0.22, np.abs(v - flank_v))
    at = np.linspace(0.06, 0.60, max(2, rng.poisson(traits.stripes)))
    for centre in at + rng.normal(0, 0.022, len(at)):
        width = 0.5 * traits.width_m / raster.chart.length_m * rng.uniform(0.5, 1.5)
        tilt = rng.normal(0, 0.03)
        line = np.abs(u + bend + tilt * low - centre)
        start, end = rng.uniform(0.02, 0.15), rng.uniform(0.35, 0.85)
        reach = smoothstep(start - 0.05, start + 0.05, low) * smoothstep(end + 0.1, end - 0.05, low)
        strength = np.clip(fade * rng.uniform(0.2, 1.2), 0, 1)
        pale = np.maximum(pale, smoothstep(1.6 * width, 0.5 * width, line) * reach * strength)
    return np.asarray(pale * side, np.float32)


def _pale_spots(rng: np.random.Generator, raster: Raster, mean: float, flank_v: float) -> F32:
    pale = np.zeros((raster.rows, raster.columns), np.float32)
    u, v = raster.u, raster.v
    girth = float(raster.chart.girth_m.mean())
    for _ in range(int(rng.poisson(mean))):
        at_u = rng.beta(1.0, 2.2) * 0.7
        at_v = flank_v + rng.uniform(-0.13, 0.13)
        size = rng.uniform(0.006, 0.014)
        reach = np.hypot((u - at_u) * raster.chart.length_m, (v - at_v) * girth * 0.9)
        pale = np.maximum(pale, rng.uniform(0.4, 1) * smoothstep(1.3 * size, 0.7 * size, reach))
    return np.asarray(pale, np.float32)


def _edge(raster: Raster, wavelength_m: float) -> float:
    return float(np.clip(6 * _EDGE_TEXELS / (raster.texels_per_m * wavelength_m), 0.15, 0.8))
