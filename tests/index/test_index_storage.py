"""Indexes on disk: whole or an error."""

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from reid.errors import SearchError, StorageFullError
from reid.index import FlankIndex, StoreSettings, VectorBatch
from reid.types import Embedding, Flank

PRINT = "0123456789abcdef"


def stored(n: int = 40) -> VectorBatch:
    rows = np.random.default_rng(3).normal(size=(n, 6)).astype(np.float32)
    return VectorBatch(np.arange(n) * 3, rows / np.linalg.norm(rows, axis=1)[:, None], PRINT)


def filled(settings: StoreSettings | None = None) -> FlankIndex:
    index = FlankIndex(flank=Flank.RIGHT, fingerprint=PRINT, dim=6, settings=settings)
    index.add(stored())
    return index


@pytest.mark.parametrize("exact_up_to", [1000, 10], ids=["exact", "ivf"])
def test_what_was_saved_answers_the_same_and_can_change(tmp_path: Path, exact_up_to: int):
    before = filled(StoreSettings(exact_up_to=exact_up_to))
    before.save(tmp_path / "deep" / "right.index")
    after = FlankIndex.load(tmp_path / "deep" / "right.index", fingerprint=PRINT)
    asked = Embedding(stored().vectors[7], PRINT)
    a, b = before.search(asked, 40), after.search(asked, 40)
    assert (after.flank, after.kind, len(after)) == (Flank.RIGHT, before.kind, 40)
    assert a.ids.tolist() == b.ids.tolist()
    np.testing.assert_array_equal(a.cosines, b.cosines)
    after.remove([21])
    assert 21 not in after.search(asked, 40).ids
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["right.index"]


def test_an_empty_index_survives_the_disk(tmp_path: Path):
    FlankIndex(flank=Flank.LEFT, fingerprint=PRINT, dim=6).save(tmp_path / "i")
    again = FlankIndex.load(tmp_path / "i", fingerprint=PRINT)
    assert len(again.search(Embedding(stored().vectors[0], PRINT), 3)) == 0


def test_a_missing_index_is_an_error(tmp_path: Path):
    with pytest.raises(SearchError, match="index rebuild"):
        FlankIndex.load(tmp_path / "none", fingerprint=PRINT)


def test_another_fingerprint_is_refused(tmp_path: Path):
    filled().save(tmp_path / "i")
    with pytest.raises(SearchError, match="cannot be compared"):
        FlankIndex.load(tmp_path / "i", fingerprint="f" * 16)


@pytest.mark.parametrize("where", [0.0, 0.02, 0.3, 0.5, 0.9, 0.999])
def test_any_changed_byte_is_noticed(tmp_path: Path, where: float):
    path = tmp_path / "i"
    filled().save(path)
    data = bytearray(path.read_bytes())
    data[int(where * len(data))] ^= 0x11
    path.write_bytes(data)
    with pytest.raises(SearchError):
        FlankIndex.load(path, fingerprint=PRINT)


@pytest.mark.parametrize("keep", [0, 1, 100, 400, -1])
def test_a_cut_file_is_noticed(tmp_path: Path, keep: int):
    path = tmp_path / "i"
    filled().save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(SearchError, match="not a whole index"):
        FlankIndex.load(path, fingerprint=PRINT)


def test_a_forged_fingerprint_in_the_header_is_noticed(tmp_path: Path):
    path = tmp_path / "i"
    filled().save(path)
    header, _, body = path.read_bytes().partition(b"\n")
    facts = json.loads(header)
    facts["sections"][0]["fingerprint"] = "f" * 16
    path.write_bytes(json.dumps(facts).encode() + b"\n" + body)
    with pytest.raises(SearchError, match="checksum"):
        FlankIndex.load(path, fingerprint="f" * 16)


@pytest.mark.parametrize(
    ("number", "error"), [(errno.ENOSPC, StorageFullError), (errno.EACCES, SearchError)]
)
def test_a_failed_write_leaves_the_old_index(tmp_path: Path, monkeypatch, number, error):
    path = tmp_path / "i"
    filled().save(path)
    before = path.read_bytes()

    def refuse(_: int) -> None:
        raise OSError(number, "refused")

    bigger = filled()
    bigger.remove([0])
    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(error):
        bigger.save(path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["i"]
