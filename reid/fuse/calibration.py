"""Calibration: what it holds, and the file that carries it."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reid.errors import WeightsAlteredError

FEATURES = ("pattern", "excess", "quality", "quality_without_match")
"""Order of the coefficients of `PairCalibration`; see `reid.fuse.scores.pair_features`."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PairCalibration(_Frozen):
    """Logistic weights that turn two pictures' scores into a log-likelihood ratio.

    ``highest`` and ``lowest`` bound the llr by what the fitting pairs can support (the ELUB
    idea of Vergeer et al. 2016: no ratio beyond the number of pairs seen).
    """

    intercept: float
    weights: tuple[float, float, float, float]
    highest: float = Field(gt=0)
    lowest: float = Field(lt=0)


class SightingCalibration(_Frozen):
    """The best pair of a flank, corrected for how many pairs were tried.

    ``gain`` scales the best pair's llr, ``per_log_pair`` is taken off for each e-fold of pairs.
    ``unmodelled_miss`` is the share of true pairs in good pictures that may go unmatched for
    reasons that the fitting pictures do not contain; it keeps "different" humble.
    """

    gain: float = Field(gt=0)
    per_log_pair: float = Field(ge=0)
    highest: float = Field(gt=0)
    lowest: float = Field(lt=0)
    unmodelled_miss: float = Field(gt=0, lt=0.5)


class Calibration(_Frozen):
    """Everything fitted on held-out labelled pairs, and what it was fitted on.

    ``local`` is the `PipelineConfig.local` whose scores were fitted: another method's mean
    something else.
    """

    schema_name: str = "leopard-reid/calibration/1"
    method: str
    local: str = "rootsift"
    pair: PairCalibration
    sighting: SightingCalibration
    miss_intercept: float
    miss_quality: float
    fitted_on: str
    checked_light: tuple[str, ...]
    date: str
    code_version: str


def read_calibration_file(path: Path) -> Calibration:
    """The calibration in ``path``.

    Raises:
        WeightsAlteredError: the file is missing or is no calibration.
    """
    try:
        return parse_calibration(path.read_bytes())
    except OSError as error:
        raise WeightsAlteredError(
            f"calibration {path.name}: cannot be read ({error.strerror}); restore the bundle"
        ) from error


def parse_calibration(content: bytes) -> Calibration:
    """A calibration from its JSON bytes.

    Raises:
        WeightsAlteredError: the bytes are no calibration.
    """
    try:
        return Calibration.model_validate_json(content)
    except ValidationError as error:
        raise WeightsAlteredError(
            f"calibration: expected the fields of leopard-reid/calibration/1, found {error}"
        ) from error
