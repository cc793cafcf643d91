"""What a job proposed becomes somebody only where a person says so."""

import pytest
from typer.testing import CliRunner

from reid.catalogue import Catalogue, content_sha256
from reid.catalogue.jobs import JobStore, NewItem
from reid.cli import app
from reid.cli.proposals import Question, decisions_of
from reid.errors import InputError
from reid.identities import Confirm, NewIndividual, Reject
from reid.types import Sighting, SightingMedia

NAMES = ("apr", "dec", "jan", "mar", "nov", "sep")


def proposal(label, *members, individual=None, **more):
    told = {"label": label, "individual": individual, "members": list(members), "exact": True}
    empty = {"contradicts": [], "perhaps": [], "conflict": []}
    return {**told, "probability": 0.987 if len(members) > 1 else None, **empty, **more}


@pytest.fixture
def data(tmp_path):
    """Six stored sightings, and a job that put three of them together, two, and one by itself."""
    found = [
        proposal("unknown 3", "apr", perhaps=[["sep", 0.4]]),
        proposal("unknown 2", "mar", "jan", conflict=[["mar", "jan"]]),
        proposal("unknown 1", "sep", "nov", "dec"),
    ]
    with Catalogue.open(tmp_path / "data") as catalogue:
        for name in NAMES:
            catalogue.save_sighting(
                Sighting(name, (SightingMedia("x.jpg", name.encode()),), "north")
            )
        store = JobStore.of(catalogue)
        job, _ = store.submit("group", {}, key=content_sha256("a"))
        store.enlist("w", machine="m", pid=1, process="p")
        store.claim("w", kinds=["group"])
        items = (NewItem(one["label"], one) for one in found)
        store.add_items(job.id, "w", "groups", items, done=True)
        store.finish(job.id, "w", {})
        store.leave("w")
    return tmp_path / "data"


@pytest.fixture
def review(data):
    """Answer line by line; returns what was shown."""

    def run(*lines, more=(), by="Asel"):
        words = ["review", "proposals", *more, "--by", by, "--data-dir", str(data)]
        done = CliRunner().invoke(app, words, input="".join(f"{line}\n" for line in lines))
        return done.output if done.exit_code == 0 else f"{done.exit_code}: {done.output}"

    return run


def known(data):
    with Catalogue.open(data) as catalogue:
        return {one.name: set(one.sighting_ids) for one in catalogue.individuals()}


def test_only_what_is_answered_is_decided(review, data):
    told = review("same Bota")
    assert "1 of 3: unknown 1" in told
    assert "that all are one animal: 98.7 %" in told
    assert "evidence against it: mar and jan" in told
    assert "Stopped; 2 are undecided." in told
    assert known(data) == {"Bota": {"sep", "nov", "dec"}}
    with Catalogue.open(data) as catalogue:
        (event,) = catalogue.events()
    assert event.said.by == "Asel"
    assert event.said.shown["proposal"] == "unknown 1"
    told = review("skip", "new Cyra", by="Bulat")  # goes on with what is open
    assert "1 of 2: unknown 2" in told
    assert "perhaps also: sep" in told
    assert known(data)["Cyra"] == {"apr"}
    assert "1 of 1: unknown 2" in review("different")
    with Catalogue.open(data) as catalogue:
        assert [one.kind.value for one in catalogue.events()][-1] == "reject"


def test_numbers_leave_the_others_out(review, data):
    told = review("1 4", "2 1", "quit")
    assert "expected numbers from 1 to 3" in told
    assert list(known(data).values()) == [{"sep", "nov"}]
    # who is left of the proposal may be the same one after all: it is asked
    assert "the others are" in review()
    review("same")
    assert list(known(data).values()) == [{"sep", "nov", "dec"}]


def test_what_is_no_answer_is_asked_again(review, data):
    told = review("maybe", "", "different", "same Bota", "same Bota", "quit")
    assert told.count("expected same [NAME]") == 3
    assert "'Bota' is already" in told  # the second animal may not have the first one's name
    assert "reid identities confirm" in told
    assert known(data) == {"Bota": {"sep", "nov", "dec"}}


def test_only_those_of_several(review):
    assert "2 proposals are open" in review(more=["--several"])


@pytest.mark.slow
def test_no_proposals_yet(tmp_path, review, data):
    assert "no job 'nobody'" in review(more=["nobody"])
    with Catalogue.open(tmp_path / "empty"):
        pass
    words = ["review", "proposals", "--by", "A", "--data-dir", str(tmp_path / "empty")]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 2
    assert "`reid jobs group` makes some" in refused.stderr
    refused = CliRunner().invoke(app, ["jobs", "group", "--data-dir", str(tmp_path / "empty")])
    assert refused.exit_code == 2
    assert "nobody named yet" in refused.stderr


def test_grouping_can_be_left_to_a_worker(data):
    words = ["jobs", "group", "--queue", "--data-dir", str(data)]
    queued = CliRunner().invoke(app, words)
    assert queued.exit_code == 0, queued.output
    assert "Queued as job" in queued.stdout
    again = CliRunner().invoke(app, words)
    assert again.stdout == queued.stdout
    with Catalogue.open(data) as catalogue:
        job = JobStore.of(catalogue).jobs()[0]
    assert job.params["sighting_ids"] == list(NAMES)


@pytest.mark.parametrize(
    ("line", "members", "who", "expected"),
    [
        ("same", ("a", "b"), "", [NewIndividual(("a", "b"))]),
        ("same Snow Queen", ("a", "b"), "", [NewIndividual(("a", "b"), "Snow Queen")]),
        ("same", ("a", "b"), "X", [Confirm("a", "X"), Confirm("b", "X")]),
        ("new Y", ("a", "b"), "X", [NewIndividual(("a", "b"), "Y")]),
        ("same X", ("a",), "X", [Confirm("a", "X")]),
        ("2, 1", ("a", "b", "c"), "X", [Confirm("a", "X"), Confirm("b", "X")]),
        ("different", ("a", "b"), "", [Reject("a", "b")]),
        ("new", ("a",), "", [NewIndividual(("a",))]),
        ("same", ("a",), "X", [Confirm("a", "X")]),
    ],
)
def test_what_an_answer_decides(line, members, who, expected):
    assert decisions_of(line, Question("u", members, who, {})) == expected


@pytest.mark.parametrize("line", ["", "yes", "different", "0", "1 9", "sames"])
def test_what_is_no_answer(line):
    with pytest.raises(InputError, match="expected"):
        decisions_of(line, Question("u", ("a", "b", "c"), "", {}))


def test_somebody_known_has_one_name():
    with pytest.raises(InputError, match=r"same \(is X\)"):
        decisions_of("same Y", Question("u", ("a", "b"), "X", {}))
