"""A library without models, for what models cannot be told to do: wait, fail, be killed.

It decodes pictures and stores sightings in a real catalogue; what it "measures" is noise.
``python stand_in.py FOLDER [hold-add | hold-store] [PORT]`` serves it and prints its address;
other settings come from the environment.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import uvicorn

from reid import evidence
from reid.catalogue import Catalogue, Identification, Saved, content_sha256
from reid.catalogue.mediastore import MediaStore
from reid.config import Settings
from reid.errors import ImageError, NotFoundError
from reid.image import open_image
from reid.people import withheld_comparison
from reid.pipeline.keeping import keep_identification
from reid.pipeline.proposing import RouteUsed
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Comparison,
    Embedding,
    FlankEstimate,
    LocalFeatures,
    PairVerdict,
    PreparedAnnotation,
    Quality,
    SightingPairEvidence,
    VerdictKind,
    View,
)
from service import create_app
from service.listening import listening
from service.ports import Opened

PROVENANCE = {
    "bundle": {"name": "stand-in", "version": "1", "fingerprint": "none", "sha256": "b" * 64},
    "calibration": "c" * 64,
    "configuration": {"method": "none", "bundle": "stand-in"},
    "code_version": "stand-in",
}


@dataclass(frozen=True)
class IndexNow:
    word: str = "empty"
    fingerprint: str = "none"
    indexed: int = 0
    stored: int = 0
    other_weights: int = 0


@dataclass(frozen=True)
class Added:
    saved: Saved


@dataclass(frozen=True)
class Enrolled:
    identification: Identification
    appended: bool
    flags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    individual: str
    sighting_ids: tuple[str, ...]
    llr: float
    probability: float
    retrieval_rank: int
    reasons: tuple[str, ...]
    ranks: dict[str, int] = field(default_factory=lambda: {"votes": 1})


@dataclass(frozen=True)
class Answer:
    sighting_id: str
    candidates: tuple[Looked, ...]
    kind: str = "inconclusive"
    individual: None = None
    probability: None = None
    reasons: tuple[str, ...] = ("too dark",)
    would_settle: str = "a sharp picture"
    searched: int = 1
    proposed: int = 3
    verified: int = 1
    routes: tuple[RouteUsed, ...] = (RouteUsed("votes", 2, 3, "why not"),)
    comparison: None = None
    provenance: dict[str, object] = field(default_factory=lambda: dict(PROVENANCE))
    id: str = ""


class StandIn:
    """``fail`` is raised by every method; ``go`` (when given) is waited for in ``add``."""

    def __init__(self, settings, *, fail=None, go=None):
        self.catalogue = Catalogue.open(settings.data_dir)
        self.fail, self.go = fail, go
        self.adding = threading.Event()
        self.added = 0
        self.answers = {}

    def _step(self):
        if self.fail is not None:
            raise self.fail

    def add(self, sighting):
        self.adding.set()
        self.added += 1
        self._step()
        if self.go is not None:
            self.go.wait(20)
        prepared, rejected = [], []
        for number, media in enumerate(sighting.media):
            try:
                image = open_image(media.content, file_name=media.file_name)
            except ImageError as error:
                rejected.append((sighting.id, media.file_name, str(error)))
            else:
                prepared.append(measured(sighting, number, image))
        return Added(self.catalogue.save_sighting(sighting, prepared, rejected))

    def compare(self, sighting_ids, **choices):
        self._step()
        distances = [[*pair, km] for pair, km in (choices.pop("distances_km") or {}).items()]
        key = content_sha256([sorted(sighting_ids), choices, distances])
        known = self.catalogue.find_comparison(key)
        if known is not None:
            return self.answers[known], Saved(known, key, created=False)
        sightings = tuple(self.catalogue.load_sighting(name) for name in sighting_ids)
        answer = answered(key[:12], sightings, self.prepared(sightings))
        self.answers[answer.id] = answer
        form = evidence.comparison_json(answer)
        return answer, self.catalogue.save_comparison(answer, form, key=key)

    def prepared(self, sightings):
        def opened(content, name):
            return open_image(content, file_name=name)

        return tuple(a for s in sightings for a in self.catalogue.load_prepared(s.id, opened))

    def evidence_picture(self, comparison_id, name):
        return evidence.evidence_picture(self._answer(comparison_id), name)

    def report(self, comparison_id, *, distances=True):
        found = self._answer(comparison_id)
        return evidence.report_html(found if distances else withheld_comparison(found))

    def comparison(self, comparison_id):
        return self._answer(comparison_id)

    def _answer(self, comparison_id):
        self._step()
        if comparison_id not in self.answers:
            raise NotFoundError(f"no comparison {comparison_id!r}")
        return self.answers[comparison_id]

    def enrol(self, sighting_id, individual, *, by, why="", accept_flags=False, shown=None):
        self._step()
        return Enrolled(*self.catalogue.enrol(sighting_id, individual, by=by, why=why, shown=shown))

    def identify(self, sighting_id, *, prior_known=0.5, max_error=None):
        self._step()
        self.catalogue.sighting(sighting_id)
        known = tuple(self.catalogue.individuals())
        found = [Looked(k.name, k.sighting_ids, 0.5, prior_known, 1, ("dark",)) for k in known]
        answer = Answer(sighting_id, tuple(found))
        asked = {"prior_known": prior_known, "max_error": max_error or 0.01}
        return replace(answer, id=keep_identification(self.catalogue, answer, **asked))

    def rebuild_index(self):
        self._step()
        return {"left": 0, "right": 0}

    def check(self):
        self._step()
        self.catalogue.check()
        return IndexNow()

    def opened(self):
        return Opened(self, self.check, self.catalogue.close)


def measured(sighting, number, image):
    """The whole picture as one animal of unknown flank."""
    width, height = image.size_wh
    none = np.zeros(0, np.float32)
    features = LocalFeatures(none.reshape(0, 2), none, none, none.reshape(0, 4), none, "none")
    quality = Quality(*(0.5,) * 6, animal_px=width, reasons=("dark",))
    return PreparedAnnotation(
        id=f"{sighting.id}/{number}#0",
        sighting_id=sighting.id,
        image=image,
        annotation=Annotation(
            image.sha256, Box(0, 0, width, height), AnnotationOrigin.WHOLE_IMAGE, 0.0
        ),
        view=View(FlankEstimate(0.5, 0.5, 0.0, "none"), quality),
        embedding=Embedding(np.array([1, 0], np.float32), "none"),
        features=features,
        mirrored=features,
        camera=sighting.media[number].camera,
        flags=("whole-image",),
    )


def answered(name, sightings, annotations):
    """An answer that nothing can be compared."""
    pairs = [(a.id, b.id) for i, a in enumerate(sightings) for b in sightings[i + 1 :]]
    kind = VerdictKind.NOT_COMPARABLE
    return Comparison(
        id=name,
        created_at=datetime.now(UTC),
        sightings=sightings,
        annotations=annotations,
        pairs=tuple(SightingPairEvidence(a, b, False, 0.0, missing="a flank") for a, b in pairs),
        groupings=(),
        exact=True,
        prior_same=0.5,
        max_error=0.01,
        verdicts=tuple(PairVerdict(a, b, kind, None, 0.0, (), ("no flank",)) for a, b in pairs),
        journeys=(),
        summary="Nothing can be compared.",
        provenance=PROVENANCE,
    )


def slow_place(self, staged, place=MediaStore.place):
    """Renames the files, says so, and never comes to the commit."""
    place(self, staged)
    (self.root.parent / "placed").touch()
    time.sleep(60)


def main(folder, mode="", port="0"):
    go = threading.Event() if mode == "hold-add" else None
    if mode == "hold-store":
        MediaStore.place = slow_place
    app = create_app(
        Settings(data_dir=Path(folder)), library_factory=lambda s: StandIn(s, go=go).opened()
    )
    config = uvicorn.Config(app, port=int(port), log_level="warning")
    socket = listening(config)
    print(f"http://127.0.0.1:{socket.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[socket])


if __name__ == "__main__":
    main(*sys.argv[1:])
