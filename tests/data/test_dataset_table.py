"""The dataset table: what it reads, and what it says of what it cannot read."""

import json
from datetime import datetime

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reid.errors import TableError
from reid.image import open_image
from reid.types import Box, Flank, Light
from training.data import Use, read_dataset
from training.data.copies import frame_groups, likeness
from training.data.masks import annotation_of
from training.data.rights import CARDS, card_facts

HEAD = "image_id,identity,path,bbox,date,orientation,sighting,light,mask_path,camera\n"


@pytest.fixture
def table(tmp_path):
    """Writes a table's lines and reads it."""

    def write(lines, head=HEAD):
        (tmp_path / "metadata.csv").write_text(head + lines, encoding="utf-8")
        return read_dataset(tmp_path)

    return write


def picture(path, rng, size=(60, 80)):
    path.parent.mkdir(exist_ok=True)
    small = rng.integers(0, 255, (6, 8, 3)).astype(np.uint8)
    cv2.imwrite(str(path), cv2.resize(small, size[::-1], interpolation=cv2.INTER_CUBIC))


def test_a_row_is_read_whole(table, tmp_path):
    line = 'a,Bars,x/a.jpg,"[1, 2, 30.5, 40]",2018-12-07T16:27:00,left,s1,infrared,x/m.png,C4\n'
    (row,) = table(line).rows
    assert (row.image_id, row.identity, row.path) == ("a", "Bars", tmp_path / "x/a.jpg")
    assert row.box == Box(1, 2, 30.5, 40)
    assert row.date == datetime(2018, 12, 7, 16, 27)
    assert (row.flank, row.sighting, row.light) == (Flank.LEFT, "s1", Light.INFRARED)
    assert row.mask_path == tmp_path / "x/m.png"
    assert row.extra == {"camera": "C4"}


def test_the_two_flanks_of_one_animal_are_two_classes(table):
    rows = table("a,Bars,a.jpg,,,left,,,,\nb,Bars,b.jpg,,,right,,,,\nc,Bars,c.jpg,,,front,,,,\n")
    assert rows.classes == ("Bars|left", "Bars|right", "Bars|unknown")
    assert rows.identities == ("Bars",)


@pytest.mark.parametrize("word", ["", "unknown", "nan", "Unknown"])
def test_nobody_is_no_individual(table, word):
    found = table(f"a,{word},a.jpg,,,left,,,,\n")
    assert found.rows[0].identity == found.rows[0].flank_class == ""
    assert found.identities == found.classes == () == found.labelled().rows


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a,Bars,a.jpg,7,,left,,,,\n", "row 2, column bbox"),
        ('a,Bars,a.jpg,"[0, 0, 0, 5]",,left,,,,\n', "row 2, column bbox"),
        ('a,Bars,a.jpg,"[0, 0, NaN, 5]",,left,,,,\n', "row 2, column bbox"),
        ("a,Bars,a.jpg,,7 Dec 2018,left,,,,\n", "row 2, column date"),
        ("a,Bars,,,,left,,,,\n", "row 2, column path"),
        (",Bars,a.jpg,,,left,,,,\n", "row 2, column image_id"),
        ("a,Bars,a.jpg,,,left,,violet,,\n", "row 2, column light"),
        ("a,Bars,a.jpg\n", "row 2: expected 10 cells"),
        ("a,Bars,a.jpg,,,,,,,\na,Bars,b.jpg,,,,,,,\n", "found 'a' again"),
    ],
)
def test_a_refused_cell_is_named(table, line, told):
    with pytest.raises(TableError, match=r"metadata\.csv") as error:
        table(line)
    assert told in str(error.value)


def test_a_missing_or_doubled_column_is_named(table):
    with pytest.raises(TableError, match="did you mean 'identities'"):
        table("a,b,c\n", head="image_id,identities,path\n")
    with pytest.raises(TableError, match="path twice"):
        table("a,b,c,d\n", head="image_id,identity,path,path\n")
    with pytest.raises(TableError, match=r"found nothing|among nothing"):
        table("", head="")


def test_no_table_is_an_error(tmp_path):
    with pytest.raises(TableError, match="expected a CSV table"):
        read_dataset(tmp_path)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1), max_size=5))
def test_any_name_survives_writing_and_reading(tmp_path_factory, names):
    import csv

    folder = tmp_path_factory.mktemp("names")
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["image_id", "identity", "path"])
        lines.writerows([[str(k), f"i-{name}", "a.jpg"] for k, name in enumerate(names)])
    assert [r.identity for r in read_dataset(folder).rows] == [f"i-{name}" for name in names]


def test_rights_are_said_by_the_manifest_before_the_card(table, tmp_path):
    assert table("").rights.use is Use.UNSTATED
    assert not table("").rights.may_train
    said = {"licence": "CC0-1.0", "use": "any", "seed": 4}
    (tmp_path / "manifest.json").write_text(json.dumps(said))
    rights = table("").rights
    assert (rights.licence, rights.use, rights.source) == ("CC0-1.0", Use.ANY, "manifest.json")
    assert rights.may_train
    (tmp_path / "dataset.json").write_text('{"use": "whatever"}')
    with pytest.raises(TableError, match="expected one of any"):
        table("")


def test_a_folder_of_a_known_name_has_the_cards_rights(tmp_path):
    for name, use in (("amur-tiger", Use.SHARE_ALIKE), ("nyala", Use.EVALUATION)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metadata.csv").write_text("image_id,identity,path\n")
        assert read_dataset(tmp_path / name).rights.use is use


def test_every_card_has_a_head_that_can_be_read():
    cards = [c for c in CARDS.glob("*.md") if c.name != "README.md"]
    assert cards
    for card in cards:
        facts = card_facts(card)
        assert facts["name"]
        assert facts["licence"]
        assert Use(facts["use"])


def test_outlines_of_a_picture_of_a_box_and_of_polygons_agree(table, tmp_path):
    picture(tmp_path / "a.png", np.random.default_rng(0))
    mask = np.zeros((60, 80), np.uint8)
    mask[20:40, 10:50] = 255
    cv2.imwrite(str(tmp_path / "whole.png"), mask)
    cv2.imwrite(str(tmp_path / "box.png"), mask[10:50, 5:75])
    head = "image_id,identity,path,bbox,mask_path,segmentation\n"
    box = '"[5, 10, 70, 40]"'
    rows = table(
        f"a,x,a.png,{box},whole.png,\nb,x,a.png,{box},box.png,\n"
        f'c,x,a.png,{box},,"[[10, 20, 50, 20, 50, 40, 10, 40]]"\nd,x,a.png,{box},,\n',
        head=head,
    ).rows
    image = open_image(tmp_path / "a.png")
    masks = [annotation_of(row, image).mask for row in rows]
    expected = mask[10:50, 5:75] > 0
    assert masks[3] is None
    np.testing.assert_array_equal(masks[0], expected)
    np.testing.assert_array_equal(masks[1], expected)
    union = (masks[2] | expected).sum()
    assert (masks[2] & expected).sum() / union > 0.9


def test_a_mask_of_another_size_is_refused(table, tmp_path):
    picture(tmp_path / "a.png", np.random.default_rng(0))
    cv2.imwrite(str(tmp_path / "m.png"), np.zeros((5, 5), np.uint8))
    (row,) = table("a,x,a.png,m.png\n", head="image_id,identity,path,mask_path\n").rows
    with pytest.raises(TableError, match="expected a mask of the picture's size"):
        annotation_of(row, open_image(tmp_path / "a.png"))


def test_near_copies_are_grouped_and_other_pictures_are_not(table, tmp_path):
    rng = np.random.default_rng(3)
    for name in ("a", "b", "c"):
        picture(tmp_path / f"{name}.png", rng)
    burst = np.roll(cv2.imread(str(tmp_path / "a.png")), 3, axis=1) // 2 + 40
    cv2.imwrite(str(tmp_path / "a2.jpg"), burst, [cv2.IMWRITE_JPEG_QUALITY, 60])
    lines = "".join(f"{n},x,{n}\n" for n in ("a.png", "a2.jpg", "b.png", "c.png"))
    rows = table(lines, head="image_id,identity,path\n").rows
    groups = frame_groups(rows, tmp_path / "cache")
    assert groups[0] == groups[1]
    assert len(set(groups.tolist())) == 3
    assert len(list((tmp_path / "cache/thumbnails").iterdir())) == 4
    np.testing.assert_array_equal(groups, frame_groups(rows, tmp_path / "cache"))
    np.testing.assert_array_equal(groups, frame_groups(rows))
    assert len(set(frame_groups(rows, least_alike=1.5).tolist())) == 4


def test_a_named_sighting_is_a_group_whatever_is_seen(table, tmp_path):
    head = "image_id,identity,path,sighting\n"
    rows = table("a,x,a.jpg,1\nb,x,b.jpg,1\nc,y,c.jpg,1\nd,x,d.jpg,2\n", head=head).rows
    assert frame_groups(rows).tolist() == [0, 0, 0, 1]  # no picture is opened: there is none


def test_equal_files_are_one_group_whatever_the_table_says(table, tmp_path):
    rng = np.random.default_rng(5)
    for name in ("a", "b"):
        picture(tmp_path / f"{name}.png", rng)
    (tmp_path / "again.png").write_bytes((tmp_path / "a.png").read_bytes())
    head = "image_id,identity,path,sighting\n"
    rows = table("1,x,a.png,1\n2,y,again.png,2\n3,x,b.png,3\n", head=head).rows
    assert frame_groups(rows).tolist() == [0, 0, 1]


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20, deadline=None)
def test_likeness_is_symmetric_and_best_with_itself(seed):
    thumbnails = np.random.default_rng(seed).random((4, 24, 24, 3)).astype(np.float32)
    alike = likeness(thumbnails)
    np.testing.assert_allclose(alike, alike.T)
    np.testing.assert_allclose(np.diag(alike), 1, atol=1e-5)
    assert (alike <= 1 + 1e-5).all()


def test_an_empty_table_has_no_groups():
    assert frame_groups(()).shape == (0,)
