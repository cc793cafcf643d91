"""docs/ustyurt.md tells the real record as it is, and answers its scenes as they must be."""

import re
from pathlib import Path

import pytest

from training.ustyurt.record import facts, journeys, rows
from training.ustyurt.scenes import SCENES, answered

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "ustyurt.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\w+ - \w+) \| ([a-z ]+) \| ([\d.-]+) \| (.+) \|$", re.MULTILINE)


def answers(key):
    """Verdicts of a scene as the page has them: by pair, sorted names."""
    part = PAGE.split(f"### {SCENES[key].title}\n")[1].split("\n### ")[0]
    return {frozenset(pair.split(" - ")): kind for pair, kind, _, _ in ROW.findall(part)}


def pair(a, b):
    return frozenset((a, b))


def test_the_page_has_the_real_record_and_nothing_else():
    assert all(line in PAGE for line in (*facts(), *journeys()))
    assert all(time["eventStart"] in PAGE for time in rows("candidate-times"))
    assert [line[2:12] for line in journeys()] == ["2018-11-11", "2018-11-06"]
    assert all("18.6 km" in line for line in journeys())


def test_every_scene_has_its_picture_and_all_are_small():
    pictures = [DOCS / f"ustyurt-{key}.jpg" for key in SCENES]
    assert all(f"]({path.name})" in PAGE for path in pictures)
    assert sum(path.stat().st_size for path in pictures) < 600_000


def test_two_animals_are_never_called_one():
    found = answers("two")
    # one flank without a match speaks against one animal at 20 to 1 at most, so it may stay open
    assert found[pair("november", "december")] in ("different", "inconclusive")
    assert found[pair("september", "december")] in ("different", "inconclusive")
    assert found[pair("september", "november")] != "different"


def test_one_flank_each_cannot_be_compared_and_the_second_camera_bridges():
    assert answers("unbridged") == {pair("september", "november"): "not comparable"}
    assert answers("bridged") == {pair("september", "november"): "same"}
    assert "different" not in answers("one").values()


def test_too_poor_is_inconclusive():
    assert answers("poor") == {pair("september", "november"): "inconclusive"}


@pytest.mark.slow
def test_a_scene_made_anew_gives_the_pages_answer():
    from reid import Engine

    found = answered(Engine.load(), "unbridged")
    anew = {pair(one.a, one.b): str(one.kind) for one in found.verdicts}
    assert anew == answers("unbridged")
