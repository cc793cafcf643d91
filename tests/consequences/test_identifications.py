"""Names that go against people wait for reviewers, with their pictures."""

import json
from dataclasses import replace

import pytest

from reid.catalogue.doubting import Doubts
from reid.consequences import submit_replay
from reid.identities import Confirm, Reject
from reid.identities.event import Said
from reid.pipeline import Library
from reid.review import Answer, Shares
from tests.consequences.test_replaying import DUMB, SHARP

pytestmark = pytest.mark.slow
BY = Said("Asel")


@pytest.mark.parametrize(
    ("decided", "people"),
    [(Confirm("b2", "Ada"), "people said: Ada"), (Reject("b1", "b2"), "people said: not Bo")],
    ids=["who it is", "who it is not"],
)
def test_a_name_that_people_did_not_give_is_asked_of_a_reviewer_and_shown(
    library, registry, worked, changed, challenger_bundle, decided, people
):
    """b2 shows Bo: a model that is sharper says so, against a mistake of people."""
    catalogue = library.catalogue
    event = catalogue.decide(decided, BY).number
    bundle = str(challenger_bundle(*SHARP).directory)
    serves = replace(library.engine, calibration=changed(*DUMB), calibration_sha256="dumb")
    with Library.open(serves, catalogue.data_dir) as champion:
        job = worked(submit_replay(registry, bundle)[0], champion=champion)
    assert job.result["not_replayed"] == 0
    folder = catalogue.data_dir / "jobs" / job.id
    told = json.loads((folder / "consequences.json").read_text(encoding="utf-8"))
    mine = [c for c in told["changes"] if c["about"] == "identification" and c["a"] == "b2"]
    assert [(c["after"]["individual"], c["b"], c["contradicts"]) for c in mine] == [
        ("Bo", "b1", True)
    ]
    assert mine[0]["for_review"]
    assert [name.rpartition("/")[0] for name in mine[0]["crops"]] == ["b2", "b1"]
    page = (folder / "consequences.html").read_text(encoding="utf-8")
    article = page.partition("Who is b2?")[2].partition("</article>")[0]
    assert f"Against what {people}." in article
    assert "A reviewer is asked whether b2 and b1 are one animal." in article
    assert 'src="data:image/jpeg;base64,' in article
    assert catalogue.last_event() == event

    assert Doubts.of(catalogue).waiting()["challenger 1"] == told["counts"]["for_review"]
    items, outcome = {}, None
    while item := catalogue.next_item("Bulat", shares=Shares(0, 0)):
        pair = frozenset((item.a, item.b))
        items[pair] = item
        said = Answer.SAME if pair == {"b1", "b2"} else Answer.CANNOT_TELL
        done = catalogue.answer_item(item.id, said, by="Bulat")
        outcome = done if said is Answer.SAME else outcome
    asked = items[frozenset(("b1", "b2"))]
    assert any("answers who b2 is: Bo" in reason for reason in asked.reasons)
    assert (outcome.event, catalogue.last_event()) == (None, event)  # nobody is renamed by it
    if isinstance(decided, Reject):
        assert asked.blind
        assert catalogue.disagreements() == [("b1", "b2")]
    else:
        assert set(outcome.merge) == {"Ada", "Bo"}
