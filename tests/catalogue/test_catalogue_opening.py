"""Opening: migrations arrive at the models, strangers and newer databases are refused."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from reid.catalogue import Catalogue
from reid.catalogue.engine import WRITER, make_engine, parse_url
from reid.catalogue.migrate import alembic_config, head_revision, migrate
from reid.catalogue.schema import Base
from reid.errors import CatalogueError, ConfigError, ReadOnlyError
from reid.identities import Undo
from reid.identities.event import Said


def test_migrations_arrive_at_the_models(catalogue):
    with catalogue.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert context.get_current_revision() == head_revision()
        assert compare_metadata(context, Base.metadata) == []
        # Alembic does not compare primary keys.
        found = inspect(connection)
        for name, table in Base.metadata.tables.items():
            columns = found.get_pk_constraint(name)["constrained_columns"]
            assert columns == [c.name for c in table.primary_key], name


def test_migrations_go_down_to_nothing_and_up_again(where):
    with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
        writer = catalogue.engine.execution_options(**{WRITER: True})
        with writer.begin() as connection:
            command.downgrade(alembic_config(connection), "base")
        with writer.begin() as connection:
            assert set(inspect(connection).get_table_names()) == {"alembic_version"}
        migrate(writer)
        assert catalogue.individuals() == []


def test_what_an_older_version_measured_stays(where, make):
    with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
        owner = make.sighting()
        catalogue.save_sighting(owner, make.prepared(owner))
        before = catalogue.load_prepared("september")
        writer = catalogue.engine.execution_options(**{WRITER: True})
        with writer.begin() as connection:
            command.downgrade(alembic_config(connection), "0001")
        with writer.begin() as connection:
            assert "background" in {
                c["name"] for c in inspect(connection).get_columns("local_features")
            }
        migrate(writer)
        after = catalogue.load_prepared("september")
        for new, old in zip(after, before, strict=True):
            assert np.array_equal(new.features.descriptors, old.features.descriptors)
            assert np.array_equal(new.mirrored.xy_px, old.mirrored.xy_px)


def day(number):
    return f"2025-01-{number:02d}T00:00:00.000000+00:00"


def test_who_was_who_before_the_history_began_is_its_beginning(where, make):
    said = [
        ("a", 1, "new", "Asel", 2),
        ("b", 1, "confirmed", "Asel", 4),
        ("b", 1, "withdrawn", "Bulat", 3),  # a clock that was set back
        ("b", 3, "new", "Bulat", 6),
    ]
    with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
        for seed, name in enumerate("ab", 1):
            catalogue.save_sighting(make.sighting(name, seed=seed, files=1))
        writer = catalogue.engine.execution_options(**{WRITER: True})
        with writer.begin() as connection:
            command.downgrade(alembic_config(connection), "0003")
        with writer.begin() as connection:
            for number, name in enumerate(["Aidar", "Zere", "Kunay"], 1):
                insert = "INSERT INTO individuals VALUES (:n, :name, 'a note', :at)"
                connection.execute(text(insert), {"n": number, "name": name, "at": day(5)})
            for row in said:
                insert = 'INSERT INTO identifications (sighting_id, individual_id, kind, "by", '
                values = dict(zip("sikba", (*row[:4], day(row[4])), strict=True))
                connection.execute(
                    text(insert + "at, why) VALUES (:s, :i, :k, :b, :a, '')"), values
                )
        migrate(writer)
        assert [(i.name, i.sighting_ids, i.note) for i in catalogue.individuals()] == [
            ("Aidar", ("a",), "a note"),
            ("Kunay", ("b",), "a note"),
            ("Zere", (), "a note"),
        ]
        found = [(e.kind.value, e.individual, e.by) for e in catalogue.history("b")]
        assert found == [
            ("confirmed", "Aidar", "Asel"),
            ("withdrawn", "Aidar", "Bulat"),
            ("new", "Kunay", "Bulat"),
        ]
        assert catalogue.rebuild_identities() == ()
        assert [(e.kind, e.at.day) for e in catalogue.events()] == [
            ("new-individual", 2),
            ("confirm", 4),
            ("withdraw", 4),
            ("new-individual", 5),
            ("new-individual", 6),
        ]
        catalogue.decide(Undo(5), Said("Asel"))
        assert catalogue.individuals_of(["b"]) == {}
        with writer.begin() as connection:
            command.downgrade(alembic_config(connection), "0003")
        migrate(writer)
        assert catalogue.individuals_of(["a", "b"]) == {"a": "Aidar"}


def test_opening_again_keeps_everything(where, make):
    with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
        catalogue.save_sighting(make.sighting())
    with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
        catalogue.check()
        assert catalogue.load_sighting("september") == make.sighting()


def test_a_newer_database_is_refused_and_left_alone(where):
    with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
        writer = catalogue.engine.execution_options(**{WRITER: True})
        with writer.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogueError, match=r"9999.*newer version.*Upgrade"):
        Catalogue.open(where[0], data_dir=where[1])


def test_a_strangers_database_is_refused(tmp_path):
    stranger = sqlite3.connect(tmp_path / "catalogue.db")
    stranger.execute("CREATE TABLE media (id INTEGER)")
    stranger.close()
    with pytest.raises(CatalogueError, match="not a catalogue"):
        Catalogue.open(tmp_path)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "catalogue.db").write_bytes(b"this is a letter, not a database" * 200)
    with pytest.raises(CatalogueError, match="not a database"):
        Catalogue.open(tmp_path)


def test_a_folder_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CatalogueError, match="found a file in its place"):
        Catalogue.open(tmp_path / "file")


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://host/x", "://", "nonsense://x"]
)
def test_urls_that_cannot_be_used(url, tmp_path):
    with pytest.raises(ConfigError, match="expected sqlite:///FILE"):
        Catalogue.open(url, data_dir=tmp_path)


def test_a_server_needs_a_folder_for_media():
    with pytest.raises(ConfigError, match="needs data_dir"):
        Catalogue.open("postgresql+psycopg://host/x")


def test_a_missing_driver_says_what_to_type():
    with pytest.raises(ConfigError, match="pip install"):
        make_engine(parse_url("postgresql+asyncpg_absent://host/x"))


def test_a_url_or_a_folder_mean_the_same(tmp_path, make):
    with Catalogue.open(f"sqlite:///{tmp_path}/catalogue.db") as catalogue:
        catalogue.save_sighting(make.sighting())
        assert catalogue.data_dir == tmp_path
    with Catalogue.open(str(tmp_path)) as catalogue:
        assert [s.id for s in catalogue.sightings()] == ["september"]


def test_sqlite_is_set_up_for_several_readers_and_safe_writes(lite):
    with lite.engine.begin() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert pragmas == {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 30_000,
        "synchronous": 2,
    }


def test_many_openings_at_once_migrate_once(where):
    def opening(_):
        with Catalogue.open(where[0], data_dir=where[1]) as catalogue:
            return catalogue.individuals()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(opening, range(6))) == [[]] * 6


@pytest.mark.parametrize("ready", ["postgresql"], indirect=True)
def test_a_server_that_takes_no_writes_says_so(ready, postgres):
    import psycopg

    url, folder = ready
    with Catalogue.open(url, data_dir=folder) as catalogue:
        catalogue.check_writable()
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(f"host={postgres} user=reid dbname={name}", autocommit=True) as server:
        server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with Catalogue.open(url, data_dir=folder) as catalogue:
        catalogue.check()
        with pytest.raises(ReadOnlyError):
            catalogue.check_writable()
