"""Published shapes become our table."""

import json

import pytest

from reid.errors import TableError
from reid.types import Box, Flank
from training.data import Use, read_dataset
from training.data.convert import KINDS, convert, main
from training.data.rights import CARDS


def wildme(root):
    notes, pictures = root / "leopard.coco/annotations", root / "leopard.coco/images/train2022"
    notes.mkdir(parents=True)
    pictures.mkdir(parents=True)
    turned = [10, 20, 40, 22, 38, 50, 8, 48]
    outline = [0, 0, 9, 0, 9, 9, 5, 12, 0, 9]
    animal = {"category_id": 1, "bbox": [1, 2, 3, 4]}
    content = {
        "images": [{"id": 5, "file_name": "a.jpg", "date_captured": "2018-12-07 16:27:00"}],
        "categories": [{"id": 1, "name": "leopard"}],
        "annotations": [
            {
                **animal,
                "image_id": 5,
                "name": "Bars",
                "viewpoint": "left",
                "segmentation": [turned],
            },
            {**animal, "image_id": 5, "name": "____", "viewpoint": "up", "segmentation": [outline]},
            {**animal, "image_id": 5, "name": "Bars", "viewpoint": "right", "segmentation": []},
        ],
    }
    (notes / "instances_train2022.json").write_text(json.dumps(content))


def test_wildmes_coco(tmp_path, capsys):
    wildme(tmp_path)
    main(["leopard-id-2022", str(tmp_path)])
    assert "3 animals, 1 individuals" in capsys.readouterr().out
    found = read_dataset(tmp_path)
    one, nobody, other = found.rows
    assert (one.identity, one.flank, one.box) == ("Bars", Flank.LEFT, Box(8, 20, 32, 30))
    assert one.segmentation == ""  # four corners are a box
    assert one.date.year == 2018
    assert (nobody.identity, nobody.flank) == ("", Flank.UNKNOWN)
    assert nobody.segmentation
    assert other.box == Box(1, 2, 3, 4)
    assert one.path == tmp_path / "leopard.coco/images/train2022/a.jpg"
    assert (found.rights.use, found.rights.licence) == (Use.ANY, "CDLA-Permissive-1.0")


def test_atrw(tmp_path):
    for folder in ("anno", "train"):
        (tmp_path / folder).mkdir()
    (tmp_path / "train/000012.jpg").write_bytes(b"")
    (tmp_path / "anno/reid_list_train.csv").write_text("7,000012.jpg\n")
    found = read_dataset(convert("atrw", tmp_path))
    assert [(r.image_id, r.identity) for r in found.rows] == [("000012", "7")]
    assert found.rights.use is Use.SHARE_ALIKE
    (tmp_path / "anno/reid_list_train.csv").write_text("7,000013.jpg\n")
    with pytest.raises(TableError, match=r"000013\.jpg"):
        convert("atrw", tmp_path)


def test_stripespotter(tmp_path):
    (tmp_path / "data/images").mkdir(parents=True)
    (tmp_path / "data/images/img-0000003.jpg").write_bytes(b"")
    head = "#imgindex,original_filename,photo_quality,sighting_date,flank,roi,animal_name\n"
    line = "3,x.jpg,best,12/02/2010,Left,10 20 300 200,Grevy_1\n"
    (tmp_path / "data/SightingData.csv").write_text(head + line)
    (row,) = read_dataset(convert("stripespotter", tmp_path)).rows
    assert (row.identity, row.flank, row.box) == ("Grevy_1", Flank.LEFT, Box(10, 20, 300, 200))
    assert row.date.isoformat() == "2010-12-02T00:00:00"


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_folder_is_no_dataset(tmp_path, kind):
    with pytest.raises(TableError):
        convert(kind, tmp_path)


def test_every_kind_has_a_card():
    assert all((CARDS / card).is_file() for _, card in KINDS.values())
