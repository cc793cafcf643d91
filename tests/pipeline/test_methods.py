"""Local methods by name, and the calibration that belongs to one of them."""

import pytest

from reid.config import PipelineConfig
from reid.errors import ConfigError
from reid.fuse import parse_calibration
from reid.pipeline import Engine
from reid.pipeline.methods import METHODS, load_method, require_fitted_on
from reid.weights import DEFAULT_BUNDLE, SPECIES_BUNDLE, load_bundle, read_calibration


@pytest.fixture
def shipped():
    return parse_calibration(read_calibration(load_bundle()))


def test_an_unknown_method_is_refused_with_those_that_exist():
    with pytest.raises(ConfigError, match=", ".join(METHODS)):
        load_method("telepathy")


def test_the_shipped_calibration_belongs_to_the_default(shipped):
    require_fitted_on(shipped, "rootsift")


def test_another_methods_scores_get_no_verdict(shipped):
    other = shipped.model_copy(update={"local": "something-else"})
    with pytest.raises(ConfigError, match=r"something-else.*no verdict"):
        require_fitted_on(other, "rootsift")


@pytest.mark.parametrize("name", sorted(set(METHODS) - {"rootsift"}))
def test_an_engine_of_an_uncalibrated_method_is_not_loaded(name):
    with pytest.raises(ConfigError, match=rf"'rootsift', found '{name}'.*no verdict"):
        Engine.load(PipelineConfig(local=name))


def test_the_default_needs_no_extra():
    assert METHODS[PipelineConfig().local] == ("rootsift", "mutual-ratio")


def test_both_bundles_of_this_project_carry_one_calibration():
    """No embedding takes part in the evidence of a pair, so one fit is right for both."""
    default, species = (read_calibration(load_bundle(b)) for b in (DEFAULT_BUNDLE, SPECIES_BUNDLE))
    assert default == species
