"""The file of an index: one writer at a time, whole after a kill at any byte, never backwards."""

import os
import resource
import signal
import threading

import numpy as np
import pytest

from reid.errors import SearchError
from reid.index import IndexFile, Section
from reid.index.storage import read_extent
from reid.types import Extent

PRINT = "0123456789abcdef"


def section(number, size=4000):
    content = np.random.default_rng(number).bytes(size)
    return Section("left", PRINT, 4, np.arange(number, dtype=np.int64), content)


def content(file):
    extent, (found,) = file.read()
    return extent.last, len(found.ids), bytes(found.data)


def expected(number):
    return number, number, section(number).data


def newer(than):
    return lambda there: there.last >= than


def dies_at(byte, file, number):
    """A child writes and is stopped by the kernel when a file of its grows beyond ``byte``."""
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (byte, byte))
        file.write(Extent(number, number), lambda: [section(number)])
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.slow
@pytest.mark.parametrize("before", [0, 3], ids=["none before", "one before"])
def test_a_writer_killed_at_any_byte_leaves_the_file_as_it_was(tmp_path, before):
    file = IndexFile(tmp_path / "i")
    if before:
        assert file.write(Extent(before, before), lambda: [section(before)])
    whole = 0
    for byte in [0, 1, 7, *range(50, 4500, 250)]:
        if not dies_at(byte, file, 9):
            whole += 1  # what it had to write was no longer than that
            assert content(file) == expected(9)
        elif before:
            assert content(file) == expected(before)
        else:
            with pytest.raises(SearchError, match="found none that can be read"):
                file.read()
    assert whole <= 1
    assert file.write(Extent(12, 12), lambda: [section(12)]), "the dead hold no lock"
    assert content(file) == expected(12)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["i", "i.lock"], "halves are cleared away"


def test_while_one_writes_the_others_go_on_without(tmp_path):
    file, other = IndexFile(tmp_path / "i"), IndexFile(tmp_path / "i")
    inside, go = threading.Event(), threading.Event()

    def slow():
        inside.set()
        assert go.wait(20)
        return [section(2)]

    writer = threading.Thread(target=file.write, args=(Extent(2, 2), slow))
    writer.start()
    assert inside.wait(20)
    assert not other.write(Extent(5, 5), lambda: [section(5)])
    with pytest.raises(SearchError, match="found none"):
        other.read()
    waiting = threading.Thread(
        target=other.write, args=(Extent(5, 5), lambda: [section(5)]), kwargs={"wait": True}
    )
    waiting.start()
    go.set()
    writer.join()
    waiting.join()
    assert content(file) == expected(5)


def test_the_file_never_goes_back(tmp_path):
    file = IndexFile(tmp_path / "i")
    assert file.write(Extent(8, 8), lambda: [section(8)], is_newer=newer(8))
    assert not file.write(Extent(6, 6), lambda: [section(6)], is_newer=newer(6))
    assert content(file) == expected(8)
    (tmp_path / "i").write_bytes(b"damaged")
    assert file.write(Extent(6, 6), lambda: [section(6)], is_newer=newer(6))
    assert read_extent(tmp_path / "i") == Extent(6, 6)


def test_a_changed_extent_is_noticed(tmp_path):
    file = IndexFile(tmp_path / "i")
    file.write(Extent(8, 8, "ab"), lambda: [section(8)])
    path = tmp_path / "i"
    path.write_bytes(path.read_bytes().replace(b'"last": 8', b'"last": 7', 1))
    with pytest.raises(SearchError, match="checksum of the first line"):
        file.read()
    with pytest.raises(SearchError, match="checksum of the first line"):
        read_extent(path)


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SearchError, match="could not be written"):
        IndexFile(tmp_path / "file" / "i").write(Extent(), lambda: [section(1)])
