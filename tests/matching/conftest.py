"""Coats made of numbers: points with descriptors of their own, and the same coat moved."""

import numpy as np
import pytest

from reid.types import Annotation, AnnotationOrigin, Box, Image, Light, LocalFeatures

METHOD = "made-by-hand"


@pytest.fixture(scope="session")
def coat():
    """``coat(seed, n)``: features of n points spread over a flank of 240 x 110."""

    def make(seed, n=80, method=METHOD):
        rng = np.random.default_rng(seed)
        # A jittered grid: real keypoints keep a distance from each other too.
        grid = np.stack(np.meshgrid(np.arange(12) * 20.0, np.arange(7) * 16.0), -1).reshape(-1, 2)
        xy = (grid + rng.uniform(-5, 5, grid.shape))[rng.permutation(len(grid))[:n]]
        return features(xy, rng.uniform(-3, 3, len(xy)), descriptors(rng, len(xy)), method)

    return make


def descriptors(rng, n):
    raw = rng.gamma(0.5, size=(n, 128))
    return np.sqrt(raw / raw.sum(axis=1, keepdims=True)).astype(np.float32)


def features(xy, angle, described, method=METHOD, unit_px=1.0):
    n = len(xy)
    return LocalFeatures(
        xy_px=np.asarray(xy, np.float32) * np.float32(unit_px),
        scale_px=np.full(n, 4.0 * unit_px, np.float32),
        angle_rad=np.asarray(angle, np.float32),
        descriptors=np.asarray(described, np.float32),
        weight=np.ones(n, np.float32),
        method=method,
        unit_px=unit_px,
    )


@pytest.fixture(scope="session")
def moved():
    """The same coat turned, stretched, bent and seen from another distance."""

    def make(a, turn_rad, swell, bend_px, unit_px=1.0):
        xy = a.xy_px.astype(float)
        c, s = np.cos(turn_rad) * swell, np.sin(turn_rad) * swell
        there = xy @ np.array([[c, s], [-s, c]])
        there[:, 1] += bend_px * np.sin(xy[:, 0] / 60)  # the spine's curve
        return features(there, a.angle_rad + turn_rad, a.descriptors, a.method, unit_px)

    return make


@pytest.fixture(scope="session")
def photograph():
    """``photograph(pixels)``: an image value round an array."""

    def make(pixels):
        return Image(np.ascontiguousarray(pixels, np.uint8), "0" * 64, "x.png", "PNG", Light.COLOUR)

    return make


@pytest.fixture(scope="session")
def boxed():
    """``boxed(x, y, w, h, mask=None)``: an annotation that a user drew."""

    def make(x, y, width, height, mask=None):
        return Annotation("0" * 64, Box(x, y, width, height), AnnotationOrigin.USER, mask=mask)

    return make
