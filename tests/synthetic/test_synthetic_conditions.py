"""What changes between sightings changes the picture, never the pattern or its truth."""

from dataclasses import replace
from datetime import datetime

import cv2
import numpy as np
import pytest

from reid.errors import ConfigError
from reid.types import Flank
from training.synthetic import Illumination, Part, Pose, RenderSpec, render
from training.synthetic.circumstances import draw_condition, draw_habit, draw_pose
from training.synthetic.condition import Condition
from training.synthetic.family import Family
from training.synthetic.mesh import body_of
from training.synthetic.skeleton import fore_leg, hind_leg
from training.synthetic.spec import FULL_DETAIL

COARSE = RenderSpec(
    individual=4,
    family=Family.ROSETTES,
    size_px=200,
    picture_wh=(300, 220),
    texels_per_m=250,
    noise=0.0,
    station=3,
    distance_m=4.0,
)


@pytest.fixture(scope="module")
def made():
    kept = {}

    def make(**changes):
        spec = replace(COARSE, **changes)
        if spec not in kept:
            kept[spec] = render(spec)
        return kept[spec]

    return make


def on_coat(a, b):
    """Mean absolute difference of two renders of one geometry on the animal."""
    both = a.mask & b.mask
    return np.abs(a.pixels[both].astype(int) - b.pixels[both]).mean()


def likeness(a, b):
    """Correlation of the finer pattern of two renders of one geometry on the torso."""
    both = a.mask & b.mask & (a.coat[..., 0] == Part.TORSO)
    greens = [m.pixels[..., 1].astype(np.float32) for m in (a, b)]
    fine = [cv2.GaussianBlur(g, (0, 0), 1) - cv2.GaussianBlur(g, (0, 0), 6) for g in greens]
    return np.corrcoef(fine[0][both], fine[1][both])[0, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"condition": Condition(season=1.0)},
        {"condition": Condition(season=-1.0)},
        {"condition": Condition(wet=0.8)},
        {"condition": Condition(mud=0.7)},
        {"condition": Condition(scars=10)},
        {"dapple": 0.8},
        {"light": Illumination.INFRARED, "burn": 0.8},
    ],
)
def test_a_condition_shows_and_leaves_the_truth_alone(made, changes):
    light = changes.get("light", COARSE.light)
    plain, changed = made(light=light), made(**changes)
    apart = np.abs(plain.pixels.astype(int) - changed.pixels).max(2)
    assert (apart[plain.mask] > 4).sum() > 15
    np.testing.assert_array_equal(plain.mask, changed.mask)
    np.testing.assert_array_equal(plain.coat, changed.coat)


def test_water_and_mud_darken_and_winter_pales(made):
    def grey(**changes):
        shown = made(**changes)
        return shown.pixels[shown.mask].mean()

    assert grey(condition=Condition(wet=0.9)) < grey() - 5
    assert grey(condition=Condition(mud=0.9)) < grey() - 5
    flank = made().coat[..., 0] == Part.TORSO
    spread = [made(condition=Condition(season=s)).pixels[flank].std() for s in (0.0, 1.0)]
    assert spread[1] < spread[0]


def test_scars_come_one_after_the_other(made):
    """The first four are among the first eight: what a fifth adds leaves them where they were."""
    none, four, eight = (
        made(condition=Condition(scars=n)).pixels.astype(int).sum(2) for n in (0, 4, 8)
    )
    first, both = np.abs(four - none) > 12, np.abs(eight - none) > 12
    assert first.sum() > 3
    assert both[first].mean() > 0.9
    assert both.sum() >= first.sum()


def test_wet_places_belong_to_the_sighting(made):
    pictures = ((1, 1), (1, 2), (2, 1))
    wet = [made(condition=Condition(wet=0.6, seed=s), picture=p) for s, p in pictures]
    assert on_coat(wet[0], wet[1]) < 0.7 * on_coat(wet[0], wet[2])


def test_sliding_skin_moves_the_truth_with_the_pattern(made):
    still, slid = made(), made(condition=Condition(slide_m=0.02))
    np.testing.assert_array_equal(still.mask, slid.mask)
    torso = still.mask & (still.coat[..., 0] == Part.TORSO)
    moved = np.abs(still.coat[torso][:, 1] - slid.coat[torso][:, 1]) * 1150  # millimetres
    assert 3 < np.median(moved) < 40
    assert on_coat(still, slid) > 3


def test_a_shared_skin_joins_leg_and_torso(made):
    apart, joined = made(), made(soft_seams=True)
    np.testing.assert_array_equal(apart.mask, joined.mask)
    leg = apart.coat[..., 0] == Part.LEFT_FORE
    now = joined.coat[..., 0]
    top = leg & (apart.coat[..., 1] < 0.15)
    assert (now[top] == Part.TORSO).mean() > 0.8
    assert (now[leg & (apart.coat[..., 1] > 0.5)] == Part.LEFT_FORE).all()


@pytest.mark.parametrize("flank", [Flank.LEFT, Flank.RIGHT])
@pytest.mark.parametrize(
    "pose",
    [
        Pose(stride=0.0),
        Pose(neck_deg=-50, head_pitch_deg=50),
        Pose(trot=1.0, stride=1.4, gait_phase=0.4),
        Pose(crouch_m=0.3, stride=0.0),
        Pose(sit=1.0, stride=0.0),
        Pose(turn_deg=40),
    ],
)
def test_every_posture_stands_on_the_ground(flank, pose):
    body = body_of(replace(COARSE, flank=flank, pose=pose))
    points = np.concatenate([s.points.reshape(-1, 3) for s in body.values()])
    assert np.isfinite(points).all()
    assert -0.06 < points[:, 2].min() < 0.03
    assert 0.25 < np.ptp(points[:, 2]) < 1.3


def test_lying_and_sitting_lower_what_they_should():
    def heights(pose):
        return fore_leg(pose, 1.0, 1.0)[1, 2], hind_leg(pose, 1.0, 1.0)[1, 2]

    stand, lie, sit = heights(Pose(stride=0)), heights(Pose(stride=0, crouch_m=0.3)), None
    assert lie[0] < stand[0] - 0.15
    assert lie[1] < stand[1] - 0.15
    sit = heights(Pose(stride=0, sit=1.0))
    assert abs(sit[0] - stand[0]) < 0.05
    assert sit[1] < stand[1] - 0.2


def test_a_trot_moves_diagonal_feet_together():
    pose = Pose(trot=1.0, stride=1.0, gait_phase=0.2)
    ahead = [leg(pose, side, 1.0)[-1, 0] for leg in (fore_leg, hind_leg) for side in (1.0, -1.0)]
    fore_left, fore_right, hind_left, hind_right = ahead - np.array([0.33, 0.33, -0.32, -0.32])
    assert abs(fore_left - hind_right) < abs(fore_left - hind_left)
    assert abs(fore_right - hind_left) < abs(fore_right - hind_right)


def test_a_coarse_body_is_the_fine_one_nearly(made):
    """The same animal in the same place, a little less exact."""
    fine = made(texels_per_m=FULL_DETAIL)
    both = (fine.mask & made().mask).sum() / (fine.mask | made().mask).sum()
    assert both > 0.95
    assert likeness(fine, made()) > 0.75 > likeness(fine, made(individual=9)) + 0.2


def test_drawn_conditions_follow_the_year_and_the_animals_age():
    def draw(day, age, seed=3):
        return draw_condition(np.random.default_rng(seed), 7, datetime(2020, *day), age)

    assert draw((1, 20), 0.5).season > 0.05 > -0.05 > draw((7, 20), 0.5).season
    scars = [draw((5, 1), age).scars for age in (0.0, 0.4, 0.8, 1.0)]
    assert scars == sorted(scars)
    assert scars[0] == 0


def test_habits_are_kept_through_a_sighting():
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(200):
        habit = draw_habit(rng)
        seen |= set(habit.fixed)
        one, two = draw_pose(rng, habit), draw_pose(rng, habit)
        assert all(getattr(one, name) == getattr(two, name) for name in habit.fixed)
    assert {"sit", "crouch_m", "trot", "neck_deg", "turn_deg", "stride"} <= seen


def test_impossible_conditions_are_refused_by_name():
    with pytest.raises(ConfigError, match="wet: expected 0"):
        Condition(wet=2.0)
    with pytest.raises(ConfigError, match="distance_m"):
        replace(COARSE, distance_m=0.1)
