"""Makers' own notes: what is read of bytes that are made here, and that no bytes raise."""

from __future__ import annotations

import io
import struct
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from reid.image import open_image
from reid.image.notes import camera_note
from reid.types import CameraNote, Light, Trigger

WHEN = datetime(2018, 11, 11, 6, 57, 30)


def clock(when):
    return when.second, when.minute, when.hour, when.month, when.day, when.year


def hyperfire(*, lamp=1, celsius=-23, words=None):
    """A HyperFire's block, field by field as its layout is documented."""
    block = bytearray(108)
    struct.pack_into("<4H", block, 0, 0xF101, 3, 0, 1)
    block[12:14] = b"M\0"
    struct.pack_into("<2H", block, 14, 2, 5)
    struct.pack_into("<2H", block, 18, 1, 7)
    struct.pack_into("<6H", block, 22, *(words or clock(WHEN)))
    struct.pack_into("<H2h", block, 36, 2, -9, celsius)
    block[42:72] = "H600BD05002562\0".encode("utf-16-le")
    struct.pack_into("<7H", block, 72, 128, 0, 32, 154, lamp, 100, 5770)
    block[86:90] = b"EAST"
    return bytes(block)


def ultrafire():
    block = bytearray(111)
    block[:10] = b"RECONYXUF\0"
    block[0x34:0x37] = b"T\x01\x03"
    struct.pack_into("<I5BH", block, 0x37, 70_000, 30, 57, 6, 11, 11, 2018)
    struct.pack_into("<Bhh", block, 0x43, 4, 50, 10)
    struct.pack_into("<BH", block, 0x48, 1, 11_200)
    block[0x4B:0x50] = b"XR612"
    return bytes(block)


def hyperfire_2():
    block = bytearray(156)
    block[:10] = b"RECONYXH2\0"
    block[0x34:0x36] = b"M\0"
    struct.pack_into("<2H2H6H", block, 0x36, 3, 3, 0, 12, 30, 57, 6, 11, 11, 2018)
    struct.pack_into("<H2h", block, 0x4C, 7, 32, 0)
    struct.pack_into("<5H", block, 0x52, 1, 2, 3, 4, 1)
    block[0x7E:0x9C] = "H2X00000000001".encode("utf-16-le")[:30].ljust(30, b"\0")
    return bytes(block)


def read(block=None, *, make="RECONYX", model="HC600 HYPERFIRE", comment=None):
    return camera_note(make=make, model=model, block=block, comment=comment)


def test_a_hyperfire_tells_all_of_its_fields():
    note = read(hyperfire())
    assert note == CameraNote(
        "reconyx-hyperfire",
        Trigger.MOTION,
        (2, 5),
        (1 << 16) + 7,
        WHEN,
        2,
        -23,
        -9,
        "H600BD05002562",
        "EAST",
        "3.0.1",
        *(128, 0, 32, 154, 100, 5.77),
        lamp=True,
        infrared=True,
    )
    assert CameraNote.of(note.plain()) == note


def test_words_whose_bytes_are_turned_are_read_all_the_same():
    turned = [w % 256 * 256 + w // 256 for w in clock(WHEN)]
    assert read(hyperfire(words=turned)).written_at == WHEN


def test_an_ultrafire_and_a_hyperfire_2_say_when_and_why():
    old, new = read(ultrafire()), read(hyperfire_2(), model="HYPERFIRE 2 COVERT")
    assert (old.trigger, old.sequence, old.event) == (Trigger.TIME_LAPSE, (1, 3), 70_000)
    assert (old.temperature_c, old.battery_v, old.serial) == (10, 11.2, "XR612")
    assert (new.sequence, new.event, new.moon, new.temperature_c) == ((3, 3), 12, 7, 0)
    assert old.written_at == new.written_at == WHEN
    assert (old.lamp, old.infrared, new.infrared) == (True, None, True)


def test_a_rapidfire_tells_it_in_a_comment():
    lines = ["Trg: T 1/3", "Evt: 54", "Dat: 2018-11-11 6:57:30 AM", "MP: 2", "Tmp: -6 C"]
    lines += ["Bat: 5070", "Ill: Off", "SN: RX32", "Lbl: EAST"]
    note = read(comment="\r".join(lines).encode() + b"\0\0")
    assert (note.trigger, note.sequence, note.event) == (Trigger.TIME_LAPSE, (1, 3), 54)
    assert (note.written_at, note.temperature_c, note.battery_v) == (WHEN, -6, 5.07)
    assert (note.infrared, note.serial) == (False, "RX32")


@pytest.mark.parametrize(
    ("block", "make", "comment"),
    [
        (None, "RECONYX", None),
        (b"\x01\xf1\x09\x00", "Canon", None),
        (b"Apple iOS\0", "Apple", None),
        (None, "RECONYX", "a holiday"),
    ],
)
def test_what_is_no_note_is_none(block, make, comment):
    assert read(block, make=make, comment=comment) is None


def test_a_note_that_ends_early_tells_what_is_there():
    note = read(hyperfire()[:30])
    assert note.sequence == (2, 5)
    assert (note.written_at, note.temperature_c, note.lamp) == (None, None, None)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from([b"", b"\x01\xf1\x03\0", b"RECONYXUF\0", b"RECONYXH2\0"]),
    st.binary(max_size=300),
    st.one_of(st.none(), st.text(max_size=200), st.binary(max_size=200)),
)
def test_no_bytes_raise(start, rest, comment):
    note = read(start + rest, comment=comment)
    if note is not None:
        assert CameraNote.of(note.plain()) == note


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["Trg", "Evt", "Dat", "Tmp", "MP", "Bat"]), st.text()))
def test_no_comment_raises(told):
    text = "\r".join(f"{key}: {value}" for key, value in told.items())
    read(comment=text)


def picture(colour, *, model="HC600 HYPERFIRE", **block):
    """A JPEG of coloured or of grey noise, with a HyperFire's note."""
    noise = np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)
    pixels = np.kron(noise if colour else noise[..., :1].repeat(3, 2), np.ones((8, 8, 1), np.uint8))
    exif = Pillow.Exif()
    exif[0x010F], exif[0x0110] = "RECONYX", model
    exif.get_ifd(0x8769)[0x927C] = hyperfire(**block)
    file = io.BytesIO()
    Pillow.fromarray(pixels).save(file, "JPEG", exif=exif, quality=95)
    return open_image(file.getvalue())


@pytest.mark.parametrize(
    ("colour", "lamp", "model", "light", "flagged"),
    [
        (False, 1, "HC600 HYPERFIRE", Light.INFRARED, False),
        (True, 1, "HC600 HYPERFIRE", Light.INFRARED, True),
        (True, 0, "HC600 HYPERFIRE", Light.COLOUR, False),
        (False, 0, "HC600 HYPERFIRE", Light.INFRARED, True),
        (True, 1, "HC550 HYPERFIRE", Light.COLOUR, False),  # a white flash
    ],
)
def test_a_camera_that_says_so_settles_the_light(colour, lamp, model, light, flagged):
    image = picture(colour, lamp=lamp, model=model)
    assert image.light is light
    assert ("light-disagrees" in image.flags) is flagged


def test_without_exif_the_note_tells_the_time_and_the_camera():
    image = picture(True)
    assert (image.captured_at, image.camera_serial) == (WHEN, "H600BD05002562")
    assert "capture-time-from-note" in image.flags
