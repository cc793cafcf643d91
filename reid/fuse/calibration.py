"""Calibration: what it holds, and the file that carries it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reid.errors import WeightsAlteredError

FEATURES = ("pattern", "excess", "shortfall")
"""Order of the coefficients of `PairCalibration`; see `reid.fuse.scores.pair_features`."""


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PairCalibration(_Frozen):
    """Logistic weights that turn two pictures' scores into a log-likelihood ratio.

    One weight for each of `FEATURES`. No intercept: pictures that can tell nothing say nothing.
    ``highest`` and ``lowest`` bound the llr by what the fitting pairs can support (the ELUB
    idea of Vergeer et al. 2016: no ratio beyond the number of pairs seen).
    """

    pattern: float = Field(ge=0)
    excess: float = Field(ge=0)
    shortfall: float = Field(le=0)
    highest: float = Field(gt=0)
    lowest: float = Field(lt=0)

    @property
    def weights(self) -> tuple[float, float, float]:
        """In the order of `FEATURES`."""
        return self.pattern, self.excess, self.shortfall


class SightingCalibration(_Frozen):
    """The best pair of a flank, corrected for how many pairs were tried.

    ``gain`` scales the best pair's llr, ``per_log_pair`` is taken off for each e-fold of pairs.
    """

    gain: float = Field(gt=0)
    per_log_pair: float = Field(ge=0)
    highest: float = Field(gt=0)
    lowest: float = Field(lt=0)


class MissCalibration(_Frozen):
    """How often a true match is not found.

    ``intercept`` and ``usable`` are logistic in `PairQuality.usable`, as measured on the fitting
    pictures. ``unmodelled`` is the share of true pairs that may go unmatched for reasons that the
    fitting pictures do not contain; it keeps "different" humble, and ``source`` says where it
    comes from.
    """

    intercept: float
    usable: float = Field(le=0)
    unmodelled: float = Field(gt=0, lt=0.5)
    source: str = Field(min_length=1)


class Calibration(_Frozen):
    """Everything fitted on held-out labelled pairs, and what it was fitted on.

    ``local`` is the `PipelineConfig.local` whose scores were fitted: another method's mean
    something else.
    """

    schema_name: Literal["leopard-reid/calibration/2"] = "leopard-reid/calibration/2"
    method: str
    local: str = "rootsift"
    pair: PairCalibration
    sighting: SightingCalibration
    miss: MissCalibration
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
            f"calibration: expected the fields of leopard-reid/calibration/2, found {error}"
        ) from error
