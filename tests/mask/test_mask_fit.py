"""The animal mask head is trained for real, on two scenes: it learns, is written, and read back."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from reid.detect.mask_head import AnimalHeat, load_head, save_head
from reid.detect.mask_network import Backbone
from reid.errors import NotFoundError, WeightsMissingError
from training.mask.fit import Recipe, fit
from training.mask.judge import overlap
from training.mask.scenes import Scene, make_scenes, read_scene, scenes_of, write_scene
from training.mask.views import STRIDE, TARGET_PX, cluttered, found_box, view_of

TINY = Recipe(animals=1, steps=6, batch=2, fresh=1, kept=4, rate=2e-2, warm=2)


@pytest.fixture(scope="module")
def backbone() -> Backbone:
    try:
        return Backbone()
    except WeightsMissingError as error:
        pytest.skip(f"third-party weights are absent: {error}")


def drawn(seed: int = 0) -> Scene:
    """A dark shape on a light ground."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(170, 220, (120, 180, 3), dtype=np.uint8)
    mask = np.zeros((120, 180), np.uint8)
    cv2.ellipse(mask, (95, 60), (48, 24), 0, 0, 360, 1, -1)
    pixels[mask > 0] = rng.integers(20, 70, (int(mask.sum()), 3), dtype=np.uint8)
    return Scene(pixels, mask > 0)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("scenes")
    for k in range(2):
        write_scene(folder / f"{k}.png", drawn(k))
    return sorted(folder.glob("*.png"))


@pytest.mark.slow
def test_a_few_steps_lower_the_loss_and_a_seed_gives_the_same_weights(
    backbone: Backbone, paths: list[Path], tmp_path: Path
) -> None:
    losses: list[float] = []
    head = fit(paths, TINY, backbone, lambda _, loss, __: losses.append(loss))
    assert losses[-1] < losses[0]
    again = fit(paths, TINY, backbone, lambda *_: None)
    for name, tensor in head.state_dict().items():
        assert np.array_equal(tensor.numpy(), again.state_dict()[name].numpy()), name
    save_head(tmp_path, head, {"licence": "Apache-2.0"})
    read = load_head(tmp_path)
    for name, tensor in head.state_dict().items():
        if tensor.is_floating_point():
            assert np.allclose(tensor.numpy(), read.state_dict()[name].numpy(), atol=2e-3), name
    judged = overlap(paths, AnimalHeat(folder=tmp_path).inside, seed=0)
    assert judged.number == 2
    assert 0 <= judged.mean <= 1


def test_a_scene_is_kept_as_it_was_rendered(tmp_path: Path) -> None:
    scene = drawn()
    write_scene(tmp_path / "one.png", scene)
    read = read_scene(tmp_path / "one.png")
    assert np.array_equal(read.pixels, scene.pixels)
    assert np.array_equal(read.mask, scene.mask)
    with pytest.raises(NotFoundError, match=r"two\.png"):
        read_scene(tmp_path / "two.png")


def test_scenes_are_made_once_and_have_room_around_the_animal(tmp_path: Path) -> None:
    (first, *_) = paths = make_scenes(tmp_path, 5, 1)
    before = first.stat().st_mtime_ns
    assert make_scenes(tmp_path, 5, 1) == paths
    assert first.stat().st_mtime_ns == before
    rendered = [s for s in scenes_of(5, 0) if s is not None]
    assert np.array_equal(rendered[0].pixels, read_scene(first).pixels)
    assert 0.02 < rendered[0].mask.mean() < 0.4


def test_a_view_has_the_networks_shape_and_depends_on_its_stream_alone() -> None:
    one, other = (view_of(drawn(), np.random.default_rng(4)) for _ in range(2))
    pixels, box, target = one
    assert pixels.shape == (STRIDE * TARGET_PX, STRIDE * TARGET_PX, 3)
    assert box.shape == (STRIDE * TARGET_PX, STRIDE * TARGET_PX)
    assert target.shape == (TARGET_PX, TARGET_PX)
    assert set(np.unique(box)) <= {0.0, 1.0}
    assert 0 < target.mean() < 1
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_clutter_lies_behind_the_animal() -> None:
    scene = drawn()
    made = cluttered(scene.pixels, scene.mask, np.random.default_rng(1))
    inner = cv2.erode(scene.mask.astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert np.array_equal(made[inner], scene.pixels[inner])
    assert not np.array_equal(made[~scene.mask], scene.pixels[~scene.mask])


@pytest.mark.parametrize("seed", range(5))
def test_a_box_stays_in_the_picture_even_where_nothing_is_seen(seed: int) -> None:
    rng = np.random.default_rng(seed)
    for mask in (drawn().mask, np.zeros((120, 180), np.bool_)):
        x0, y0, x1, y1 = found_box(mask, rng)
        assert 0 <= x0 < x1 <= 180
        assert 0 <= y0 < y1 <= 120
