"""What users send by mistake, through all three doors: said for each file, and the rest goes on."""

import io
import json
import struct
import time
import zipfile
import zlib
from contextlib import contextmanager

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image as Pil
from typer.testing import CliRunner

from reid import Library, compare, pipeline, read_sightings, sighting_from_folder
from reid.cli import app
from reid.cli.exits import Exit
from reid.config import Settings
from reid.errors import InputError
from reid.evidence import comparison_json
from reid.types import Flank
from service import create_app
from service.ports import Opened
from training.synthetic import RenderSpec, encode_jpeg, render

pytestmark = pytest.mark.slow
DOORS = ("python", "command", "http")


def leopard(seed=31, **changes):
    spec = {"size_px": 380.0, "picture_wh": (640, 460), "noise": 0.05} | changes
    return encode_jpeg(render(RenderSpec(individual=seed, flank=Flank.LEFT, **spec)))


def saved(picture, kind, **options):
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def huge():
    """A PNG of a few hundred bytes that says it is 50,000 pixels square."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(10_000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(20_000_000))
    return out.getvalue()


def animation():
    frames = [Pil.new("RGB", (40, 30), colour) for colour in ("red", "blue")]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def dated(written):
    exif = Pil.Exif()
    exif.get_ifd(0x8769)[0x9003] = written
    return saved(Pil.open(io.BytesIO(leopard(33))), "JPEG", exif=exif)


def blank():
    rng = np.random.default_rng(0)
    shade = np.linspace(200, 90, 300)[:, None, None] + rng.normal(0, 2, (300, 450, 3))
    return saved(Pil.fromarray(np.clip(shade, 0, 255).astype(np.uint8)), "PNG")


REFUSED = {  # file: a word of the reason
    "words.jpg": (lambda: b"Once there was a leopard.\n", "text"),
    "cut.jpg": (lambda: leopard()[:9000], "end early"),
    "nothing.jpg": (lambda: b"", "0 bytes"),
    "huge.png": (huge, "50000 x 50000"),
    "bomb.jpg": (bomb, "ZIP archive"),
    "moving.jpg": (animation, "GIF"),
    "paper.jpg": (lambda: b"%PDF-1.7\n%stuff", "PDF"),
}
FLAGGED = {  # file: its flag
    "SYNTHETIC no metadata.jpg": (lambda: leopard(), "capture-time-missing"),
    "SYNTHETIC png.jpg": (
        lambda: saved(Pil.open(io.BytesIO(leopard(32))), "PNG"),
        "wrong-extension",
    ),
    "SYNTHETIC clock.jpg": (lambda: dated("2018:13:45 25:61:00"), "capture-time-impossible"),
    "blank.png": (blank, ("no-animal", "not-a-leopard")),
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """``odd``, a sighting of everything that goes wrong, and ``fine``."""
    root = tmp_path_factory.mktemp("field")
    for name in ("odd", "fine"):
        (root / name).mkdir()
    for name, (make, _) in (REFUSED | FLAGGED).items():
        (root / "odd" / name).write_bytes(make())
    (root / "fine" / "SYNTHETIC.jpg").write_bytes(leopard(picture=2))
    return root


@pytest.fixture(scope="module")
def engine():
    return pipeline.Engine.load(threads=2)


@pytest.fixture(scope="module")
def serve(engine, tmp_path_factory):
    """The service over a real library, without a socket."""

    def opened(settings):
        library = Library.open(engine, settings)
        close = lambda: library.__exit__(None, None, None)  # noqa: E731
        return Opened(library, library.catalogue.check, close)

    @contextmanager
    def start():
        settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
        here = {"base_url": "http://127.0.0.1", "client": ("127.0.0.1", 1)}
        with TestClient(create_app(settings, library_factory=opened), **here) as client:
            for _ in range(600):
                if client.get("/v1/ready").status_code == httpx.codes.OK:
                    break
                time.sleep(0.02)
            yield client

    return start


@pytest.fixture
def reid(engine, monkeypatch):
    """The command with the models of this process."""
    monkeypatch.setattr(pipeline.Engine, "load", classmethod(lambda *_, **__: engine))

    def run(*words):
        return CliRunner().invoke(app, [str(w) for w in words], env={"COLUMNS": "200"})

    return run


def submit(client, sighting_id, files, **more):
    metadata = json.dumps({"id": sighting_id, **more})
    parts = [("metadata", (None, metadata, "application/json"))]
    parts += [("media", (name, content)) for name, content in files.items()]
    return client.post("/v1/sightings", files=parts)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(params=DOORS)
def ask(request, engine, serve, reid):
    """Two folders compared through one door: the JSON form of the answer."""

    def python(*folders):
        given = [s for f in folders for s in sighting_from_folder(f).sightings]
        return comparison_json(compare(engine, given))

    def command(*folders):
        done = reid("compare", *folders, "--json")
        assert done.exit_code in (Exit.ANSWERED, Exit.REJECTED), done.stderr
        told = json.loads(done.stdout)
        assert (done.exit_code == Exit.REJECTED) == bool(told["rejected"])
        return told

    def http(*folders):
        with serve() as client:
            for folder in folders:
                answer = submit(client, folder.name, contents(folder))
                assert answer.status_code == httpx.codes.CREATED, answer.text
            ids = [folder.name for folder in folders]
            return client.post("/v1/comparisons", json={"sighting_ids": ids}).json()

    return {"python": python, "command": command, "http": http}[request.param]


def test_each_bad_file_is_named_and_the_rest_is_compared(ask, folders):
    told = ask(folders / "odd", folders / "fine")
    reasons = {lost["file"]: lost["reason"] for lost in told["rejected"]}
    assert set(reasons) == set(REFUSED)
    for name, (_, word) in REFUSED.items():
        assert word in reasons[name], name
    odd = next(s for s in told["sightings"] if s["id"] == "odd")
    flags = {name: set() for name in FLAGGED}
    for animal in odd["annotations"]:
        flags[animal["file"]] |= set(animal["flags"])
    for name, (_, flag) in FLAGGED.items():
        assert flags[name] & ({flag} if isinstance(flag, str) else set(flag)), name
    (verdict,) = told["verdicts"]
    assert verdict["verdict"] != "not comparable"


def test_the_same_picture_in_two_sightings_is_said(ask, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "SYNTHETIC.jpg").write_bytes(leopard())
    (verdict,) = ask(tmp_path / "a", tmp_path / "b")["verdicts"]
    assert verdict["verdict"] == "not comparable"
    assert any("a copy is no evidence" in why for why in verdict["reasons"])


def test_one_sighting_is_nothing_to_compare(engine, reid, serve, folders):
    one = sighting_from_folder(folders / "fine").sightings
    with pytest.raises(InputError, match="at least two sightings"):
        compare(engine, one)
    assert reid("compare", folders / "fine").exit_code == Exit.BAD_INPUT
    with serve() as client:
        submit(client, "fine", contents(folders / "fine"))
        answer = client.post("/v1/comparisons", json={"sighting_ids": ["fine"]})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_a_box_outside_the_picture(engine, reid, serve, folders, tmp_path):
    table = tmp_path / "table.csv"
    (tmp_path / "SYNTHETIC.jpg").write_bytes(leopard())
    (tmp_path / "fine.jpg").write_bytes(leopard(picture=2))
    rows = ["sighting_id,media_path,box", 'a,SYNTHETIC.jpg,"5000,5000,10,10"', "b,fine.jpg,"]
    table.write_text("\n".join(rows))
    found = compare(engine, read_sightings(table).sightings)
    assert "outside the picture" in found.rejected[0][2]
    done = reid("compare", table, "--json")
    assert done.exit_code == Exit.REJECTED
    assert "outside the picture" in json.loads(done.stdout)["rejected"][0]["reason"]
    outside = [{"x_px": 5000, "y_px": 5000, "width_px": 10, "height_px": 10}]
    with serve() as client:
        media = [{"file_name": "SYNTHETIC.jpg", "boxes": outside}]
        answer = submit(client, "a", {"SYNTHETIC.jpg": leopard()}, media=media).json()
    assert "outside the picture" in answer["rejected"][0]["reason"]


def test_a_station_that_is_unknown(reid, serve, folders):
    """Named in a distance; a sighting without a station only leaves the journey unknown."""
    asked = ["compare", folders / "fine", folders / "odd", "--distance", "fine:nowhere=3"]
    done = reid(*asked)
    assert done.exit_code == Exit.BAD_INPUT
    assert "expected a station or sighting, found 'nowhere'" in done.stderr
    with serve() as client:
        apart = [{"a": "fine", "b": "nowhere", "km": 3}]
        wanted = {"sighting_ids": ["fine", "odd"], "distances_km": apart}
        answer = client.post("/v1/comparisons", json=wanted)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_an_impossible_time(reid, serve, tmp_path):
    (tmp_path / "SYNTHETIC.jpg").write_bytes(leopard())
    table = tmp_path / "table.csv"
    table.write_text("sighting_id,media_path,datetime\na,SYNTHETIC.jpg,2018-02-30T10:00:00\n")
    done = reid("compare", table)
    assert done.exit_code == Exit.BAD_INPUT
    assert "row 2, column datetime: expected an existing time" in done.stderr
    with serve() as client:
        times = [{"at": "2018-02-30T06:57:00"}]
        answer = submit(client, "a", {"SYNTHETIC.jpg": leopard()}, times=times)
        assert client.get("/v1/sightings").json()["sightings"] == []
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


def test_an_empty_catalogue_knows_nobody(reid, serve, folders, tmp_path):
    done = reid("identify", folders / "fine", "--data-dir", tmp_path, "--json")
    assert done.exit_code == Exit.ANSWERED, done.stderr
    (told,) = json.loads(done.stdout)["identifications"]
    with serve() as client:
        submit(client, "fine", contents(folders / "fine"))
        answer = client.post("/v1/identifications", json={"sighting_id": "fine"}).json()
    for one in (told, answer):
        assert (one["kind"], one["individual"]) == ("inconclusive", None)
        assert "the catalogue is empty" in one["reasons"][0]


def test_a_sighting_of_bad_files_alone_is_told_and_never_enrolled(reid, serve, tmp_path):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "words.jpg").write_bytes(b"Once there was a leopard.\n")
    said = ["--individual", "Ada", "--by", "test", "--data-dir", tmp_path / "data"]
    done = reid("enrol", tmp_path / "bad", *said)
    assert done.exit_code == Exit.BAD_INPUT
    assert "no-animal" in done.stderr
    with serve() as client:
        answer = submit(client, "bad", contents(tmp_path / "bad"))
        assert [one["file_name"] for one in answer.json()["rejected"]] == ["words.jpg"]
        named = {"sighting_id": "bad", "by": "test"}
        refused = client.post("/v1/individuals/Ada/sightings", json=named)
        assert "no-animal" in refused.json()["detail"]
        assert client.get("/v1/individuals").json()["individuals"] == []
