"""What either bundle has not measured is measured before the answers are given again."""

import pytest

from reid.catalogue.jobs import JobState
from reid.consequences import submit_replay
from reid.consequences.challenger import load_challenger
from reid.consequences.measuring import for_verdicts, lacking, measure_stored
from reid.errors import NotFoundError
from reid.pipeline import Library
from tests.consequences.conftest import OTHER, picture

pytestmark = pytest.mark.slow


@pytest.fixture
def second(library, registry, challenger_bundle):
    """Another bundle, that measured all and serves; its name, its engine."""
    kept = registry.register(challenger_bundle({}, {}).directory, by="Asel")
    engine = load_challenger(kept.name, library.engine, registry)
    for name in lacking(engine, library.catalogue):
        measure_stored(engine, library.catalogue, name)
    registry.promote(kept, by="Asel", why="to try it", override=True)
    return kept.name, engine


def test_what_was_stored_under_a_bundle_that_was_rolled_back_is_given_again(
    library, registry, worked, second, sighting
):
    name, engine = second
    with Library.open(engine, library.catalogue.data_dir) as promoted:
        promoted.add(sighting("c1", picture(OTHER, 5)))
        promoted.identify("c1")
        promoted.compare(["a1", "c1"])
    registry.roll_back(by="Asel", why="back")
    assert lacking(library.engine, library.catalogue) == ["c1"]
    job = worked(submit_replay(registry, name)[0])
    assert (job.state, job.problem) == (JobState.DONE, "")
    assert (job.result["not_replayed"], job.result["identifications"]) == (0, 3)
    assert lacking(library.engine, library.catalogue) == []


def test_a_pair_of_which_each_was_measured_by_another_bundle_is_compared(library, second, sighting):
    """Also where nobody was identified, so that nothing was measured for that."""
    engine, catalogue = second[1], library.catalogue
    with Library.open(engine, catalogue.data_dir) as promoted:
        promoted.add(sighting("c1", picture(OTHER, 5)))
    library.add(sighting("c2", picture(OTHER, 6)))
    prints = [one.embedder.fingerprint for one in (library.engine, engine)]
    prepared = for_verdicts(library.engine, catalogue, ["c1", "c2"], prints)
    assert [len(one.annotations) for one in prepared] == [1, 1]
    assert (lacking(library.engine, catalogue), lacking(engine, catalogue)) == ([], ["c2"])
    with pytest.raises(NotFoundError, match="nobody"):
        for_verdicts(library.engine, catalogue, ["c1", "nobody"], prints)
