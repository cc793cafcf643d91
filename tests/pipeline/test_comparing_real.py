"""The real stages on real photographs: the answers of a biologist, and no wrong ones."""

import os
from pathlib import Path

import pytest

from reid.errors import InputError
from reid.pipeline import Library, compare, prepare
from reid.types import Flank, Sighting, SightingMedia, VerdictKind

pytestmark = [pytest.mark.real, pytest.mark.slow]
DEFAULT = Path(__file__).resolve().parents[2].parent / "shared" / "data"
DATA = Path(os.environ.get("LEOPARD_REID_DATA", DEFAULT))


def sighting(name, *files, flank=None):
    paths = [DATA / file for file in files]
    absent = [path.name for path in paths if not path.is_file()]
    if absent:
        pytest.skip(f"photographs for development are absent ({', '.join(absent)})")
    media = (SightingMedia(p.name, p.read_bytes(), flank=flank) for p in paths)
    return Sighting(name, tuple(media))


def leopards(name, *numbers, flank=None):
    return sighting(name, *(f"leopard/images/leopard_{n:02}.jpg" for n in numbers), flank=flank)


@pytest.mark.parametrize("flank", [Flank.LEFT, None])
def test_one_leopard_by_day_by_night_and_in_fog(engine, flank):
    """Nothing may tell the three apart, and day and clear night are surely one animal."""
    scenes = {"day": 20, "night": 13, "foggy night": 8}
    found = compare(engine, [leopards(name, k, flank=flank) for name, k in scenes.items()])
    assert found.rejected == ()
    kinds = {(v.a, v.b): v.kind for v in found.verdicts}
    assert VerdictKind.DIFFERENT not in kinds.values()
    if flank is not None:
        assert kinds["day", "night"] is VerdictKind.SAME


@pytest.mark.parametrize("flank", [Flank.RIGHT, None])
def test_two_leopards_are_never_one(engine, flank):
    male = [prepare(engine, leopards(f"male {k}", k, flank=flank)) for k in (2, 4)]
    female = [prepare(engine, leopards(f"female {k}", k, flank=flank)) for k in (3, 5)]
    found = compare(engine, [*male, *female])
    for verdict in found.verdicts:
        one_animal = verdict.a.split()[0] == verdict.b.split()[0]
        wrong = VerdictKind.DIFFERENT if one_animal else VerdictKind.SAME
        assert verdict.kind is not wrong, (verdict.a, verdict.b, verdict.direct_llr)


@pytest.mark.parametrize(
    "name",
    ["american_black_bear", "blank", "blank2", "blank3", "vehicle", "human", "domestic_dog"],
)
def test_what_is_no_leopard_is_flagged_and_not_enrolled(engine, tmp_path, name):
    with Library.open(engine, tmp_path) as library:
        added = library.add(sighting(name, f"ugly/{name}.jpg"))
        loud = {"not-a-leopard", "no-animal", "several-animals"}
        assert not added.prepared.annotations or loud & set(added.prepared.flags)
        with pytest.raises(InputError, match="accept the flags"):
            library.enrol(name, "Spots", by="test")
        assert not library.catalogue.individuals()


def test_a_truncated_photograph_does_not_stop_the_others(engine):
    bad = sighting("s", "ugly/african_elephants_truncated_file.jpg")
    good = leopards("s", 20)
    found = prepare(engine, Sighting("s", (*bad.media, *good.media)))
    assert "leopard_20.jpg" in {a.image.file_name for a in found.annotations}
    flagged = {a.image.file_name for a in found.annotations if a.image.flags}
    assert {r[1] for r in found.rejected} | flagged >= {"african_elephants_truncated_file.jpg"}
