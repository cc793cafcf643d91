"""The package that the benchmark of formats makes: sound, read whole, written whole."""

from __future__ import annotations

from reid.importers import Reading, importer_for
from reid.survey import Media, Observation, Problems, Survey
from training.benchmarking.formats import EACH, _export, _read, make_package


def test_what_is_made_comes_in_without_trouble_and_goes_out_whole(tmp_path):
    rows = 60 * EACH
    package, out = make_package(tmp_path / "package", rows), tmp_path / "out"
    _read(package, tmp_path / "data")
    _export(tmp_path / "data", out)
    for source in (package, out):
        problems = Problems()
        with Survey() as survey:
            importer_for(source)[1].read(source, survey, problems, Reading())
            assert survey.count(Media) == survey.count(Observation) == rows
        wrong = [str(one) for one in problems.kept if one.file != "datapackage.json"]
        assert wrong == []
