import importlib.util
from pathlib import Path

import pytest

from reid.catalogue import Catalogue
from reid.importers import Reading, importer_for, store
from reid.importers.files import Files
from reid.survey import Problems, Survey

HERE = Path(__file__).parent


def loaded(file):
    """A module of a test folder, which is no package, by its path."""
    spec = importlib.util.spec_from_file_location(f"{file.parent.name}_{file.stem}", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def making():
    """Sources of other formats."""
    return loaded(HERE / "making.py")


@pytest.fixture(scope="session")
def wild():
    """Sources of every format as they are met."""
    return loaded(HERE / "wild.py")


@pytest.fixture(scope="session")
def noise():
    """Sightings with everything measured on them."""
    return loaded(HERE.parent / "catalogue" / "making.py")


@pytest.fixture(scope="session")
def secr():
    """Reads what the R package secr reads."""
    return loaded(HERE / "secr_reader.py")


class Taken:
    """A source read, and put into a catalogue."""

    def __init__(self, source, catalogue=None, *, root=None, name=None, reading=None, **how):
        self.problems, self.done = Problems(), None
        self.format, importer = importer_for(source, name)
        self.survey = Survey()
        where = importer.read(source, self.survey, self.problems, reading or Reading())
        self.files = Files(*([root] if root else []), where)
        if catalogue is not None:
            self.done = store(
                self.survey,
                catalogue,
                self.files,
                self.problems,
                source="test",
                by="Dana",
                **how,
            )

    @property
    def told(self):
        return [str(problem) for problem in self.problems.kept]


@pytest.fixture
def take():
    taken = []

    def open_one(*args, **how):
        taken.append(Taken(*args, **how))
        return taken[-1]

    yield open_one
    for one in taken:
        one.survey.close()


@pytest.fixture
def catalogue(tmp_path):
    with Catalogue.open(tmp_path / "catalogue") as found:
        yield found


@pytest.fixture
def other(tmp_path):
    with Catalogue.open(tmp_path / "other") as found:
        yield found
