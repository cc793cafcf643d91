"""`reid batch --ray`: a cluster of two workers says what one machine says, byte by byte."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from reid.batch import BatchOptions, standard_kinds, submit_batch
from reid.batch.cluster import helpers
from reid.catalogue import Catalogue
from reid.catalogue.jobs import ItemState, JobState, JobStore, NewItem
from reid.config import Settings
from reid.errors import ConfigError, InputError, InputsChangedError
from reid.jobs import JobContext
from reid.types import Flank

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from reid.cli import main; main()"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory, picture, put):
    folder = tmp_path_factory.mktemp("cluster") / "survey"
    for n, individual in enumerate([7, 7, 8, 7, 9, 8]):
        content = picture(individual, Flank.LEFT, 1 + n, timedelta(days=n), size_px=420.0)
        put(folder, **{f"north/I{n}.JPG": content})
    put(folder, **{"north/broken.JPG": b"not a picture"})
    return folder


def begin(archive, data, out, *more):
    words = [*COMMAND, "batch", str(archive), "--data-dir", str(data), "--threads", "1", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([*words, "--out", str(out)], env=environment, cwd=ROOT)


def children(pid):
    """Processes below one, by number; of Ray's workers the command line names the class."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            line = (entry / "cmdline").read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            continue
        found[int(entry.name)] = parent, line
    below, more = {pid}, True
    while more:
        more = {n for n, (parent, _) in found.items() if parent in below} - below
        below |= more
    return [n for n in below if n in found and "ray::Helper" in found[n][1]]


def done(data, stage):
    with Catalogue.open(data) as catalogue:
        store = JobStore.of(catalogue)
        return {
            item.position
            for job in store.jobs()
            for item in store.items(job.id, stage, ItemState.DONE)
        }


def files_of(folder):
    """What the batch left, without its job's number and the folder that it lies in."""
    return {
        path.name: re.sub(rb"\b[0-9a-f]{16}\b", b"JOB", path.read_bytes())
        for path in sorted(folder.iterdir())
    }


def test_several_machines_need_a_database_server(tmp_path):
    pytest.importorskip("ray", reason="no Ray: pip install 'leopard-reid[cluster]'")
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(InputError, match="database server"), helpers("auto", settings, "job"):
        pass


def test_without_ray_it_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(ConfigError, match=r"leopard-reid\[cluster\]"),
        helpers("local", Settings(data_dir=tmp_path), "job"),
    ):
        pass


def test_a_helper_with_other_models_does_nothing(library, tmp_path, put):
    put(tmp_path / "in", **{"a/x.JPG": b"not a picture"})
    store = JobStore.of(library.catalogue)
    job, _ = submit_batch(store, tmp_path / "in", BatchOptions())
    for worker in ("runner", "helper"):
        store.enlist(worker, machine="", pid=1, process="")
    store.claim("runner", kinds=["batch"])
    begun = {"weights": "others", "calibration": "", "configuration": {}}
    store.add_items(job.id, "runner", "models", [NewItem("models", begun)], done=True)
    kind = standard_kinds(lambda: library, tmp_path)["batch"]
    context = JobContext(store, store.job(job.id), "helper", lambda: False, helping=True)
    with pytest.raises(InputsChangedError, match="begun with other weights"):
        kind.help(context, "files")
    assert store.item_counts(job.id, "files")[ItemState.WAITING] == 1


@pytest.mark.slow
def test_a_cluster_says_what_one_machine_says_also_after_a_kill(archive, tmp_path):
    pytest.importorskip("ray", reason="no Ray: pip install 'leopard-reid[cluster]'")
    if not Path("/proc").is_dir():
        pytest.skip("killing one of Ray's processes needs /proc to find it")
    data, out = tmp_path / "data", tmp_path / "out"
    process = begin(archive, data, out, "--ray", "local", "--ray-workers", "2")
    end, killed = time.monotonic() + 400, 0
    while process.poll() is None and not killed:
        assert time.monotonic() < end
        time.sleep(0.2)
        helping = children(process.pid)
        if len(helping) == 2 and done(data, "sightings"):
            os.kill(helping[0], signal.SIGKILL)
            killed += 1
    assert killed, "it ended before one of its workers was killed"
    assert process.wait(400) in (0, 5)
    other, alone = tmp_path / "other", tmp_path / "alone"
    assert begin(archive, other, alone).wait(400) == process.returncode
    assert files_of(out) == files_of(alone)
    with Catalogue.open(data) as catalogue:
        (job,) = JobStore.of(catalogue).jobs()
        assert job.state is JobState.DONE
