"""Camtrap DP in and out."""

import json
import shutil
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reid.errors import InputError
from reid.exporters import Writing, exporter_for, snapshot
from reid.importers import report_of
from reid.importers.camtrap import CamtrapPackage
from reid.importers.contract import Reading
from reid.survey import Deployment, Media, Observation, Problems, Survey

ZONE = timezone(timedelta(hours=5))
PLAIN = Writing(zone=ZONE, by="Dana", created=datetime(2026, 1, 1, tzinfo=UTC))


def state(catalogue):
    sightings = {s.id: s.content_sha256 for s in catalogue.sightings()}
    return sightings, {i.name: i.sighting_ids for i in catalogue.individuals()}


def export(catalogue, target, writing=PLAIN, exactness="exact", **how):
    with snapshot(catalogue, exactness=exactness, **how) as survey:
        return exporter_for("camtrap-dp").write(survey, target, writing)


def test_a_dry_run_says_what_would_come_and_writes_nothing(tmp_path, take, making):
    taken = take(making.package(tmp_path / "p"))
    report = report_of(taken.survey, taken.problems, taken.files)
    assert (report.deployments, report.media, report.observations) == (2, 5, 5)
    assert report.types == {"animal": 4, "other species": 1}
    assert (report.sightings, report.individuals, report.named_sightings) == (2, 1, 2)
    assert report.files == {"here": 3, "remote": 1}
    assert report.lacking == (
        "1 sighting has no file at hand: kept in the survey, not as pictures",
    )
    assert not taken.told


def test_import_stores_sightings_boxes_times_and_who(tmp_path, take, catalogue, making):
    taken = take(making.package(tmp_path / "p"), catalogue)
    assert (taken.done.new, taken.done.left, taken.done.named) == (2, 1, 2)
    one = catalogue.load_sighting("e1")
    assert one.station == "north"
    assert one.position == (43.51234, 55.01234)
    assert [t.at.isoformat() for t in one.times] == [
        "2018-09-29T22:57:00+05:00",
        "2018-11-06T00:00:00",
    ]
    first = one.media[0]
    assert (first.camera, first.flank, first.boxes[0].x_px) == ("c1", "left", 4.0)
    (said,) = catalogue.history("e1")
    assert (said.individual, said.by) == ("Aidar", "Asel")
    assert "human at 2019-01-01" in said.why


def test_the_same_again_changes_nothing(tmp_path, take, catalogue, making):
    source = making.package(tmp_path / "p")
    take(source, catalogue)
    before, event = state(catalogue), catalogue.last_event()
    again = take(source, catalogue)
    assert (again.done.new, again.done.known, again.done.named) == (0, 2, 0)
    assert (state(catalogue), catalogue.last_event()) == (before, event)


def test_what_people_decided_here_stays(tmp_path, take, catalogue, making):
    source = making.package(tmp_path / "p")
    take(source, catalogue)
    catalogue.withdraw("e2", by="Dana", why="the other flank")
    take(source, catalogue)
    assert catalogue.individuals_of(["e2"]) == {}


def test_an_equal_name_of_another_project_is_not_the_same_animal(tmp_path, take, catalogue, making):
    take(making.package(tmp_path / "p"), catalogue)
    other = making.package(tmp_path / "q")
    for seed, name in enumerate(("a", "b", "c")):
        making.picture(other / "pictures" / f"{name}.jpg", seed + 100)
    rows = [{**row, "eventID": f"q-{row['eventID']}"} for row in making.observations()]
    making.table(other / "observations.csv", rows)
    taken = take(other, catalogue)
    assert taken.done.named == 0
    assert any("--same-names" in line for line in taken.told)
    assert catalogue.individual("Aidar").sighting_ids == ("e1", "e2")


def test_two_named_animals_of_one_event_are_two_sightings(tmp_path, take, catalogue, making):
    rows = making.observations()[:3]
    rows[1] = {**rows[1], "individualID": "Bota"}
    take(making.package(tmp_path / "p", observations=rows), catalogue)
    found = {i.name: i.sighting_ids for i in catalogue.individuals()}
    assert found == {"Aidar": ("e1--Aidar", "e2"), "Bota": ("e1--Bota",)}
    assert [m.file_name for m in catalogue.load_sighting("e1--Bota").media] == ["pictures/b.jpg"]


def test_export_is_valid_and_comes_back_the_same(tmp_path, take, catalogue, other, making):
    check = pytest.importorskip("reid.exporters.check")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    take(making.package(tmp_path / "p"), catalogue)
    written = export(catalogue, tmp_path / "out")
    assert written.notes == ()
    assert check.check_package(tmp_path / "out") == []
    taken = take(tmp_path / "out", other, root=tmp_path / "p")
    assert not taken.told
    assert state(other) == state(catalogue)
    export(other, tmp_path / "again")
    for name in ("deployments", "media", "observations", "weather", "reid-kept"):
        assert (tmp_path / "again" / f"{name}.csv").read_text() == (
            tmp_path / "out" / f"{name}.csv"
        ).read_text()


def test_what_is_not_understood_is_kept_and_written_back(tmp_path, take, catalogue, making):
    rows = making.media()
    rows[0]["triggerMode"] = "M"
    take(making.package(tmp_path / "p", media=rows), catalogue)
    export(catalogue, tmp_path / "out")
    kept = (tmp_path / "out" / "reid-kept.csv").read_text()
    assert "media,m1,triggerMode,M" in kept
    assert "deployments,d1,reconyxPin,1234" in kept
    assert "0.5" in (tmp_path / "out" / "deployments.csv").read_text()
    assert "2018-09-29,0" in (tmp_path / "out" / "weather.csv").read_text()
    descriptor = json.loads((tmp_path / "out" / "datapackage.json").read_text())
    assert descriptor["grant"] == "A-1"
    assert descriptor["project"]["samplingDesign"] == "targeted"


@pytest.mark.slow
def test_the_check_can_fail(tmp_path, take, catalogue, making):
    check = pytest.importorskip("reid.exporters.check")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    take(making.package(tmp_path / "p"), catalogue)
    export(catalogue, tmp_path / "out")
    file = tmp_path / "out" / "observations.csv"
    file.write_text(file.read_text().replace(",animal,", ",beast,", 1).replace("m3", "m33", 1))
    wrong = "\n".join(check.check_package(tmp_path / "out"))
    assert "enum" in wrong
    assert "foreign key" in wrong.lower()


def test_decisions_made_here_go_out(tmp_path, take, catalogue, making):
    take(making.package(tmp_path / "p"), catalogue)
    catalogue.withdraw("e2", by="Dana", why="unsure")
    catalogue.enrol("e2", "Bota", by="Dana")
    export(catalogue, tmp_path / "out")
    told = (tmp_path / "out" / "observations.csv").read_text()
    assert "Bota" in told
    assert "Dana" in told
    export(catalogue, tmp_path / "then", event=2)
    told = (tmp_path / "then" / "observations.csv").read_text()
    assert "Bota" not in told
    assert (tmp_path / "then" / "reid-decisions.csv").read_text().count("\n") == 3


def test_positions_are_those_of_the_role_everywhere(tmp_path, take, catalogue, making):
    rows = making.media()
    rows[0]["exifData"] = '{"GPSLatitude": 43.51234}'
    source = making.package(tmp_path / "p", media=rows)
    making.table(source / "weather.csv", [{"day": "1", "mast_lat": "43.51234"}])
    take(source, catalogue)
    export(catalogue, tmp_path / "out", exactness="0.1")
    told = "".join(f.read_text() for f in (tmp_path / "out").iterdir())
    assert "43.5" in told
    assert "43.51" not in told
    assert "55.01" not in told
    assert '"coordinatePrecision": 0.1' in told
    with pytest.raises(InputError, match="position of every deployment"):
        export(catalogue, tmp_path / "none", exactness="withheld")


def test_sightings_of_no_import_go_out_too(tmp_path, catalogue, noise):
    check = pytest.importorskip("reid.exporters.check")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    one = noise.sighting()
    catalogue.save_sighting(one, noise.prepared(one))
    catalogue.enrol("september", "Aidar", by="Asel")
    export(catalogue, tmp_path / "out")
    assert check.check_package(tmp_path / "out") == []
    told = (tmp_path / "out" / "observations.csv").read_text()
    assert "disputedTime:2018-11-06" in told


def test_what_was_measured_here_goes_out_and_makes_no_sighting_again(
    tmp_path, take, catalogue, making, noise
):
    def measure(sighting, lost):
        return catalogue.save_sighting(sighting, noise.prepared(sighting), lost)

    take(making.package(tmp_path / "p"), catalogue, save=measure)
    export(catalogue, tmp_path / "out")
    told = (tmp_path / "out" / "observations.csv").read_text().splitlines()
    ours = [line for line in told if line.startswith("leopard-reid/e1/")]
    assert len(ours) == 2
    assert all(",e1," in line and "machine,leopard-reid" in line for line in ours)
    before = state(catalogue)
    taken = take(tmp_path / "out", catalogue, root=tmp_path / "p")
    assert (taken.done.new, taken.done.known) == (0, 2)
    assert state(catalogue) == before


def test_a_time_without_zone_is_refused_by_name(tmp_path, take, catalogue, making):
    rows = making.media()
    rows[0]["timestamp"] = "2018-09-29 22:57:00"
    taken = take(making.package(tmp_path / "p", media=rows), catalogue)
    assert any("media.csv, row 2, column timestamp: no time zone" in t for t in taken.told)
    with pytest.raises(InputError, match=r"media m1.*--time-zone"):
        export(catalogue, tmp_path / "out", Writing())


def test_a_zip_is_read_where_it_lies(tmp_path, take, catalogue, making):
    making.package(tmp_path / "p")
    file = shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "p")
    assert zipfile.is_zipfile(file)
    taken = take(tmp_path / "zipped.zip", catalogue, root=None)
    assert taken.format == "camtrap-dp"
    assert taken.survey.count(Media) == 5
    assert taken.done.new == 2


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)
WORDS = TEXT.filter(lambda t: t.lower() not in {"nan", "na", "n/a", "null", "none"})
TAGS = st.lists(
    WORDS.filter(lambda t: "|" not in t and not t.startswith("flank:")), max_size=2
).map(tuple)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1)).map(
    lambda at: at.replace(microsecond=0, tzinfo=ZONE)
)
SHARES = st.floats(0.001, 0.5)
EXTRA = st.dictionaries(st.sampled_from(["habitat", "Temp °C", "note"]), WORDS, max_size=2)
LICENCES = st.sampled_from(["", "CC0-1.0", "CC-BY-4.0 AND CC-BY-NC-4.0", "LicenseRef-agreed"])


@st.composite
def surveys(draw):
    """Records that refer to each other, with whatever text."""
    deployments = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
    files = draw(st.lists(WORDS, min_size=1, max_size=4, unique=True))
    seen = draw(st.lists(WORDS, min_size=1, max_size=5, unique=True))
    records = []
    for name in deployments:
        start = draw(TIMES)
        north, east = draw(st.floats(0.1, 89)), draw(st.floats(0.1, 179))
        span = start + timedelta(days=draw(st.integers(0, 90)))
        place = Deployment(name, draw(WORDS), draw(WORDS), north, east, start, span, draw(WORDS))
        records.append(place)
    for name in files:
        where = draw(st.sampled_from(deployments))
        path = draw(st.one_of(WORDS, WORDS.map(lambda t: f"C:\\DCIM\\{t}.JPG")))
        at, extra, licence = draw(TIMES), draw(EXTRA), draw(LICENCES)
        records.append(Media(name, where, path, at, "image/jpeg", None, extra, licence))
    media = {r.id: r for r in records if isinstance(r, Media)}
    for name in seen:
        file = draw(st.sampled_from(files))
        at = media[file].at
        records.append(
            Observation(
                name,
                media[file].deployment,
                file,
                draw(WORDS),
                at,
                at,
                species=draw(WORDS),
                count=draw(st.none() | st.integers(1, 9)),
                individual=draw(st.just("") | WORDS),
                flank=draw(st.sampled_from(["", "left", "right", "front"])),
                box=draw(st.none() | st.tuples(SHARES, SHARES, SHARES, SHARES)),
                box_px=draw(st.none() | st.just((1.0, 2.5, 30.0, 40.0))),
                method=draw(st.sampled_from(["", "human", "machine"])),
                by=draw(st.just("") | WORDS),
                at=draw(st.none() | TIMES),
                probability=draw(st.none() | st.floats(0, 1)),
                tags=draw(TAGS),
                comments=draw(st.just("") | WORDS),
                extra=draw(EXTRA),
                licence=draw(LICENCES),
            )
        )
    return records


@pytest.mark.slow
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(surveys())
def test_every_record_comes_back_as_it_went(tmp_path_factory, records):
    folder = tmp_path_factory.mktemp("round")
    with Survey() as before, Survey() as after:
        for record in records:
            before.add(record)
        exporter_for("camtrap-dp").write(before, folder, PLAIN)
        problems = Problems()
        CamtrapPackage().read(folder, after, problems, Reading())
        media = [
            Media(m.id, m.deployment, m.path, m.at, m.mediatype, None, dropped(m.extra), m.licence)
            for m in after.media()
        ]
        assert media == list(before.media())
        assert list(after.deployments()) == list(before.deployments())
        assert list(after.observations()) == list(before.observations())
        assert [str(p) for p in problems.kept] == []


def dropped(extra):
    """Without what Camtrap DP requires and nobody had said."""
    return {name: cell for name, cell in extra.items() if name != "filePublic"}
