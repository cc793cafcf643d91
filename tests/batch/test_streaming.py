"""Groups and tables from results that pass one by one; a large archive in small."""

import pytest

from reid.batch import BatchOptions
from reid.batch.found import Found
from reid.batch.proposals import MOST_ALONE, MOST_GROUPS, proposals_of
from reid.batch.propose import Evidence, group_sightings
from reid.batch.tally import MOST_ROWS, Tally
from reid.catalogue import Catalogue, content_sha256
from reid.catalogue.jobs import JobStore, NewItem


@pytest.fixture
def job(tmp_path):
    """``job(stage=[names or (name, data)])``: a running job with these items, done."""
    with Catalogue.open(tmp_path) as catalogue:
        store = JobStore.of(catalogue)
        params = {"source": "x", "options": {"confined": False}}
        made, _ = store.submit("batch", params, key=content_sha256("a"))
        store.enlist("w", machine="m", pid=1, process="p", kinds=("batch",))
        store.claim("w", kinds=("batch",))

        def fill(**stages):
            for stage, items in stages.items():
                parts = [NewItem(*((one, {}) if isinstance(one, str) else one)) for one in items]
                store.add_items(made.id, "w", stage, parts, done=True)
            return Found(store, made)

        yield fill


def pairs(found):
    return [(a and a.name, b and b.name) for a, b in found.sightings()]


def test_sightings_and_their_matches_pass_side_by_side(job):
    found = job(sightings=["a", "b", "c", "d"], matching=["b", "d"])
    assert pairs(found) == [("a", None), ("b", "b"), ("c", None), ("d", "d")]


def test_stored_sightings_that_an_earlier_version_began_have_matches_alone(job):
    assert pairs(job(matching=["a", "b"])) == [(None, "a"), (None, "b")]


def proposal(*members, individual=None):
    told = {"label": f"group {members[0]}", "probability": None, "perhaps": [["z", 0.6]]}
    return f"group {members[0]}", {"members": list(members), "individual": individual, **told}


def test_the_report_is_given_the_largest_proposals_and_the_first_that_stand_alone(job):
    alone = [proposal(f"alone {n}") for n in range(MOST_ALONE + 3)]
    two = [proposal(f"a{n}", f"b{n}") for n in range(MOST_GROUPS)]
    large, named = proposal(*"vwxy"), proposal("n", individual="Aidar")
    found = proposals_of(job(groups=[*alone, *two, named, large]))
    assert (found.count, found.several) == (len(alone) + len(two) + 2, len(two) + 1)
    assert found.told == len(two) + 2
    shown = [group["label"] for group in found.shown]
    assert shown == ["group v", *(name for name, _ in two[: MOST_GROUPS - 1])]
    assert [g["members"][0] for g in found.alone] == [f"alone {n}" for n in range(MOST_ALONE)]
    home = found.homes["y"]
    assert (home.label, home.sightings, home.perhaps) == ("group v", 4, "z")
    assert {"v", "y", "alone 0"} <= found.pictured()


def row(n, **changes):
    told = {"sighting": f"s{n}", "answer": "error", "note": "", "times": "", "proposal": "p"}
    return told | changes


def test_rows_are_counted_and_only_the_wanted_kept():
    tally = Tally({"s1"})
    rows = [row(n) for n in range(MOST_ROWS + 5)]
    assert list(tally.of_sightings(rows)) == rows
    assert list(tally.rows) == ["s1"]
    assert (tally.errors.count, len(tally.errors.rows)) == (len(rows), MOST_ROWS)
    assert (tally.sightings, tally.with_leopard, tally.apart.count) == (len(rows), len(rows), 0)


def test_evidence_is_taken_in_one_result_at_a_time():
    evidence = Evidence()
    evidence.ids.extend("abc")

    def edge(b, llr, **changes):
        return {"b": b, "llr": llr, "comparable": True, "withheld": []} | changes

    known = {"kind": "individual", "individual": "Aidar"}
    evidence.add("a", {"edges": [edge("b", 12.0), edge("c", 0.0)], "identity": {"kind": "new"}})
    withheld = edge("c", 9.0, withheld=["background"])
    evidence.add("b", {"edges": [edge("a", 12.0), withheld], "identity": known})
    assert evidence.links == {("a", "b"): 12.0}
    first, second = group_sightings(evidence, BatchOptions())
    assert (first["members"], first["individual"]) == (["a", "b"], "Aidar")
    assert (second["members"], second["label"]) == (["c"], "unknown 1")


@pytest.mark.slow
def test_the_benchmark_of_a_large_archive_works_one_through(tmp_path):
    from training.benchmarking.archive import measure

    took = measure(tmp_path, 800)
    assert took.sightings == 200, "the two cameras of each station were brought together"
    assert list(took.seconds) == ["listing", "planning", "grouping", "tables and report"]
    assert took.peak_gib >= took.before_gib > 0
