"""From raw scores to calibrated evidence."""

from reid.fuse.calibration import Calibration, parse_calibration, read_calibration_file
from reid.fuse.evidence import (
    LEAST_SAME_SIDE,
    aligned_llr,
    flank_evidence,
    miss_probability,
    mixed_llr,
    sighting_evidence,
)
from reid.fuse.scores import PairQuality, pair_features, pair_quality

__all__ = [
    "LEAST_SAME_SIDE",
    "Calibration",
    "PairQuality",
    "aligned_llr",
    "flank_evidence",
    "miss_probability",
    "mixed_llr",
    "pair_features",
    "pair_quality",
    "parse_calibration",
    "read_calibration_file",
    "sighting_evidence",
]
