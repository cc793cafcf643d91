"""Before a bundle serves: did anybody look at what it would change of what is answered today?"""

from reid.catalogue.asked import Asked, Identifications
from reid.catalogue.jobs import JobStore
from reid.consequences import REPLAY, unseen
from reid.jobs import Worker, job_key
from reid.types import Sighting, SightingMedia


class Looked:
    """A replay that was done, without its models."""

    name = REPLAY

    def __init__(self, champion, challenger):
        self.result = {"champion": champion.sha256, "challenger": challenger.sha256}

    def run(self, context):
        return self.result


def look(registry, bundle):
    store, kind = JobStore.of(registry.catalogue), Looked(registry.active(), bundle)
    store.submit(REPLAY, {}, key=job_key(REPLAY, kind.result))
    Worker(store, {REPLAY: kind}, poll_s=0.01).run(until_idle=True)


def test_nobody_looked_until_a_replay_against_the_bundle_that_serves_is_done(registry, made):
    first, second = (registry.register(one, by="Asel") for one in made)
    assert unseen(registry, first) == ""  # nothing was answered that could change
    sighting = Sighting("s", (SightingMedia("s.jpg", b"a file"),))
    registry.catalogue.save_sighting(sighting)
    asked = Asked("s", 0.5, 0.01, "rosette-words", "new", None, None, {}, {})
    Identifications.of(registry.catalogue).keep(asked)
    told = unseen(registry, first)
    assert told.startswith("nobody has looked at what first 1 would change of what rosette-words ")
    assert "`reid consequences first@1`" in told

    look(registry, first)
    assert unseen(registry, first) == ""
    assert unseen(registry, second).startswith("nobody has looked at what second 1 ")
    registry.promote(second, by="Asel", why="to try it", override=True)
    assert unseen(registry, second) == ""  # it serves
    told = unseen(registry, first)
    assert told.startswith("what first 1 would change was looked at against another bundle than ")
    look(registry, first)
    assert unseen(registry, first) == ""
    registry.roll_back(by="Asel", why="back")
    assert unseen(registry, first) == ""  # looked at before, against this one
