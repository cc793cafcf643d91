"""Both routes over a real catalogue of made-up measurements: in step, bounded, thrown away."""

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from reid.catalogue import Catalogue
from reid.errors import SearchError
from reid.index import LnbnnSettings, StoreSettings
from reid.pipeline import vote_route
from reid.pipeline.owners import Owners
from reid.pipeline.search import CandidateSearch
from reid.pipeline.vote_route import VoteRoute
from reid.types import Embedding, Flank, LocalFeatures

ROOT = Path(__file__).parents[2]
METHOD, PRINT, DIM = "sift-1", "fp-1", 16


@pytest.fixture(scope="module")
def make():
    """The catalogue tests' maker; test folders are not packages, so it is loaded by its path."""
    path = ROOT / "tests" / "catalogue" / "making.py"
    spec = importlib.util.spec_from_file_location("catalogue_making", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(tmp_path / "data") as opened:
        yield opened


def coat(animal, view=0, n=60):
    """An animal's descriptors; each view moves them a little."""
    rng = np.random.default_rng([animal, 77])
    rows = rng.normal(size=(n, 32))
    rows = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows + 0.03 * np.random.default_rng([animal, view, 5]).normal(size=rows.shape)
    place = rng.random((3, n)).astype(np.float32)
    return LocalFeatures(
        xy_px=(100 * place[:2].T).astype(np.float32),
        scale_px=1 + place[2],
        angle_rad=place[0],
        descriptors=(rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32),
        weight=np.ones(n, np.float32),
        method=METHOD,
    )


def seen(make, name, animal, view=0, flank=Flank.LEFT):
    """A sighting of one picture: its embedding is the animal's, nearly."""
    owner = make.sighting(name, seed=sum(map(ord, name)), files=1)
    near = np.zeros(DIM) + 0.05 * np.random.default_rng([animal, view]).normal(size=DIM)
    near[animal % DIM] += 1
    vector = (near / np.linalg.norm(near)).astype(np.float32)
    item = make.annotation(owner, 0, flank=flank)
    features = coat(animal, view)
    return owner, replace(
        item, embedding=Embedding(vector, PRINT), features=features, mirrored=features
    )


def store(catalogue, make, name, animal, **changes):
    owner, item = seen(make, name, animal, **changes)
    catalogue.save_sighting(owner, [item])
    return item


def opened(catalogue, folder):
    return CandidateSearch(catalogue, folder, fingerprint=PRINT, dim=DIM, method=METHOD)


def test_both_routes_find_the_animal_and_what_is_new_is_taken_in(catalogue, make, tmp_path):
    known = {f"s{k}" for k in range(6)}
    for k in range(5):
        store(catalogue, make, f"s{k}", k)
    search = opened(catalogue, tmp_path / "index")
    _, query = seen(make, "query", 2, view=9)
    found = search.propose([query], known, 3)
    assert found.order[0] == "s2"
    assert found.ranks["s2"] == {"embedding": 1, "votes": 1}
    assert [(r.name, r.searched, r.note) for r in found.routes] == [
        ("embedding", 5, ""),
        ("votes", 5, ""),
    ]
    _, late = seen(make, "query", 5, view=9)
    store(catalogue, make, "s5", 5)  # as another process would
    assert search.propose([late], known, 3).ranks["s5"] == {"embedding": 1, "votes": 1}
    # who is not asked for is not seen at all, and the ranks close up
    assert search.propose([late], known - {"s5"}, 3).order[0] != "s5"


def test_the_other_flank_is_not_proposed_by_either(catalogue, make, tmp_path):
    store(catalogue, make, "left", 1, flank=Flank.LEFT)
    store(catalogue, make, "right", 1, flank=Flank.RIGHT)
    store(catalogue, make, "unknown", 1, flank=Flank.UNKNOWN)
    search = opened(catalogue, tmp_path / "index")
    _, query = seen(make, "query", 1, view=4, flank=Flank.LEFT)
    assert set(search.propose([query], {"left", "right", "unknown"}, 3).ranks) == {
        "left",
        "unknown",
    }


def test_without_local_features_the_embedding_alone_proposes_and_says_so(catalogue, make, tmp_path):
    owner, item = seen(make, "s0", 0)
    other = replace(item.features, method="another")
    catalogue.save_sighting(owner, [replace(item, features=other, mirrored=other)])
    search = opened(catalogue, tmp_path / "index")
    _, query = seen(make, "query", 0, view=3)
    found = search.propose([query], {"s0"}, 3)
    assert found.ranks == {"s0": {"embedding": 1}}
    assert "no local features of sift-1 are stored" in found.routes[1].note
    store(catalogue, make, "s1", 1)
    assert "1 of 2 annotations" in search.propose([query], {"s0", "s1"}, 3).routes[1].note
    bare = replace(query, features=coat(0, n=0))
    assert "no point to describe" in search.propose([bare], {"s0", "s1"}, 3).routes[1].note


def test_old_annotations_measured_later_are_found(catalogue, make, tmp_path):
    owner, item = seen(make, "old", 3)
    others = replace(item.features, method="another")
    old = replace(
        item,
        embedding=Embedding(item.embedding.vector, "fp-0"),
        features=others,
        mirrored=others,
    )
    catalogue.save_sighting(owner, [old])
    store(catalogue, make, "new", 4)
    search = opened(catalogue, tmp_path / "index")
    _, query = seen(make, "query", 3, view=1)
    assert set(search.propose([query], {"old", "new"}, 3).ranks) == {"new"}
    catalogue.add_measurements([item])
    assert search.propose([query], {"old", "new"}, 3).ranks["old"] == {"embedding": 1, "votes": 1}
    assert search.state().word == "current"


def test_a_saved_file_is_opened_and_a_wrong_one_made_anew(catalogue, make, tmp_path):
    for k in range(6):
        store(catalogue, make, f"s{k}", k)
    folder, known = tmp_path / "index", {f"s{k}" for k in range(6)}
    first = opened(catalogue, folder)
    first.rebuild()
    (path,) = folder.glob("*.votes")
    _, query = seen(make, "query", 2, view=9)
    before, whole = first.propose([query], known, 3), path.read_bytes()
    for content in (whole, whole[:-5], b"", b"nonsense"):
        path.write_bytes(content)
        assert opened(catalogue, folder).propose([query], known, 3) == before
    path.write_bytes(whole)
    with Catalogue.open(tmp_path / "older") as older:  # a backup put back: it holds less
        store(older, make, "s0", 0)
        found = opened(older, folder).propose([query], known, 3)
        assert set(found.ranks) == {"s0"}


def test_files_are_written_when_they_are_worth_it_and_a_full_disk_stops_no_search(
    catalogue, make, tmp_path, monkeypatch
):
    monkeypatch.setattr(vote_route, "LEAST_TO_SAVE", 4)
    folder = tmp_path / "index"
    search = opened(catalogue, folder)
    _, query = seen(make, "query", 2, view=9)
    for k in range(3):
        store(catalogue, make, f"s{k}", k)
    search.propose([query], {"s2"}, 3)
    assert not list(folder.glob("*.votes"))
    store(catalogue, make, "s3", 3)

    def refuse(_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("os.fsync", refuse)
        assert search.propose([query], {"s2"}, 3).order == ("s2",)
    assert not list(folder.glob("*.votes"))
    search.propose([query], {"s2"}, 3)
    assert len(list(folder.glob("*.votes"))) == 1


def test_votes_do_not_depend_on_how_the_catalogue_was_read(catalogue, make, tmp_path):
    chosen = LnbnnSettings(store=StoreSettings(exact_up_to=150, lists_per_root=0.5))
    known = {f"s{k}" for k in range(9)}
    _, query = seen(make, "query", 2, view=9)

    def route(folder):
        return VoteRoute(
            catalogue,
            Owners(catalogue),
            tmp_path / folder,
            method=METHOD,
            settings=chosen,
            most=400,
        )

    growing = route("a")
    for k in range(9):
        store(catalogue, make, f"s{k}", k)
        growing.sync()
    at_once = route("b")
    assert growing.ranked([query], known) == at_once.ranked([query], known)
    assert at_once.sync().descriptors == growing.sync().descriptors <= 400
    assert next(iter(at_once.ranked([query], known))) == "s2"


def test_the_best_frames_of_each_flank_vote(catalogue, make, tmp_path, monkeypatch):
    for k in range(4):
        store(catalogue, make, f"s{k}", k)
    votes = opened(catalogue, tmp_path / "index").votes
    queries = [seen(make, "query", k, view=9)[1] for k in (0, 1, 2)]
    assert set(votes.ranked(queries, {"s0", "s1", "s2"})) >= {"s0", "s1"}
    monkeypatch.setattr(vote_route, "FRAMES", 1)
    known = {f"s{k}" for k in range(4)}
    assert votes.ranked(queries, known) == votes.ranked(queries[:1], known)
    right = seen(make, "query", 2, view=9, flank=Flank.UNKNOWN)[1]
    assert votes.ranked([queries[0], right], known)["s2"] <= 2


def test_a_failing_search_is_an_error_and_the_next_begins_anew(
    catalogue, make, tmp_path, monkeypatch
):
    store(catalogue, make, "s0", 0)
    search = opened(catalogue, tmp_path / "index")
    _, query = seen(make, "query", 0, view=9)

    def fail(*_):
        raise RuntimeError("out of luck")

    with monkeypatch.context() as broken:
        broken.setattr("reid.index.described.DescribedRows.add", fail)
        with pytest.raises(SearchError, match="out of luck"):
            search.propose([query], {"s0"}, 3)
    assert search.propose([query], {"s0"}, 3).ranks["s0"] == {"embedding": 1, "votes": 1}


ADD = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
import test_routes as here
import importlib.util
spec = importlib.util.spec_from_file_location("catalogue_making", {making!r})
make = importlib.util.module_from_spec(spec)
spec.loader.exec_module(make)
here.vote_route.LEAST_TO_SAVE = 1
with here.Catalogue.open(Path({data!r})) as catalogue:
    search = here.opened(catalogue, Path({folder!r}))
    for k in range({start}, {start} + 5):
        here.store(catalogue, make, f"s{{k}}", k)
        _, query = here.seen(make, "query", k, view=9)
        found = search.propose([query], {{f"s{{k}}" for k in range(20)}}, 3)
        assert found.ranks[f"s{{k}}"]["votes"] == 1, found
"""


@pytest.mark.slow
def test_several_processes_use_one_folder(catalogue, make, tmp_path):
    folder = tmp_path / "index"
    words = {
        "tests": str(Path(__file__).parent),
        "making": make.__file__,
        "data": str(tmp_path / "data"),
        "folder": str(folder),
    }
    running = [
        subprocess.Popen([sys.executable, "-c", ADD.format(start=start, **words)])
        for start in (0, 5)
    ]
    assert [one.wait(60) for one in running] == [0, 0]
    known = {f"s{k}" for k in range(10)}
    for k in range(10):
        _, query = seen(make, "query", k, view=9)
        assert opened(catalogue, folder).propose([query], known, 3).order[0] == f"s{k}"
