"""Where times come in and go out: a zone is kept, or asked for, and never made up."""

import io
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from PIL import Image as Pillow
from pydantic import TypeAdapter

from reid.clocks import Ledger
from reid.clocks.given import given_times
from reid.decide.journey import days_between
from reid.errors import InputError
from reid.events.planning import Seen, plan_sightings
from reid.exporters.camtrap_rows import iso
from reid.exporters.catalogue_only import _span
from reid.exporters.spans import _seen
from reid.image import open_image
from reid.importers.deployments import _holds
from reid.importers.plan import _times as planned_times
from reid.survey import Deployment, Media, Observation, Survey
from reid.survey.moments import order_of, read_time, read_zone, seconds_apart
from reid.tables import read_sightings
from reid.types import CandidateTime, camera
from service.schemas.base import CameraTime
from service.schemas.decisions import AsOf

EAST = timezone(timedelta(hours=5))
PLAIN = datetime(2018, 12, 7, 23, 27)
ZONED = PLAIN.replace(tzinfo=EAST)
WRITTEN = ("2018-12-07T23:27:00", "2018-12-07T23:27:00+05:00")


def by_moments(text, _):
    return read_time(text)


def by_table(text, folder):
    (folder / "a.jpg").write_bytes(picture(None))
    (folder / "t.csv").write_text(f"sighting_id,media_path,datetime\ns,a.jpg,{text}\n")
    return read_sightings(folder / "t.csv").sightings[0].times[0].at


def by_http(text, _):
    return TypeAdapter(CameraTime).validate_python(text)


def by_exif(text, _):
    return open_image(picture(text)).captured_at


def by_survey(text, _):
    with Survey() as survey:
        survey.add(Media("m", "d", "a.jpg", at=datetime.fromisoformat(text)))
        return survey.medium("m").at


def by_strip(text, _):
    strip = camera.StripReading(("x",), datetime.fromisoformat(text))
    return camera.StripReading.of(strip.plain()).at


def by_batch(text, _):
    files = [Seen(0, "0" * 64, "north", "A", datetime.fromisoformat(text))]
    return plan_sightings(files, 120.0).sightings[0].times[0][0]


def by_clocks(text, _):
    times = (CandidateTime(datetime.fromisoformat(text)),)
    return given_times(times, "north", (), Ledger(()))[0].at


def picture(text):
    exif = Pillow.Exif()
    if text:
        own = exif.get_ifd(0x8769)
        own[0x9003] = text[:19].replace("-", ":").replace("T", " ")
        own[0x9011] = text[19:]
    file = io.BytesIO()
    Pillow.new("RGB", (64, 48), "grey").save(file, "JPEG", exif=exif)
    return file.getvalue()


DOORS = (by_moments, by_table, by_http, by_exif, by_survey, by_strip, by_batch, by_clocks)


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("door", DOORS)
def test_a_time_comes_in_as_it_was_written(door, text, tmp_path):
    at = door(text, tmp_path)
    assert (at, at.utcoffset()) == (
        (ZONED, timedelta(hours=5)) if text in WRITTEN[1:] else (PLAIN, None)
    )


def test_where_a_zone_is_needed_it_is_asked_for():
    with pytest.raises(InputError, match=r"media m: .*no time zone.*--time-zone"):
        iso(PLAIN, None, "media m")
    assert iso(PLAIN, EAST, "") == iso(ZONED, None, "") == WRITTEN[1]
    assert iso(ZONED, UTC, "") == WRITTEN[1]
    with pytest.raises(ValueError, match="with a zone"):
        AsOf(at=PLAIN)


@pytest.mark.parametrize("hour", [datetime(2018, 10, 28, 2, 30), datetime(2018, 3, 25, 2, 30)])
def test_an_hour_that_was_twice_or_never_is_asked_about(hour):
    with pytest.raises(InputError, match=r"media m: .*twice or never.*\+05:00"):
        iso(hour, ZoneInfo("Europe/Berlin"), "media m")
    assert iso(hour + timedelta(hours=2), ZoneInfo("Europe/Berlin"), "").endswith(
        ("+01:00", "+02:00")
    )


@pytest.mark.parametrize("text", ["localtime", "posixrules", "Factory", "+05:75", "+15:00", ""])
def test_the_machines_own_zone_is_none(text):
    with pytest.raises(InputError, match="time zone: expected"):
        read_zone(text)


@pytest.mark.parametrize(("one", "two"), [(PLAIN, ZONED), (ZONED, PLAIN), (PLAIN, PLAIN)])
def test_a_time_with_a_zone_and_one_without_are_held_together_as_clocks_stand(one, two):
    """Two minutes apart by the clocks; the hours of a zone play no part in it."""
    two += timedelta(minutes=2)
    assert seconds_apart(one, two) == 120
    assert days_between(one, two)[0] == pytest.approx(120 / 86_400)
    assert min([two, one], key=order_of([one, two])) is one
    assert planned_times([Observation("o", "d", start=t) for t in (two, one)])[0].at is one
    out = Deployment("d", "north", start=one, end=two)
    assert _holds(out, one + timedelta(minutes=1))
    assert not _holds(out, two + timedelta(minutes=1))
    frames = [frame(two), frame(two + timedelta(hours=4))]
    start, end = _span((CandidateTime(one),), frames)
    assert (start, end.replace(tzinfo=None)) == (one, two.replace(tzinfo=None))
    with Survey() as survey:
        survey.add(Media("m", "d", "a.jpg", at=two))
        survey.add(Media("n", "d", "b.jpg", at=one + timedelta(hours=5)))
        assert [m.id for m in survey.media_between("d", one, one + timedelta(minutes=3))] == ["m"]
        assert _seen(survey)["d"] == (two, one + timedelta(hours=5))


def test_times_that_all_have_a_zone_are_held_together_as_moments():
    west = ZONED.astimezone(timezone(timedelta(hours=-3)))
    assert seconds_apart(ZONED, west) == 0
    later = west + timedelta(minutes=1)
    assert min([later, ZONED], key=order_of([later, ZONED])) is ZONED


def frame(at):
    return SimpleNamespace(captured_at=at)
