"""Dossiers, ID sheets and annotated pictures: true, complete, and silent on places."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as PillowImage
from typer.testing import CliRunner

from reid.cli import app
from reid.errors import InputError, NotFoundError
from reid.paper.annotated import annotate, write_annotated
from reid.paper.contract import Asked, as_pdf, paper_for
from reid.paper.dossier import dossier
from reid.paper.file_names import file_name
from reid.paper.pages import dossier_html, sheet_html
from reid.paper.sheet import id_sheet

pytestmark = pytest.mark.slow

AIDAR, BOTA = "Aidar <b>", "Bota"
EXACT = re.compile(r"43\.51\d|55\.01\d")


def bare(picture):
    with PillowImage.open(io.BytesIO(picture.content)) as opened:
        return not opened.getexif() and "exif" not in opened.info


def test_a_dossier_says_what_is_known_and_what_is_not(catalogue):
    told = dossier(catalogue, AIDAR, exactness="0.1")
    facts = dict(told.facts)
    assert facts["First seen"] == "29 Sep 2018"
    assert facts["Last seen"] == "6 Nov 2018 or 11 Nov 2018"
    assert facts["Flanks"] == "no right flank known"
    assert [(one.sighting, one.disputed) for one in told.seen] == [("a1", False), ("a2", True)]
    assert told.seen[0].decided.startswith("Asel, ")
    unsure = " ".join(told.unsure)
    assert "no comparison is stored" in unsure
    assert "compared with no other animal" in unsure
    assert "a2: 11 Nov 2018, 06:57 or 6 Nov 2018, 06:57" in unsure
    assert told.synthetic


def test_a_mark_is_where_its_sightings_agree(catalogue):
    (mark,) = dossier(catalogue, AIDAR, exactness="0.1").marks
    assert mark.words.startswith("Left flank: inside the outline")
    assert {picture.words for picture in mark.pictures} == {"a1", "a2"}


def test_animals_that_agree_nowhere_have_no_mark(catalogue):
    catalogue.enrol("u1", BOTA, by="Bek", why="a mistake: it is another animal")
    try:
        told = dossier(catalogue, BOTA, exactness="0.1")
    finally:
        catalogue.withdraw("u1", by="Bek", why="back")
    assert len(told.seen) == 2
    assert told.marks == ()
    assert "None can be shown" in dossier_html(told)


def test_a_dossier_of_the_past_knows_only_that(catalogue):
    told = dossier(catalogue, AIDAR, exactness="0.1", event=1)
    assert [one.sighting for one in told.seen] == ["a1"]
    assert "after decision 1." in told.made


@pytest.mark.parametrize("precision", ["withheld", "0.1", "0.01"])
def test_places_are_as_the_role_sees_them(catalogue, precision):
    html = dossier_html(dossier(catalogue, AIDAR, exactness=precision))
    words = re.sub(r"data:[^\"]+", "", html)
    assert not EXACT.search(words)
    assert ("<svg" in words) == (precision != "withheld")
    assert ("Positions are withheld" in words) == (precision == "withheld")


def test_pages_stand_alone_and_escape_names(catalogue):
    told, sheet = dossier(catalogue, AIDAR, exactness="0.1"), id_sheet(catalogue)
    for html in (dossier_html(told), sheet_html(sheet)):
        assert "Aidar &lt;b&gt;" in html
        assert "<b>" not in html
        loaded = re.findall(r"(?:src|href)=\"([^\"]{0,5})", html)
        assert set(loaded) == {"data:"}
        assert "<script" not in html
    assert told.pictures
    assert all(map(bare, [*told.pictures, *sheet.pictures]))


def test_the_sheet_shows_both_flanks_or_says_which_is_missing(catalogue):
    aidar, bota = id_sheet(catalogue).entries
    assert [side.words for side in aidar.sides] == ["", "no right flank known"]
    assert [side.words for side in bota.sides] == ["no left flank known", ""]
    assert aidar.words == "2 sightings, 29 Sep 2018 to 11 Nov 2018"


def test_a_sheet_in_parts_has_everybody_once(catalogue):
    first = id_sheet(catalogue, limit=1)
    rest = id_sheet(catalogue, limit=1, after=first.more)
    assert [one.name for part in (first, rest) for one in part.entries] == [AIDAR, BOTA]
    assert rest.more is None
    with pytest.raises(NotFoundError, match="Karl"):
        id_sheet(catalogue, names=["Karl"])


def test_papers_become_pdf(catalogue):
    pytest.importorskip("typst", reason="the extra print is not installed")
    told = dossier(catalogue, AIDAR, exactness="0.1")
    assert as_pdf(told).startswith(b"%PDF-")
    assert as_pdf(id_sheet(catalogue)).startswith(b"%PDF-")


def test_annotated_copies_keep_the_time_and_no_place(catalogue, tmp_path):
    before = catalogue.read_media(catalogue.sighting("a1").media_sha256[0])
    written = write_annotated(catalogue, tmp_path, [AIDAR], exactness="0.001")
    assert len(written.files) == 2
    for file in written.files:
        assert file.parent.name.startswith("Aidar-b-")
        assert re.match(r"2018-09-29-22-57-0\d_station-a_a\d_left_IMG_\d_", file.name)
        with PillowImage.open(file) as opened:
            exif = opened.getexif()
        assert exif[0x0110] == "SYNTHETIC trap-1"
        assert exif[0x0131] == "SYNTHETIC leopard-reid"
        inner = exif.get_ifd(0x8769)
        assert inner[0x9003].startswith("2018:09:29 22:57")
        assert 0xA431 not in inner
        assert not exif.get_ifd(0x8825)
        assert b"serial-42" not in file.read_bytes()
    assert catalogue.read_media(catalogue.sighting("a1").media_sha256[0]) == before


def test_exact_copies_keep_the_place(catalogue, tmp_path):
    written = write_annotated(catalogue, tmp_path, [BOTA], exactness="exact")
    with PillowImage.open(written.files[0]) as opened:
        assert opened.getexif().get_ifd(0x8825)[3] == "E"


def test_all_copies_hold_those_of_nobody_too(catalogue, tmp_path):
    written = paper_for("annotated")(catalogue, tmp_path, Asked("0.1"))
    folders = {file.parent.name for file in written.files}
    assert "not-identified" in folders
    assert len(written.files) == 4


def test_what_is_drawn_is_a_copy(catalogue):
    from reid.catalogue.gallery import Gallery
    from reid.image import open_image

    (frame,) = Gallery.of(catalogue).frames(["a1"])["a1"]
    image = open_image(catalogue.read_media(frame.media_sha256), file_name="a.jpg")
    before = image.pixels.copy()
    drawn = annotate(image.pixels, [frame], AIDAR)
    assert (image.pixels == before).all()
    assert (drawn != before).any()


@given(st.lists(st.text(max_size=200), min_size=2, max_size=2, unique=True))
@settings(max_examples=60, deadline=None)
def test_file_names_are_fit_for_every_disk(names):
    one, other = (file_name(name) for name in names)
    assert not re.search(r'[\x00-\x1f<>:"/\\|?*\s]', one + other)
    assert len(one.encode()) < 100
    if names[0].strip("-. ").casefold() != names[1].strip("-. ").casefold():
        assert one != other or not all(names)


def test_the_command_writes_papers(filled, tmp_path):
    def run(*words):
        return CliRunner().invoke(app, [*words, "--by", "Asel", "--data-dir", str(filled)])

    out = tmp_path / "out"
    assert run("export", "dossier", str(out), "--individual", BOTA).exit_code == 0
    assert (out / "Bota.html").is_file()
    refused = run("export", "geojson", str(tmp_path / "x"), "--individual", BOTA)
    assert refused.exit_code == 2
    with pytest.raises(InputError, match="dossier, id-sheet, annotated"):
        paper_for("poster")
