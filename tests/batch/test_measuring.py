"""One sighting measured by the real stages."""

import io

import numpy as np
import pytest
from PIL import Image

from reid.batch import BatchOptions
from reid.batch.measure import measure_sighting
from reid.batch.scan import scan_file
from reid.catalogue.licences import Licences, Licensed
from reid.errors import InputsChangedError
from reid.events.planning import Seen, plan_sightings
from reid.types import Flank

pytestmark = pytest.mark.slow


def planned(folder, name, told):
    found = scan_file(folder, name, BatchOptions())
    file = {"name": name, "camera": None, "told": told, **found}
    one = plan_sightings([Seen(0, found["sha256"], name=name)], 120.0).sightings[0]
    return {"sighting": one.id, "station": None, "times": [], "position": None, "files": [file]}


def measure(engine, library, folder, plan, **options):
    chosen = BatchOptions(**options)
    return measure_sighting(engine, library.catalogue, folder, plan, chosen, lambda: None)


@pytest.fixture
def folder(tmp_path, put, picture):
    put(tmp_path, **{"I1.JPG": picture(9, Flank.LEFT, 6, size_px=330.0)})
    return tmp_path


def test_two_animals_in_one_picture_are_two_annotations(engine, library, folder):
    """Complaint: two animals in one picture treated as one."""
    boxes = [[40, 150, 380, 330], [440, 150, 400, 330]]
    plan = planned(folder, "I1.JPG", {"boxes": boxes, "flank": "left"})
    found = measure(engine, library, folder, plan)
    assert found["animals"] == 2
    assert found["crowded"] == 1, "and neither speaks for the sighting until a person says which"
    assert len(library.catalogue.sighting(plan["sighting"]).annotation_ids) == 2
    again = measure(engine, library, folder, plan)
    assert again["stored_before"]


def test_a_file_that_changed_meanwhile_stops_the_job(engine, library, folder, picture, put):
    plan = planned(folder, "I1.JPG", {})
    put(folder, **{"I1.JPG": picture(9) + b"\0"})
    with pytest.raises(InputsChangedError, match=r"I1\.JPG"):
        measure(engine, library, folder, plan)


def test_frames_of_a_video_are_one_sighting(engine, library, tmp_path, picture):
    av = pytest.importorskip(
        "av", reason="PyAV is not installed: pip install 'leopard-reid[video]'"
    )
    pixels = np.asarray(Image.open(io.BytesIO(picture(7, size_px=420.0))).resize((448, 320)))
    with av.open(str(tmp_path / "clip.mp4"), "w") as container:
        stream = container.add_stream("mpeg4", rate=8)
        stream.width, stream.height, stream.pix_fmt = 448, 320, "yuv420p"
        stream.bit_rate = 4_000_000
        for n in range(12):
            moved = np.roll(pixels, 4 * n, axis=1).copy()
            frame = av.VideoFrame.from_ndarray(moved, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    plan = planned(tmp_path, "clip.mp4", {"flank": "left"})
    found = measure(engine, library, tmp_path, plan, frames_per_video=2)
    stored = library.catalogue.sighting(plan["sighting"])
    assert 1 <= found["pictures"] <= 2
    assert all(name.startswith("clip.mp4@") for name in stored.file_names)
    assert measure(engine, library, tmp_path, plan, frames_per_video=2)["stored_before"]


def test_licences_of_an_archive_are_kept_and_come_later_where_none_stood(engine, library, folder):
    plan = planned(folder, "I1.JPG", {})
    (digest,) = [file["sha256"] for file in plan["files"]]

    def kept():
        return Licences.of(library.catalogue).told([plan["sighting"]])[plan["sighting"]]

    measure(engine, library, folder, plan)
    assert kept() == Licensed()
    assert measure(engine, library, folder, plan, licence="CC-BY-NC-4.0")["stored_before"]
    assert kept() == Licensed("CC-BY-NC-4.0", {digest: "CC-BY-NC-4.0"})
    plan["files"][0]["told"] = {"licence": "CC-BY-4.0", "data_licence": "CC0-1.0"}
    measure(engine, library, folder, plan, licence="CC-BY-NC-4.0")
    assert kept() == Licensed("CC-BY-NC-4.0", {digest: "CC-BY-NC-4.0"}), "what stands, stays"


def test_an_archives_own_licences_go_before_what_is_said_of_the_rest(engine, library, folder):
    told = {"licence": "CC-BY-4.0", "data_licence": "CC0-1.0"}
    plan = planned(folder, "I1.JPG", told)
    measure(engine, library, folder, plan, licence="CC-BY-NC-4.0")
    kept = Licences.of(library.catalogue).told([plan["sighting"]])[plan["sighting"]]
    assert (kept.data, list(kept.media.values())) == ("CC0-1.0", ["CC-BY-4.0"])


def test_skipping_what_shows_no_leopard_is_listed_not_silent(engine, library, tmp_path):
    Image.new("RGB", (320, 240), (90, 120, 80)).save(tmp_path / "empty.jpg")
    plan = planned(tmp_path, "empty.jpg", {})
    found = measure(engine, library, tmp_path, plan, skip_empty=True)
    assert (found["stored"], found["leopards"]) == (False, 0)
    assert set(found["flags"]) & {"no-animal", "not-a-leopard"}
