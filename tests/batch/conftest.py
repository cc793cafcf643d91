"""The real stages, and small archives of synthetic pictures with times in them."""

import io
from datetime import datetime, timedelta

import pytest
from PIL import Image as Pil

from reid.batch import BatchOptions, standard_kinds, submit_batch
from reid.catalogue.jobs import JobStore
from reid.jobs import Worker
from reid.pipeline import Engine, Library
from reid.types import Flank
from training.synthetic import RenderSpec, encode_jpeg, render

START = datetime(2026, 3, 1, 6, 0)


@pytest.fixture(scope="session")
def engine():
    return Engine.load(threads=2)


def with_time(content, at):
    """The same picture with a camera's clock in its EXIF."""
    exif = Pil.Exif()
    if at is not None:
        exif.get_ifd(0x8769)[0x9003] = f"{at:%Y:%m:%d %H:%M:%S}"
    out = io.BytesIO()
    picture = content if isinstance(content, Pil.Image) else Pil.open(io.BytesIO(content))
    picture.convert("RGB").save(out, "JPEG", quality=92, exif=exif.tobytes())
    return out.getvalue()


@pytest.fixture(scope="session")
def picture():
    """``picture(individual, flank, station, after)``: JPEG bytes, ``after`` the archive's start."""
    made = {}

    def make(individual, flank=Flank.LEFT, station=1, after=timedelta(0), **changes):
        base = {"size_px": 560.0, "picture_wh": (900, 640), "noise": 0.05, "picture": station}
        spec = RenderSpec(individual=individual, flank=flank, station=station, **base | changes)
        if spec not in made:
            made[spec] = encode_jpeg(render(spec))
        return with_time(made[spec], None if after is None else START + after)

    return make


@pytest.fixture(scope="session")
def put():
    """Write files below a folder."""

    def write(folder, **files):
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    return write


@pytest.fixture(scope="session")
def work():
    """Submit an archive and work on it in this process; returns the job."""

    def run(library, where, fresh=False, **options):
        store = JobStore.of(library.catalogue)
        job, _ = submit_batch(store, where, BatchOptions.of(options), by="Asel", fresh=fresh)
        kinds = standard_kinds(lambda: library, library.catalogue.data_dir)
        Worker(store, kinds, poll_s=0.05).run(only=job.id)
        return store.job(job.id)

    return run


@pytest.fixture
def library(engine, tmp_path):
    with Library.open(engine, tmp_path / "data") as opened:
        yield opened
