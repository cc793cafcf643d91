"""Positions by EXIF: asked for, agreed, never before a table's; jobs that were begun go on."""

import io

import pytest
from PIL import Image as Pil

from reid.batch import BatchOptions, submit_batch
from reid.batch.places import StationPlaces
from reid.batch.scan import scan_file
from reid.catalogue import Catalogue
from reid.catalogue.jobs import ItemState, JobItem, JobStore
from reid.events.places import FAR, SPREAD

HERE, NEAR, ELSEWHERE = (43.5, 55.0), (43.502, 55.0), (43.6, 55.0)
PLAIN = {
    "gap_s": 120.0,
    "station_level": 1,
    "siblings": 10,
    "frames_per_video": 8,
    "skip_empty": False,
    "catalogue": True,
    "confined": False,
    "prior_same": 0.5,
    "prior_known": 0.5,
    "max_error": 0.01,
}


def item(exif=None, given=None, station="north"):
    told = {"station": station} if station else {}
    told |= {"position": list(given)} if given else {}
    result = {"position": list(exif)} if exif else {}
    return JobItem(0, "a.jpg", ItemState.DONE, 1, 0, {"told": told}, result, "")


@pytest.mark.parametrize(
    ("files", "place", "odd"),
    [
        ([item()], None, ""),
        ([item(HERE), item(NEAR), item()], (43.501, 55.0), ""),
        ([item(HERE), item(ELSEWHERE)], None, SPREAD),
        ([item(NEAR, given=HERE)], HERE, ""),
        ([item(ELSEWHERE, given=HERE)], HERE, FAR),
        ([item(HERE, station="")], HERE, ""),
    ],
)
def test_a_table_wins_and_files_have_to_agree(files, place, odd):
    found, word = StationPlaces(files).of(files[0].data["told"].get("station"), files)
    assert (found and pytest.approx(found)) == place
    assert word == odd
    assert "43" not in word


def test_exif_says_nothing_of_a_station_whose_position_is_given():
    places = StationPlaces([item(given=HERE), item(ELSEWHERE)])
    assert places.of("north", [item(ELSEWHERE)]) == (None, "")


def test_a_file_tells_its_place_only_where_it_is_asked(tmp_path):
    exif = Pil.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 30.0, 0.0), 3: "E", 4: (55.0, 0.0, 0.0)})
    out = io.BytesIO()
    Pil.new("RGB", (8, 8)).save(out, "JPEG", exif=exif)
    (tmp_path / "a.jpg").write_bytes(out.getvalue())
    assert "position" not in scan_file(tmp_path, "a.jpg", BatchOptions())
    told = scan_file(tmp_path, "a.jpg", BatchOptions(exif_positions=True))
    assert told["position"] == list(HERE)


def test_a_job_that_was_begun_before_there_was_the_option_goes_on(tmp_path, put, monkeypatch):
    folder = tmp_path / "survey"
    put(folder, **{"north/1.jpg": b"one"})
    assert BatchOptions().plain() == PLAIN
    assert BatchOptions.of(PLAIN) == BatchOptions()
    with Catalogue.open(tmp_path / "data") as catalogue:
        store = JobStore.of(catalogue)
        with monkeypatch.context() as before:
            before.setattr(BatchOptions, "plain", lambda self: PLAIN)
            begun, _ = submit_batch(store, folder, BatchOptions())
        assert submit_batch(store, folder, BatchOptions())[0].id == begun.id
        asked, created = submit_batch(store, folder, BatchOptions(exif_positions=True))
        assert created
        assert asked.id != begun.id
        assert BatchOptions.of(asked.params["options"]).exif_positions
