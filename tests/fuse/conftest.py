"""A calibration made by hand, and pairs of pictures without pictures."""

import numpy as np
import pytest

from reid.fuse import Calibration
from reid.fuse.calibration import MissCalibration, PairCalibration, SightingCalibration
from reid.types import PairEvidence, VerifiedMatches


@pytest.fixture(scope="session")
def fit():
    return Calibration(
        method="by hand",
        pair=PairCalibration(pattern=1.5, excess=1.0, shortfall=-4.0, highest=8.0, lowest=-5.0),
        sighting=SightingCalibration(gain=1.0, per_log_pair=1.0, highest=7.0, lowest=-4.5),
        miss=MissCalibration(intercept=2.0, usable=-5.0, unmodelled=0.02, source="by hand"),
        fitted_on="nothing: numbers for tests",
        checked_light=("colour",),
        date="2026-01-01",
        code_version="test",
    )


@pytest.fixture(scope="session")
def pair():
    """``pair(llr, controls=())``: the evidence of two pictures."""
    none = np.zeros((0, 2), np.float32)
    matches = VerifiedMatches(none, none, np.zeros(0, np.float32), np.zeros(0, np.int64), {})

    def make(llr, controls=()):
        return PairEvidence("a/1", "b/1", {}, llr, 1.0, 0.1, matches, controls)

    return make
