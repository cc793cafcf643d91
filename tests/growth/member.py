"""A process that stores made-up animals and asks for them, beside others of its kind.

``python member.py WHERE DATA_DIR NAME``: works until it is killed or told to stop on standard
input, then says what its indexes hold. What is acknowledged is written to ``NAME.log``.
"""

import hashlib
import importlib.util
import select
import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from reid.catalogue import Catalogue
from reid.index import LnbnnSettings, StoreSettings
from reid.pipeline import embedding_route, vote_route
from reid.pipeline.embedding_route import EmbeddingRoute
from reid.pipeline.owners import Owners
from reid.pipeline.vote_route import VoteRoute
from reid.types import Embedding, Flank, LocalFeatures

MAKING = Path(__file__).parents[1] / "catalogue" / "making.py"
METHOD, PRINT, DIM, POINTS = "sift-1", "fp-1", 16, 24
FLANKS = (Flank.LEFT, Flank.RIGHT, Flank.UNKNOWN, Flank.FRONT)
# lists are laid anew several times while the test runs, and files written all the time
STORE = StoreSettings(exact_up_to=16, lists_per_root=1.0, probed_share=0.6)
VOTES = LnbnnSettings(store=replace(STORE, exact_up_to=400))
MOST = 1500
embedding_route.LEAST_TO_SAVE = vote_route.LEAST_TO_SAVE = 1


def making():
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def seen(make, name, view=0):
    """A sighting of one animal that its name says all of; another view of it is near."""
    seed = int(hashlib.sha256(name.encode()).hexdigest()[:8], 16)
    own, moved = np.random.default_rng(seed), np.random.default_rng([seed, view])
    owner = make.sighting(name, seed=seed, files=1, size=200)
    vector = unit(own.normal(size=DIM) + 0.02 * moved.normal(size=DIM))
    rows = unit(own.normal(size=(POINTS, 8)) + 0.02 * moved.normal(size=(POINTS, 8)))
    place = own.random((3, POINTS)).astype(np.float32)
    features = LocalFeatures(
        xy_px=(100 * place[:2].T).astype(np.float32),
        scale_px=1 + place[2],
        angle_rad=place[0],
        descriptors=rows,
        weight=np.ones(POINTS, np.float32),
        method=METHOD,
    )
    item = make.annotation(owner, 0, flank=FLANKS[seed % 4])
    return owner, replace(
        item, embedding=Embedding(vector, PRINT), features=features, mirrored=features
    )


class Routes:
    """Both routes of a process over one catalogue."""

    def __init__(self, catalogue, folder):
        self.catalogue, owners = catalogue, Owners(catalogue)
        self.near = EmbeddingRoute(
            catalogue, owners, folder, fingerprint=PRINT, dim=DIM, settings=STORE
        )
        self.voted = VoteRoute(catalogue, owners, folder, method=METHOD, settings=VOTES, most=MOST)

    def ask(self, make, name, known):
        """Where both routes put every known sighting for another view of an animal."""
        _, query = seen(make, name, view=1)
        return self.near.ranked([query], known), self.voted.ranked([query], known)

    def digest(self):
        """A hash over every byte of both indexes."""
        told = hashlib.sha256()
        for index in (self.near.sync(), self.voted.sync()):
            for section in sorted(index.sections(), key=lambda one: one.flank):
                told.update(section.flank.encode() + section.ids.tobytes() + bytes(section.data))
        return told.hexdigest()


def work(routes, make, name, log, told_to_stop):
    number = 0
    while not told_to_stop():
        mine = f"{name}-{number}"
        owner, item = seen(make, mine)
        routes.catalogue.save_sighting(owner, [item])
        log.write(f"{mine}\n")
        log.flush()
        near, voted = routes.ask(make, mine, {mine})
        assert near == voted == {mine: 1}, "what was acknowledged is found at once"
        number += 1


def main(where, folder, name):
    make = making()
    folder = Path(folder)

    def told_to_stop():
        return bool(select.select([sys.stdin], [], [], 0)[0])

    with ExitStack() as stack:
        catalogue = stack.enter_context(Catalogue.open(where, data_dir=folder))
        log = stack.enter_context((folder / f"{name}.log").open("a"))
        routes = Routes(catalogue, folder / "index")
        work(routes, make, name, log, told_to_stop)
        sys.stdin.readline()
        print("stopped", flush=True)
        sys.stdin.readline()  # when all have stopped
        print(routes.digest(), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
