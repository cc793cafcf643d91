"""A cache that several write at once: no half file, nothing left beside."""

import threading
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from reid.local.load import load_extractor
from training.data import read_dataset
from training.data.beside import written_whole
from training.evaluation.retrieval.protocol import load_protocol
from training.evaluation.retrieval.running import make_task
from training.evaluation.systems.features import features_of

AT_ONCE = 4


def test_what_fails_leaves_what_was_there_and_nothing_beside(tmp_path):
    path = tmp_path / "folder" / "kept.npz"
    with written_whole(path) as beside:
        np.savez(beside, a=np.arange(3))
    with pytest.raises(ValueError, match="Object arrays"), written_whole(path) as beside:
        np.savez(beside, allow_pickle=False, a=np.arange(9), b=np.array([object()]))
    with np.load(path) as kept:
        assert kept["a"].tolist() == [0, 1, 2]
    assert [p.name for p in path.parent.iterdir()] == ["kept.npz"]


def test_two_that_write_one_file_at_once_do_not_meet(tmp_path):
    path = tmp_path / "kept.npy"
    with written_whole(path) as one, written_whole(path) as other:
        assert one != other
        np.save(one, np.zeros(4))
        np.save(other, np.ones(4))
    assert np.load(path).tolist() == [0.0] * 4, "the one that ended last"


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """Two animals of two pictures each; outlines are not given, so that they are kept too."""
    root, rng = tmp_path_factory.mktemp("table"), np.random.default_rng(3)
    lines = ["image_id,identity,path,orientation"]
    for k in range(4):
        noise = cv2.GaussianBlur(rng.normal(size=(90, 140)), (0, 0), 5.0)
        cv2.imwrite(str(root / f"{k}.png"), np.where(noise > 0.02, 60, 200).astype(np.uint8))
        lines.append(f"{k},animal-{k // 2},{k}.png,left")
    (root / "metadata.csv").write_text("\n".join(lines))
    return root


@pytest.mark.slow
def test_those_that_fill_one_cache_at_once_all_read_whole_files(table, tmp_path):
    at_once = threading.Barrier(AT_ONCE)

    def fill(_number):
        at_once.wait(60)
        task = make_task(read_dataset(table), load_protocol("leave-one-out"), cache=tmp_path)
        found = features_of(task.animals, load_extractor("rootsift"), task)
        return [len(one.xy_px) for one in found]

    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(fill, range(AT_ONCE)))
    assert found == found[:1] * AT_ONCE
    kept = [p.name for p in tmp_path.rglob("*") if p.is_file()]
    assert kept
    assert not [name for name in kept if name.startswith(".") or "part" in name]
