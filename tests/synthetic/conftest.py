"""Small pictures: the same code as large ones, in a fraction of a second."""

from dataclasses import replace

import pytest

from training.synthetic import RenderSpec, render


@pytest.fixture(scope="session")
def small():
    """A spec of a small, clean picture."""
    return RenderSpec(individual=1, size_px=260, picture_wh=(400, 300), noise=0.0, station=3)


@pytest.fixture(scope="session")
def variant(small):
    """Render the small spec with some of its fields changed; each only once."""
    made = {}

    def make(**changes):
        spec = replace(small, **changes)
        if spec not in made:
            made[spec] = render(spec)
        return made[spec]

    return make
