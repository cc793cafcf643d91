"""What all tests of a process share: the browser of this machine, and its databases."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
from pathlib import Path

import pytest

WHOLLY_SLOW = re.compile(
    r"^pytestmark = (\[\s*)?(pytest\.mark\.real, )?pytest\.mark\.slow\b", re.MULTILINE
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_ignore_collect(collection_path, config):
    """Modules that are slow as a whole are not even imported for ``-m "not slow"``."""
    if config.getoption("markexpr") != "not slow" or collection_path.suffix != ".py":
        return None
    slow = WHOLLY_SLOW.search(collection_path.read_text(encoding="utf-8"))
    return True if slow else None


def _loaded(name):
    """A module beside this one; test folders are not packages, so it is loaded by its path."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(f"tests_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_databases = _loaded("databases")
postgres, new_database = _databases.postgres, _databases.new_database
migrated, where, ready = _databases.migrated, _databases.where, _databases.ready


@pytest.fixture(scope="session")
def chromium():
    """The browser of this machine; without one, or without playwright, tests are skipped."""
    driver = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(f"no browser on PATH (looked for {', '.join(BROWSERS)}): apt install chromium")
    with driver.sync_playwright() as playwright:
        # its sandbox needs what containers run as root do not have
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        arguments = ["--no-sandbox"] if root else []
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()
