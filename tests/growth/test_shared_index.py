"""Several processes, one catalogue: every index equals it, whoever was killed meanwhile."""

import random
import subprocess
import time

import pytest

from reid.catalogue import Catalogue
from reid.errors import SearchError
from reid.index.storage import read_index

SECONDS, KILLS, MEMBERS = 3.0, 3, 2


def acknowledged(folder):
    return {name for log in folder.glob("*.log") for name in log.read_text().split()}


def look_at_files(folder, held):
    """Whatever a reader meets is whole; rows are never fewer than before."""
    for path in [*folder.glob("index/*.index"), *folder.glob("index/*.votes")]:
        extent, sections = read_index(path)
        assert extent.count == sum(len(s.ids) for s in sections) >= held.get(path.name, 0)
        held[path.name] = extent.count


@pytest.fixture
def start(ready, begin, member):
    where, folder = str(ready[0]), ready[1] or ready[0]
    folder.mkdir(exist_ok=True)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return folder, lambda name: begin(member.__file__, where, folder, name, **pipes)


@pytest.mark.slow
@pytest.mark.parametrize(
    "ready",
    ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)],
    indirect=True,
)
def test_killed_or_not_every_index_equals_the_catalogue(ready, start, member):
    folder, member_begins = start
    chance, make = random.Random(11), member.making()
    running = {f"m{k}": member_begins(f"m{k}") for k in range(MEMBERS)}
    end, held, killed, number = time.monotonic() + 120, {}, 0, MEMBERS
    while len(acknowledged(folder)) < 10:
        assert time.monotonic() < end
        assert all(p.poll() is None for p in running.values())
        time.sleep(0.05)
    began = time.monotonic()
    while (spent := time.monotonic() - began) < SECONDS or len(acknowledged(folder)) < 50:
        assert time.monotonic() < end
        assert all(p.poll() is None for p in running.values()), "nobody fails by itself"
        look_at_files(folder, held)
        if killed < KILLS and spent > (killed + 1) * SECONDS / (KILLS + 1):
            victim = running.pop(chance.choice([n for n in running if n != "m0"]))
            victim.kill()
            victim.wait()
            running[f"m{number}"] = member_begins(f"m{number}")
            killed, number = killed + 1, number + 1
        time.sleep(chance.random() * 0.02)
    for process in running.values():
        process.stdin.write("stop\n")
        process.stdin.flush()
    assert {p.stdout.readline() for p in running.values()} == {"stopped\n"}
    for process in running.values():
        process.stdin.write("tell\n")
        process.stdin.flush()
    told = {p.stdout.readline().strip() for p in running.values()}
    assert {p.wait(60) for p in running.values()} == {0}
    with Catalogue.open(ready[0], data_dir=ready[1]) as catalogue:
        stored = {s.id for s in catalogue.sightings()}
        assert acknowledged(folder) <= stored, "nothing acknowledged is lost"
        anew = member.Routes(catalogue, folder / "elsewhere")
        assert told == {anew.digest()}, "those that lived on hold what the catalogue holds"
        opened = member.Routes(catalogue, folder / "index")
        assert opened.digest() == anew.digest()
        for name in sorted(stored)[:10]:
            assert opened.ask(make, name, stored) == anew.ask(make, name, stored)
        opened.near.rebuild()
        opened.voted.rebuild()
    left = {p.name for p in (folder / "index").iterdir()}
    assert {n.split(".", 1)[1] for n in left} == {"index", "votes", "index.lock", "votes.lock"}
    assert not [n for n in left if n.startswith(".")], "no half-written file stays"


def test_a_catalogue_put_back_under_a_process_is_noticed(lite_pair, member):
    folder, other = lite_pair
    make = member.making()
    with Catalogue.open(folder) as catalogue:
        for name in ("a", "b", "c", "d"):
            owner, item = member.seen(make, name)
            catalogue.save_sighting(owner, [item])
        routes = member.Routes(catalogue, folder / "index")
        assert routes.ask(make, "c", {"c"}) == ({"c": 1}, {"c": 1})
    with Catalogue.open(other) as older:  # as many rows with the same numbers, of others
        for name in ("a", "b", "x", "y"):
            owner, item = member.seen(make, name)
            older.save_sighting(owner, [item])
        for part in (routes.near._index._source, routes.voted._index._source, routes.near._owners):
            part._catalogue = older
        known = {"a", "b", "x", "y"}
        found = [next(iter(ranks)) for ranks in routes.ask(make, "x", known)]
        assert found == ["x", "x"], "those that were there before are not taken for those of now"
        fresh = member.Routes(older, other / "index")
        assert routes.digest() == fresh.digest()
        again = member.Routes(older, folder / "index")  # and neither is their file
        assert again.digest() == fresh.digest()


@pytest.fixture
def lite_pair(tmp_path):
    return tmp_path / "data", tmp_path / "other"


def test_an_index_that_is_not_the_catalogues_is_never_written(tmp_path, member):
    make = member.making()
    with Catalogue.open(tmp_path / "data") as catalogue:
        for name in ("a", "b"):
            owner, item = member.seen(make, name)
            catalogue.save_sighting(owner, [item])
        routes = member.Routes(catalogue, tmp_path / "index")
        index = routes.near.sync()
        index.remove([1])
        with pytest.raises(SearchError, match="expected the catalogue's 2 rows, found 1"):
            routes.near._index._save(index)
        assert len(routes.near.sync()) == 2, "and it is made anew"
