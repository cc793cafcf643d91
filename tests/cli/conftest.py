"""A runner, a comparison made by hand, and folders of small synthetic sightings."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from reid.cli import app
from reid.types import (
    Comparison,
    Grouping,
    JourneyCheck,
    PairVerdict,
    PriorPoint,
    Sighting,
    SightingMedia,
    VerdictKind,
)

WIDE = {"COLUMNS": "100", "TERM": "dumb", "NO_COLOR": "1"}


@pytest.fixture
def reid():
    """Run ``reid`` in this process."""

    def run(*arguments, **environment):
        words = [str(argument) for argument in arguments]
        return CliRunner().invoke(app, words, env={**WIDE, **environment}, prog_name="reid")

    return run


@pytest.fixture(scope="session")
def reid_process():
    """Run ``reid`` as a process of its own."""

    def run(*arguments, code="from reid.cli import main; main()", **options):
        words = [sys.executable, "-c", code, *map(str, arguments)]
        given = {"capture_output": True, "text": True, "timeout": 300, **options}
        return subprocess.run(words, check=False, **given)

    return run


CURVE = (PriorPoint(0.1, 0.2), PriorPoint(0.9, 0.95))


@pytest.fixture
def comparison():
    """Three sightings: one inconclusive pair, one same, one that cannot be compared."""
    north, south = datetime(2018, 11, 11, 6, 57), datetime(2018, 12, 7, 16, 27)
    media = (SightingMedia("a.jpg", b""),)
    verdicts = (
        PairVerdict(
            "sep",
            "nov",
            VerdictKind.INCONCLUSIVE,
            0.64,
            0.6,
            CURVE,
            (
                "sep: right flank only, motion blur.",
                "The coats are somewhat alike.",
            ),
            "A sharp picture of the right flank would settle it.",
        ),
        PairVerdict("nov", "dec", VerdictKind.SAME, 0.9995, 7.5, CURVE, ("The coats agree.",)),
        PairVerdict(
            "sep", "dec", VerdictKind.NOT_COMPARABLE, None, 0.0, (), ("Right against left.",)
        ),
    )
    return Comparison(
        id="c0ffee",
        created_at=datetime(2026, 1, 2, tzinfo=UTC),
        sightings=tuple(Sighting(name, media) for name in ("sep", "nov", "dec")),
        annotations=(),
        pairs=(),
        groupings=(
            Grouping((("sep", "nov", "dec"),), 0.62),
            Grouping((("sep",), ("nov", "dec")), 0.38),
        ),
        exact=True,
        prior_same=0.5,
        max_error=0.01,
        verdicts=verdicts,
        journeys=(
            JourneyCheck("nov", "dec", north, south, 26.4, 18.6, 0.7, "possible", "26 days"),
            JourneyCheck("sep", "nov", None, north, None, None, None, "unknown"),
        ),
        summary="nov and dec show the same leopard.",
        flags=("synthetic",),
        rejected=(("dec", "broken.jpg", "the file ends early"),),
        provenance={"code_version": "0.1.0"},
    )
