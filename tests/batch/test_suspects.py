"""Clocks of a catalogue that may be wrong: two cameras of one station, and the command."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from PIL import Image as Pillow
from typer.testing import CliRunner

from reid.batch.suspects import clock_suspects
from reid.catalogue import Catalogue
from reid.cli.app import app
from reid.image import open_image
from reid.types import (
    Annotation,
    AnnotationOrigin,
    Box,
    Embedding,
    FlankEstimate,
    LocalFeatures,
    PreparedAnnotation,
    Quality,
    Sighting,
    SightingMedia,
    View,
)

AHEAD = timedelta(hours=1, minutes=7)


def picture(at, seed):
    exif = Pillow.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{at:%Y:%m:%d %H:%M:%S}"
    pixels = np.random.default_rng(seed).integers(0, 255, (32, 32, 3), np.uint8)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", exif=exif)
    return file.getvalue()


def animal(sighting, media, number):
    image = open_image(media.content, file_name=media.file_name)
    none = np.zeros(0, np.float32)
    features = LocalFeatures(
        np.zeros((0, 2), np.float32), none, none, np.zeros((0, 8), np.float32), none, "none"
    )
    return PreparedAnnotation(
        f"{sighting}/{number}-1",
        sighting,
        image,
        Annotation(image.sha256, Box(0, 0, 32, 32), AnnotationOrigin.USER),
        View(FlankEstimate(0.5, 0.5, 0.0, "none"), Quality(1, 1, 1, 1, 1, 1, 900)),
        Embedding(np.eye(1, 4, dtype=np.float32)[0], "f"),
        features,
        features,
        media.camera,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Eight passages that both cameras saw; camera B is ahead."""
    place = tmp_path_factory.mktemp("data")
    steps = np.random.default_rng(3).integers(20_000, 400_000, 8).cumsum()
    with Catalogue.open(place) as catalogue:
        for number, seconds in enumerate(steps):
            at = datetime(2018, 9, 1) + timedelta(seconds=int(seconds))
            media = tuple(
                SightingMedia(f"{name}.jpg", picture(at + ahead, 2 * number + k), name)
                for k, (name, ahead) in enumerate([("A", timedelta()), ("B", AHEAD)])
            )
            one = Sighting(f"s{number}", media, "north")
            catalogue.save_sighting(one, [animal(one.id, m, k) for k, m in enumerate(media, 1)])
    return place


def run(folder, *words, code=0):
    done = CliRunner().invoke(app, ["clocks", *words, "--data-dir", str(folder)])
    assert done.exit_code == code, done.output
    return done.stdout


def test_a_clock_that_is_ahead_is_found_corrected_and_taken_back(folder):
    with Catalogue.open(folder) as catalogue:
        (found,) = clock_suspects(catalogue)
        assert (found.camera, found.kind, found.correction.shift_s) == ("B", "offset", -4020)
        assert clock_suspects(catalogue, "south") == []
    assert "1 h 7 min ahead of camera A" in run(folder, "suggest")
    said = ["--by", "Asel", "--why", "a watch held before both"]
    way = ["correct", "--station", "north", "--camera", "B", "--add", "-1h7min", *said]
    shown = run(folder, *way)
    assert "Nothing was changed" in shown
    told = json.loads(run(folder, *way, "--yes", "--json"))
    assert told["number"] == 1
    assert "no proof" in run(folder, "suggest")
    assert "a watch held" in run(folder, "list")
    assert "holds" in CliRunner().invoke(app, ["clocks", *way, "--data-dir", str(folder)]).stderr
    run(folder, "undo", "1", *said, "--yes")
    assert "No clock is corrected" in run(folder, "list")
    assert len(json.loads(run(folder, "list", "--all", "--json"))["corrections"]) == 2
    assert "ahead of" in run(folder, "suggest")


def test_a_year_needs_no_other_word(folder):
    said = ["--by", "Asel", "--why", "x", "--json"]
    told = json.loads(run(folder, "correct", "--station", "north", "--year", "2019", *said))
    assert len(told["sightings"]) == 8
    first = told["sightings"][0]
    assert first["after"][0]["at"][:4] == "2019"
    assert first["after"][0]["written"] == first["before"][0]["at"]


@pytest.mark.parametrize(
    "words",
    [
        ["correct", "--add", "1h"],
        ["correct", "--station", "north"],
        ["correct", "--station", "north", "--add", "soon"],
        ["correct", "--station", "north", "--add", "1h", "--from", "yesterday"],
        ["undo", "99"],
    ],
)
def test_what_cannot_be_meant_is_refused(folder, words):
    run(folder, *words, "--by", "Asel", "--why", "x", code=2)
