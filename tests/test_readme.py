"""The README's blocks are run, its exit statuses and links are true."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image as Pillow

from reid.catalogue import Catalogue
from reid.cli.exits import MEANINGS
from reid.exporters.check import check_package
from reid.types import Flank
from tests.lab.season import QUICK, write_season
from tests.registry.small_bundles import small_bundle

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"<!-- (run|serve) -->\n```(\w+)\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(README)
PORT = "8000"
READY_S = 240


def test_exit_statuses_are_those_of_the_command():
    rows = dict(re.findall(r"^\| (\d+) \| (.*) \|$", README, re.MULTILINE))
    assert rows == {str(status.value): meaning for status, meaning in MEANINGS.items()}


def test_every_door_has_a_block():
    assert [(kind, language) for kind, language, _ in BLOCKS] == [
        ("run", "bash"),
        ("run", "python"),
        ("serve", "bash"),
        ("run", "python"),
        ("run", "bash"),
        ("run", "bash"),
    ]


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_links_lead_somewhere(target):
    assert (ROOT / target).exists()


@pytest.fixture(scope="module")
def field(tmp_path_factory):
    """A folder with small synthetic sightings under the README's names."""
    from training.synthetic import RenderSpec, encode_jpeg, render

    root = tmp_path_factory.mktemp("field")
    sides = {"september": [Flank.LEFT], "november": list(Flank)[:2], "december": [Flank.LEFT]}
    for station, (name, flanks) in enumerate(sides.items()):
        (root / name).mkdir()
        for number, flank in enumerate(flanks):
            spec = RenderSpec(individual=7, flank=flank, station=station, picture=number)
            (root / name / f"SYNTHETIC-{number}.jpg").write_bytes(encode_jpeg(render(spec)))
    return root


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """This one's commands, and a catalogue of the test's own."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {k: v for k, v in os.environ.items() if k != "LEOPARD_REID_DATABASE_URL"}
    return {**kept, "PATH": path, "LEOPARD_REID_DATA_DIR": str(tmp_path_factory.mktemp("data"))}


@pytest.fixture(scope="module")
def port(field, environment):
    """The service, started by the README's own line but on a free port."""
    (line,) = [source for kind, _, source in BLOCKS if kind == "serve"]
    out = field / "address.txt"
    command = ["bash", "-c", f"exec {line.strip().replace(PORT, '0')}"]
    with out.open("wb") as written:
        process = subprocess.Popen(command, cwd=field, env=environment, stdout=written)
    try:
        yield wait_for(process, out)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def wait_for(process, out):
    for _ in range(READY_S * 5):
        url = out.read_text().strip()
        if url and is_ready(url):
            return url.rsplit(":", 1)[1]
        if process.poll() is not None:
            pytest.fail(f"the service ended with {process.returncode}")
        time.sleep(0.2)
    return pytest.fail(f"the service was not ready within {READY_S} s")


def is_ready(url):
    try:
        return httpx.get(f"{url}/v1/ready", trust_env=False, timeout=30).is_success
    except httpx.TransportError:
        return False


def run(language, source, field, environment, said=None, limit_s=600):
    words = ["bash", "-e", "-c"] if language == "bash" else [sys.executable, "-c"]
    done = subprocess.run(
        [*words, source],
        cwd=field,
        env=environment,
        input=said,
        capture_output=True,
        text=True,
        timeout=limit_s,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


RUN = [(language, source) for kind, language, source in BLOCKS if kind == "run"]


@pytest.mark.slow
@pytest.mark.parametrize(("language", "source"), RUN[:2], ids=["bash", "python"])
def test_blocks_run(language, source, field, environment):
    told = run(language, source, field, environment)
    assert "september" in told
    assert (field / "report.html").read_text(encoding="utf-8").startswith("<!")


@pytest.mark.slow
def test_the_http_block_runs(field, environment, port):
    language, source = RUN[2]
    assert "leopard" in run(language, source.replace(PORT, port), field, environment)


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """A season's labelled pictures, a sighting to ask about, a small champion, a quick recipe."""
    root = tmp_path_factory.mktemp("lab")
    write_season(root / "season")
    small_bundle(root / "champion", name="before")
    (root / "quick.toml").write_text(QUICK)
    (root / "asked").mkdir()
    shutil.copy(root / "season" / "0-0.jpg", root / "asked")
    return root


@pytest.mark.slow
def test_the_walk_from_labelled_pictures_to_a_promoted_bundle_and_back(
    season, environment, tmp_path
):
    language, source = RUN[4]
    own = environment | {"LEOPARD_REID_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}
    own |= {"LEOPARD_REID_BUNDLE": str(season / "champion")}
    lines = source.replace("--out run", "--out run --recipe quick.toml").strip().splitlines()
    brought, *others = lines
    assert "108 named" in run(language, brought, season, own, limit_s=1800)
    run(language, "reid identify asked", season, own)  # so that there is an answer to give again
    ready, doubts, trained, changes, _, served, back = (
        run(language, line, season, own) for line in others
    )
    assert "ready to train" in ready
    assert "label in doubt" in doubts
    assert "## Figures" in trained
    assert "lab" in changes
    page = (season / "changes.html").read_text(encoding="utf-8")
    assert "answered in the place of before 1" in page
    assert re.search(r"lab \S+ \(\w+\) serves: promoted", served)
    assert "before 1 serves" in back


PASSAGES = {
    "north": [(7, "left", 0, 0), (7, "left", 1, 40), (8, "left", 2, 86_400)],
    "south": [(7, "left", 3, 3 * 86_400), (7, "left", 4, 3 * 86_400 + 30)],
}
"""Station: individual, flank, picture, seconds after the first."""


@pytest.fixture(scope="module")
def surveyed(tmp_path_factory):
    """MegaDetector's results of timed synthetic pictures, a blank, and a table of deployments."""
    from training.synthetic import RenderSpec, encode_jpeg, render

    root = tmp_path_factory.mktemp("surveyed")
    look = {"size_px": 560.0, "picture_wh": (900, 640), "noise": 0.05}
    images = [{"file": "north/blank.jpg", "detections": []}]
    for station, seen in enumerate(PASSAGES):
        (root / seen).mkdir()
        for individual, flank, picture, after in PASSAGES[seen]:
            made = render(
                RenderSpec(individual, Flank(flank), station=station, picture=picture, **look)
            )
            name = f"{seen}/SYNTHETIC-{picture}.jpg"
            (root / name).write_bytes(timed(encode_jpeg(made), after))
            images.append({"file": name, "detections": [detection(made)]})
    (root / "north" / "blank.jpg").write_bytes(timed(None, 100))
    told = {"info": {"detector": "MDV5A", "format_version": "1.4"}, "images": images}
    (root / "md.json").write_text(json.dumps(told))
    (table,) = re.findall(r"```csv\n(deploymentID.*?)```", README, re.DOTALL)
    (root / "deployments.csv").write_text(table)
    return root


def detection(made):
    """The animal as MegaDetector tells it: shares of the picture."""
    height, width = made.pixels.shape[:2]
    box = made.box
    shares = box.x_px / width, box.y_px / height, box.width_px / width, box.height_px / height
    return {"category": "1", "conf": 0.93, "bbox": [round(share, 4) for share in shares]}


def timed(content, after):
    """A picture (None: an empty one) with the camera's clock in it."""
    exif, out = Pillow.Exif(), io.BytesIO()
    at = datetime(2026, 3, 1, 21, 40) + timedelta(seconds=after)
    exif.get_ifd(0x8769)[0x9003] = f"{at:%Y:%m:%d %H:%M:%S}"
    picture = Pillow.open(io.BytesIO(content)) if content else Pillow.new("RGB", (90, 64))
    picture.save(out, "JPEG", quality=92, exif=exif.tobytes())
    return out.getvalue()


@pytest.mark.slow
def test_the_road_from_megadetector_to_secr_and_camtrap_dp(surveyed, environment, tmp_path):
    pytest.importorskip("pyproj", reason="the extra formats is not installed")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    language, source = RUN[3]
    assert len(source.strip().splitlines()) == 5
    own = environment | {"LEOPARD_REID_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}
    told = run(language, source, surveyed, own, said="same Bota\nnew Cyra\n")
    assert "put together: 3 events of 5 files with an animal" in told
    assert "2 decided by Asel" in told
    captures = (surveyed / "out-secr" / "captures.txt").read_text().splitlines()
    # five photographs are three passages; the occasion is the week since the cameras went out
    assert [line.split()[1:] for line in captures if not line.startswith("#")] == [
        ["Bota", "5", "north"],
        ["Bota", "5", "south"],
        ["Cyra", "5", "north"],
    ]
    assert check_package(surveyed / "out-camtrap") == []
    with (surveyed / "out-camtrap" / "observations.csv").open(encoding="utf-8") as file:
        seen = {
            (row["mediaID"], row["individualID"], row["scientificName"])
            for row in csv.DictReader(file)
            if row["individualID"] == "Bota"
        }
    files = {f"{place}/SYNTHETIC-{n}.jpg" for place, n in (("north", 0), ("north", 1))}
    files |= {f"south/SYNTHETIC-{n}.jpg" for n in (3, 4)}
    assert seen == {(name, "Bota", "Panthera pardus") for name in files}
    with Catalogue.open(tmp_path / "data") as catalogue:
        kept = [(one.said.by, one.said.shown["proposal"]) for one in catalogue.events()]
        assert kept == [("Asel", "unknown 1"), ("Asel", "unknown 2")]
