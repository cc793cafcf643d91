"""Spotted ellipses that stand for leopards, and a whole comparison made of them."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import pytest

from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    CandidateTime,
    Comparison,
    Control,
    Embedding,
    Flank,
    FlankEstimate,
    FlankEvidence,
    Grouping,
    Image,
    JourneyCheck,
    Light,
    LocalFeatures,
    PairEvidence,
    PairVerdict,
    PreparedAnnotation,
    PriorPoint,
    Quality,
    Sighting,
    SightingMedia,
    SightingPairEvidence,
    VerdictKind,
    VerifiedMatches,
    View,
)

SIZE_WH = (640, 400)
BOX = Box(110, 90, 420, 220)


def spots(seed, count=70):
    """Spot centres on a unit ellipse, (count, 2)."""
    random = np.random.default_rng(seed)
    angle, radius = random.uniform(0, 2 * np.pi, count), np.sqrt(random.uniform(0, 0.8, count))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def spot_px(seed):
    """Where the spots of an individual lie in the picture, (count, 2)."""
    return spots(seed) * (200, 100) + (320, 200)


@lru_cache(maxsize=8)
def paint(seed, gain=1.0):
    """A spotted ellipse on sand: pixels and its mask in the box's window."""
    y, x = np.mgrid[: SIZE_WH[1], : SIZE_WH[0]]
    noise = np.random.default_rng(seed + 1).normal(0, 6, (*x.shape, 1))
    body = ((x - 320) / 205) ** 2 + ((y - 200) / 105) ** 2 < 1
    picture = np.where(body[..., None], (205, 165, 105), (150, 150, 130)) + noise
    for cx, cy in spot_px(seed):
        ring = np.hypot(x - cx, y - cy)
        picture[(ring < 9) & body] = (60, 45, 30)
        picture[(ring < 4.5) & body] = (165, 120, 70)
    pixels = np.clip(picture * gain, 0, 255).astype(np.uint8)
    return pixels, body[90:310, 110:530]


def no_features():
    none = np.zeros(0, dtype=np.float32)
    return LocalFeatures(none.reshape(0, 2), none, none, none.reshape(0, 4), none, "none")


@pytest.fixture(scope="session")
def animal():
    """A prepared annotation of individual ``seed``."""

    def make(sighting, file="IMG_0001.JPG", *, seed=1, flank=Flank.LEFT, gain=1.0, mask=True, **of):
        pixels, body = paint(seed, gain)
        usable = of.get("usable", 0.9)
        sha = hashlib.sha256(f"{sighting}{file}".encode()).hexdigest()
        quality = Quality(*(usable,) * 6, 410, of.get("reasons", ()))
        light = Light.INFRARED if gain < 0.5 else Light.COLOUR
        return PreparedAnnotation(
            id=f"{sighting}/{file}#0",
            sighting_id=sighting,
            image=Image(pixels, sha, file, "JPEG", light, of.get("at")),
            annotation=Annotation(sha, BOX, AnnotationOrigin.USER, 0.93, body if mask else None),
            view=View(FlankEstimate.known(flank), quality),
            embedding=Embedding(np.array([1, 0], np.float32), "test"),
            features=no_features(),
            mirrored=no_features(),
            camera=of.get("camera"),
            flags=of.get("flags", ()),
        )

    return make


@pytest.fixture(scope="session")
def matched():
    """Evidence that the first ``count`` spots of two annotations match, in four groups."""

    def make(a, b, *, seed=1, count=40, llr=7.5, miss=0.08, passed=True):
        xy = spot_px(seed)[:count].astype(np.float32)
        group = ((xy[:, 0] > 320) * 2 + (xy[:, 1] > 200)).astype(np.int64)
        strength = np.linspace(0.9, 0.2, count).astype(np.float32)
        scores = {"local": float(count), "cosine": 0.71}
        matches = VerifiedMatches(xy, xy, strength, group, scores)
        controls = (
            Control("background", 1.0, float(count), True, "2 matches on the ground"),
            Control("mirrored", 2.0, float(count), passed),
        )
        return PairEvidence(a.id, b.id, scores, llr, 1.0, miss, matches, controls)

    return make


CURVE = tuple(PriorPoint(k / 10, k / 10) for k in range(1, 10))
SURE = tuple(PriorPoint(k / 10, 0.99 + k / 1000) for k in range(1, 10))


def sighted(a, b, *pairs, flank=Flank.LEFT, withheld=()):
    best = max(pairs, key=lambda pair: pair.llr)
    evidence = FlankEvidence(flank, best.llr, best, len(pairs))
    return SightingPairEvidence(a, b, True, best.llr, (evidence,), pairs, withheld=withheld)


@pytest.fixture(scope="session")
def autumn(animal, matched):
    """September poor and right, November both flanks with two dates, December good and left."""
    sep = animal(
        "September",
        flank=Flank.RIGHT,
        seed=2,
        gain=0.25,
        usable=0.2,
        reasons=("motion blur", "dark"),
        at=datetime(2018, 9, 29, 22, 57),
    )
    right = animal("November", "B_0001.JPG", seed=2, flank=Flank.RIGHT, camera="B")
    left = animal("November", "A_0001.JPG", camera="A", at=datetime(2018, 11, 11, 6, 57))
    more = animal("November", "A_0002.JPG", camera="A", usable=0.6, reasons=("tail cut off",))
    dec = animal("December", at=datetime(2018, 12, 7, 16, 27))
    pairs = (
        sighted(
            "September",
            "November",
            matched(sep, right, seed=2, count=7, llr=0.6, miss=0.62),
            flank=Flank.RIGHT,
        ),
        sighted("November", "December", matched(left, dec), matched(more, dec, count=22, llr=4.0)),
        SightingPairEvidence(
            "September", "December", False, 0.0, missing="right flank against left flank"
        ),
    )
    verdicts = (
        PairVerdict(
            "September",
            "November",
            VerdictKind.INCONCLUSIVE,
            0.64,
            0.6,
            CURVE,
            (
                "What the coats show is 1.8 times more likely if they are one animal.",
                "September: right flank only, motion blur; 62 % chance that even a true match "
                "would go unseen.",
            ),
            "A sharp picture of the right flank of the animal of September would settle it.",
        ),
        PairVerdict(
            "November",
            "December",
            VerdictKind.SAME,
            0.9995,
            7.5,
            SURE,
            ("What the coats show is about 1,800 times more likely if they are one animal.",),
        ),
        PairVerdict(
            "September",
            "December",
            VerdictKind.NOT_COMPARABLE,
            None,
            0.0,
            (),
            ("September and December cannot be compared directly: right against left.",),
            "A picture of the left flank of the animal of September would settle it.",
        ),
    )
    dates = (datetime(2018, 11, 11, 6, 57), datetime(2018, 11, 6, 6, 57))
    september, december = datetime(2018, 9, 29, 22, 57), datetime(2018, 12, 7, 16, 27)
    journeys = (
        JourneyCheck(
            "September", "December", september, december, 68.7, 18.6, 0.27, "possible", "possible"
        ),
        *(
            JourneyCheck(
                "September", "November", september, at, (at - september).days, 0.0, 0.0, "possible"
            )
            for at in dates
        ),
        *(
            JourneyCheck(
                "November",
                "December",
                at,
                december,
                (december - at).days,
                18.6,
                18.6 / (december - at).days,
                "possible",
            )
            for at in dates
        ),
    )
    november_times = tuple(
        CandidateTime(at, source)
        for at, source in zip(dates, ("text", "caption of Fig. 3"), strict=True)
    )

    def media(*names):
        return tuple(SightingMedia(name, b"") for name in names)

    return Comparison(
        id="c0ffee",
        created_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        sightings=(
            Sighting(
                "September", media("IMG_0001.JPG"), "bait site 1", (CandidateTime(september),)
            ),
            Sighting(
                "November",
                media("A_0001.JPG", "A_0002.JPG", "B_0001.JPG"),
                "bait site 1",
                november_times,
            ),
            Sighting("December", media("IMG_0001.JPG"), "bait site 2", (CandidateTime(december),)),
        ),
        annotations=(sep, left, more, right, dec),
        pairs=pairs,
        groupings=(
            Grouping((("September", "November", "December"),), 0.62),
            Grouping((("September",), ("November", "December")), 0.379),
            Grouping((("September",), ("November",), ("December",)), 0.001),
        ),
        exact=True,
        prior_same=0.5,
        max_error=0.01,
        verdicts=verdicts,
        journeys=journeys,
        summary="November and December show the same leopard (probability more than 99.9 %). "
        "These pictures cannot tell for September and November. At least one leopard and at "
        "most two.",
        flags=("synthetic",),
        rejected=(("December", "broken.jpg", "the file ends early: send it again"),),
        provenance={
            "inputs": {"September/IMG_0001.JPG": sep.image.sha256},
            "weights": {"embed": "mega-l-384:1a2b"},
            "code": "0.1.0",
        },
    )
