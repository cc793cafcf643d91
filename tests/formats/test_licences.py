"""Licences: read in any spelling, kept with files and sightings, said again going out."""

import csv
import json
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from reid.catalogue import Catalogue
from reid.catalogue.licences import Licences
from reid.cli.app import app
from reid.errors import InputError
from reid.exporters import Writing, exporter_for, snapshot
from reid.importers import report_of
from reid.survey import Media
from reid.survey.licences import address_of, spdx_of, stated, unknown
from reid.types.licences import together

BY, NC = "CC-BY-4.0", "CC-BY-NC-4.0"
LISTED = [
    {"name": "CC0-1.0", "scope": "data"},
    {"path": "http://creativecommons.org/licenses/by-nc/4.0/", "scope": "media"},
]
CREATIVE = st.builds(
    "CC-BY{}-{}".format, st.sampled_from(["", "-NC", "-SA", "-ND", "-NC-SA", "-NC-ND"]),
    st.sampled_from(["3.0", "4.0"]),
)  # fmt: skip


@pytest.mark.parametrize(
    ("written", "spdx"),
    [
        ("cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0"),
        ("CC-BY", BY),
        ("CC BY NC 4.0", NC),
        ("Creative Commons Attribution-NonCommercial 4.0 International", NC),
        ("Attribution-ShareAlike 3.0 Unported", "CC-BY-SA-3.0"),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/deed.ru", "CC-BY-NC-ND-4.0"),
        ("CC BY 3.0 IGO", "CC-BY-3.0-IGO"),
        ("CC0", "CC0-1.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/legalcode", "CC0-1.0"),
        ("http://opendatacommons.org/licenses/odbl/1.0/", "ODbL-1.0"),
        ("mit or apache-2.0", "MIT OR Apache-2.0"),
        ("All rights reserved", "LicenseRef-All-rights-reserved"),
        ("not CC BY", "LicenseRef-not-CC-BY"),
        ("unknown", ""),
        ("NA", ""),
        ("null", ""),
        ("", ""),
    ],
)
def test_what_sources_write_is_read_as_spdx(written, spdx):
    assert spdx_of(written) == spdx


@given(CREATIVE | st.just("CC0-1.0"))
def test_addresses_and_names_come_back(licence):
    assert spdx_of(address_of(licence)) == licence
    assert spdx_of(licence.replace("-", " ").lower()) == licence


@given(st.text(max_size=40))
def test_whatever_is_written_becomes_an_expression_or_nothing(text):
    found = spdx_of(text)
    assert spdx_of(found) == found
    assert together([found, ""]) == found


def test_what_a_person_says_is_a_licence_or_a_reference_by_name():
    assert stated("cc by-nc 4.0") == NC
    assert stated("LicenseRef-agreed") == "LicenseRef-agreed"
    assert unknown("LicenseRef-agreed")
    with pytest.raises(InputError, match=r"--licence.*expected an SPDX licence.*'ask me'"):
        stated("ask me", "--licence")


def package(folder, making, listed=LISTED, **tables):
    source = making.package(folder, **tables)
    file = source / "datapackage.json"
    told = json.loads(file.read_text())
    file.write_text(json.dumps(told | ({"licenses": listed} if listed else {})))
    return source


def kept(catalogue):
    """Licence of the data, and of the files, by sighting."""
    found = Licences.of(catalogue).told([one.id for one in catalogue.sightings()])
    return {name: (one.data, sorted(one.media.values())) for name, one in found.items()}


def export(catalogue, target, name="camtrap-dp"):
    with snapshot(catalogue, exactness="exact") as survey:
        return exporter_for(name).write(survey, target, Writing(zone=UTC))


def listed(folder):
    return json.loads((folder / "datapackage.json").read_text()).get("licenses")


def test_a_package_states_licences_of_data_and_media_and_they_go_out_again(
    tmp_path, take, catalogue, other, making
):
    taken = take(package(tmp_path / "p", making), catalogue)
    report = report_of(taken.survey, taken.problems, taken.files)
    assert report.licences == {NC: 5}
    assert kept(catalogue) == {"e1": ("CC0-1.0", [NC, NC]), "e2": ("CC0-1.0", [NC])}
    export(catalogue, tmp_path / "out")
    assert listed(tmp_path / "out") == LISTED
    assert "reid:licence" not in (tmp_path / "out" / "reid-kept.csv").read_text()
    assert not take(tmp_path / "out", other, root=tmp_path / "p").told
    assert kept(other) == kept(catalogue)


def test_a_catalogue_of_several_licences_says_whose_is_which(
    tmp_path, take, catalogue, other, making, noise
):
    check = pytest.importorskip("reid.exporters.check")
    pytest.importorskip("frictionless", reason="the extra formats is not installed")
    rows = making.media()
    rows[0]["licence"] = "CC BY-SA 4.0"
    take(package(tmp_path / "p", making, media=rows), catalogue)
    catalogue.save_sighting(own := noise.sighting(), noise.prepared(own))
    export(catalogue, tmp_path / "out")
    assert check.check_package(tmp_path / "out") == []
    names = {(one["scope"], one.get("name", one.get("path"))) for one in listed(tmp_path / "out")}
    assert names == {
        ("data", "CC0-1.0"),
        ("data", "LicenseRef-not-stated"),
        ("media", "LicenseRef-not-stated"),
        ("media", "CC-BY-SA-4.0"),
        ("media", LISTED[1]["path"]),
    }
    before = kept(catalogue)
    assert before["september"] == ("", [])
    assert before["e1"] == ("CC0-1.0", [NC, "CC-BY-SA-4.0"])
    taken = take(tmp_path / "out", other, root=(tmp_path / "p"))
    assert kept(other) == {name: before[name] for name in ("e1", "e2")}
    own = [one for one in taken.survey.media() if one.id.startswith("september/")]
    assert [one.licence for one in own] == ["", ""]


def test_nothing_is_claimed_where_nobody_stated_a_licence(tmp_path, take, catalogue, making):
    taken = take(package(tmp_path / "p", making, listed=None), catalogue)
    assert report_of(taken.survey, taken.problems, taken.files).licences == {"": 5}
    assert kept(catalogue) == {"e1": ("", []), "e2": ("", [])}
    export(catalogue, tmp_path / "out")
    assert listed(tmp_path / "out") is None


def test_the_same_package_again_fills_in_what_was_stored_before_licences_were_kept(
    tmp_path, take, catalogue, making
):
    take(package(tmp_path / "p", making, listed=None), catalogue)
    again = take(package(tmp_path / "p", making), catalogue)
    assert (again.done.new, again.done.known, again.told) == (0, 2, [])
    assert kept(catalogue)["e2"] == ("CC0-1.0", [NC])
    export(catalogue, tmp_path / "out")
    assert {one["scope"] for one in listed(tmp_path / "out")} == {"data", "media"}


def test_another_licence_is_taken_only_with_replace(tmp_path, take, catalogue, making):
    take(package(tmp_path / "p", making), catalogue)
    changed = [LISTED[0], {"name": BY, "scope": "media"}]
    source = package(tmp_path / "p", making, changed)
    assert any(f"stays as it was stated first (--replace), found '{NC}'" in line
               for line in take(source, catalogue).told)  # fmt: skip
    assert kept(catalogue)["e2"] == ("CC0-1.0", [NC])
    take(source, catalogue, replace=True)
    assert kept(catalogue)["e2"] == ("CC0-1.0", [BY])


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("CC-BY-4.0", "licenses: expected a list of licences"),
        ([{"scope": "media"}], "licenses: expected a name or a path"),
        ([{"name": BY, "scope": "sound"}], "licenses.scope: expected one of data, media"),
        ([{"title": "Ask Asel", "scope": "media"}], "kept as LicenseRef-Ask-Asel"),
    ],
)
def test_licences_that_are_none_are_said(tmp_path, take, making, stated, problem):
    taken = take(package(tmp_path / "p", making, stated))
    assert any(problem in line for line in taken.told), taken.told


def test_several_licences_of_one_scope_hold_together(tmp_path, take, making):
    both = [{"name": BY, "scope": "media"}, {"name": NC}]
    taken = take(package(tmp_path / "p", making, both))
    assert taken.survey.licences(Media) == {f"{BY} AND {NC}": 5}


def test_wildlife_insights_by_image_else_by_project(tmp_path, take, making):
    making.table(tmp_path / "deployments.csv", [{"deployment_id": "d1", "project_id": "7"}])
    row = {"deployment_id": "d1", "project_id": "7", "genus": "Panthera", "species": "pardus"}
    images = [{**row, "image_id": "i1", "license": "CC0"}, {**row, "image_id": "i2"}]
    making.table(tmp_path / "images.csv", images)
    project = {"project_id": "7", "image_license": "CC-BY-NC", "metadata_license": "CC-BY"}
    making.table(tmp_path / "projects.csv", [project])
    taken = take(tmp_path)
    assert {one.id: one.licence for one in taken.survey.media()} == {"i1": "CC0-1.0", "i2": NC}
    assert {one.licence for one in taken.survey.observations()} == {BY}
    assert taken.survey.medium("i1").extra["license"] == "CC0"


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("any.csv", {"file": "a.jpg", "animal": "Aidar"}),
        ("miewid.csv", {"file_path": "a.jpg", "name": "Aidar", "viewpoint": "left"}),
        ("metadata.csv", {"path": "a.jpg", "identity": "Aidar"}),
    ],
)
def test_tables_with_a_column_of_licences(tmp_path, take, catalogue, making, file, row):
    making.picture(tmp_path / "a.jpg", 1)
    rows = [{**row, "Licence": "cc by-nc"}]
    take(making.table(tmp_path / file, rows), catalogue)
    ((data, media),) = kept(catalogue).values()
    assert (data, media) == (NC, [NC])
    export(catalogue, tmp_path / "dwc", "darwin-core")
    with (tmp_path / "dwc" / "occurrence.csv").open() as out:
        (one,) = csv.DictReader(out)
    assert spdx_of(one["license"]) == NC
    assert one["license"].startswith("http://creativecommons.org/licenses/by-nc/4.0")


def test_words_that_are_no_licence_are_said_once_a_row(tmp_path, take, making):
    rows = [{"file": f"{n}.jpg", "animal": "Aidar", "rights": "Ask me"} for n in range(2)]
    taken = take(making.table(tmp_path / "any.csv", rows))
    assert taken.survey.licences(Media) == {"LicenseRef-Ask-me": 2}
    said = [line for line in taken.told if "SPDX" in line]
    assert said == [
        f"any.csv, row {n}, column rights: expected an SPDX licence such as CC-BY-4.0; kept as "
        "LicenseRef-Ask-me, found 'Ask me'"
        for n in (2, 3)
    ]


def test_the_command_says_licences_and_takes_one_for_the_rest(tmp_path, making):
    source, data_dir = package(tmp_path / "p", making, listed=None), tmp_path / "data"
    asked = ["import", str(source), "--by", "Asel", "--data-dir", str(data_dir)]
    dry = CliRunner().invoke(app, asked)
    assert "5 not stated, so your own (--licence says otherwise)" in " ".join(dry.output.split())
    refused = CliRunner().invoke(app, [*asked, "--licence", "ask me"])
    assert refused.exit_code == 2
    done = CliRunner().invoke(app, [*asked, "--licence", "cc-by-nc-4.0", "--yes", "--json"])
    assert '"CC-BY-NC-4.0": 5' in done.output
    with Catalogue.open(data_dir) as catalogue:
        assert kept(catalogue)["e2"] == (NC, [NC])


def test_coco_lists_licences_and_images_name_them(tmp_path, take):
    images = [{"id": n, "file_name": f"{n}.jpg", **more} for n, more in
              enumerate(({"license": 2}, {"license": 1}, {}))]  # fmt: skip
    listed = [
        {
            "id": 1,
            "name": "Attribution License",
            "url": "http://creativecommons.org/licenses/by/2.0/",
        },
        {"id": 2, "name": "CC-BY-NC-4.0"},
    ]
    annotations = [{"id": n, "image_id": n, "category_id": 1} for n in range(3)]
    document = {"images": images, "annotations": annotations, "licenses": listed,
                "categories": [{"id": 1, "name": "Panthera pardus"}]}  # fmt: skip
    (tmp_path / "cct.json").write_text(json.dumps(document))
    found = {one.id: one.licence for one in take(tmp_path / "cct.json").survey.media()}
    assert found == {"0": NC, "1": "CC-BY-2.0", "2": ""}


def test_what_carries_none_can_be_given_one(tmp_path, take, making):
    rows = making.media()
    rows[0]["license"] = "CC0"
    taken = take(package(tmp_path / "p", making, listed=None, media=rows))
    taken.survey.license_rest(NC)
    assert taken.survey.licences(Media) == {NC: 4, "CC0-1.0": 1}
