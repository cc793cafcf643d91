"""``import reid``: cheap, complete, documented."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import reid

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "faiss", "cv2", "sqlalchemy", "numpy", "rich")


@pytest.mark.parametrize("name", sorted(set(reid.__all__)))
def test_every_public_name_is_there_and_documented(name):
    value = getattr(reid, name)
    assert isinstance(value, str) or (value.__doc__ or "").strip()
    assert name in dir(reid)


def test_all_names_what_type_checkers_see():
    source = Path(reid.__file__).read_text(encoding="utf-8")
    block = re.search(r"if TYPE_CHECKING:\n(.*?)\n\n", source, re.DOTALL)[1]
    named = re.findall(r"[\w]+", " ".join(re.findall(r"import (.*)", block)))
    assert {*named, "__version__"} == set(reid.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'compear'"):
        reid.compear  # noqa: B018


def test_names_are_their_homes_own():
    from reid.types import Box

    assert reid.Box is Box


def test_the_version_is_the_distributions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert reid.__version__ == project["project"]["version"]


def test_import_loads_nothing_heavy():
    code = f"import sys, reid; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
