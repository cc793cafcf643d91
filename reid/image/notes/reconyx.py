"""Reconyx: HyperFire, UltraFire and HyperFire 2 as binary notes, RapidFire as a comment.

Where each field lies is documented by ExifTool (tags "Reconyx"); the comment's keys are plain in
the files. Of the HyperFire, what lights is called an infrared illuminator; models with a white
flash (550, 850) use the same field, so theirs is not taken for infrared.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TypedDict

from reid.image.notes.layout import (
    TRIGGERS,
    Block,
    celsius_of,
    fahrenheit_of,
    moment_of,
    sequence_of,
)
from reid.types.camera import CameraNote

HYPERFIRE, ULTRAFIRE, HYPERFIRE_2 = b"\x01\xf1", b"RECONYXUF\0", b"RECONYXH2\0"
WHITE = re.compile(r"\b[A-Z]{2}550\b|\b[A-Z]{2}850\b|WHITE", re.IGNORECASE)
_SWAPPED = 256


class _Tuning(TypedDict):
    contrast: int | None
    brightness: int | None
    sharpness: int | None
    saturation: int | None


def hyperfire(content: bytes, model: str) -> CameraNote:
    """HyperFire (HC500, HC600, PC800, PC900 ...): 16-bit words, by number."""
    block = Block(content)
    high, low = block.numbers(18, "2H") or (0, 0)
    lamp = block.flag(80)
    return CameraNote(
        "reconyx-hyperfire",
        trigger=block.trigger(12),
        sequence=block.sequence(14, "2H"),
        event=(high << 16) + low or None,
        written_at=_words_moment(block.numbers(22, "6H")),
        moon=block.moon(36),
        temperature_f=fahrenheit_of(block.number(38, "h")),
        temperature_c=celsius_of(block.number(40, "h")),
        serial=block.text(42, 30, "utf-16-le"),
        **_tuning(block, 72),
        lamp=lamp,
        infrared=None if lamp is None else lamp and not WHITE.search(model),
        sensitivity=block.number(82),
        battery_v=block.volts(84),
        label=block.text(86, 22),
        firmware=_dotted(block.numbers(2, "3H")),
    )


def ultrafire(content: bytes) -> CameraNote:
    """UltraFire: bytes; whether its light is infrared is not said."""
    block = Block(content)
    return CameraNote(
        "reconyx-ultrafire",
        trigger=block.trigger(0x34),
        sequence=block.sequence(0x35, "2B"),
        event=block.number(0x37, "I") or None,
        written_at=_reversed(block.numbers(0x3B, "5BH")),
        moon=block.moon(0x43, "B"),
        temperature_f=fahrenheit_of(block.number(0x44, "h")),
        temperature_c=celsius_of(block.number(0x46, "h")),
        lamp=block.flag(0x48, "B"),
        battery_v=block.volts(0x49),
        serial=block.text(0x4B, 15),
        label=block.text(0x5A, 21),
    )


def hyperfire_2(content: bytes, model: str) -> CameraNote:
    """HyperFire 2: its covert models light with infrared, of others that is not said."""
    block = Block(content)
    high, low = block.numbers(0x3A, "2H") or (0, 0)
    lamp = block.flag(0x5A)
    return CameraNote(
        "reconyx-hyperfire-2",
        trigger=block.trigger(0x34),
        sequence=block.sequence(0x36, "2H"),
        event=(high << 16) + low or None,
        written_at=_reversed(block.numbers(0x3E, "6H")),
        moon=block.moon(0x4C),
        temperature_f=fahrenheit_of(block.number(0x4E, "h")),
        temperature_c=celsius_of(block.number(0x50, "h")),
        **_tuning(block, 0x52),
        lamp=lamp,
        infrared=lamp if "COVERT" in model.upper() else None,
        sensitivity=block.number(0x60),
        battery_v=block.volts(0x62),
        label=block.text(0x68, 22),
        serial=block.text(0x7E, 30, "utf-16-le"),
    )


def rapidfire(comment: str, model: str) -> CameraNote | None:
    """RapidFire (RC55, RC60, RM45 ...): lines ``Key: value`` in the file's comment."""
    lines = (line.partition(":") for line in re.split(r"[\r\n]+", comment.partition("\0")[0]))
    told = {key.strip(): value.strip() for key, _, value in lines}
    if not {"Trg", "Evt", "Dat"} <= told.keys():
        return None
    letter, _, counted = told["Trg"].partition(" ")
    parts = tuple(number for part in counted.split("/") if (number := _whole(part)) is not None)
    lamp = {"On": True, "Off": False}.get(told.get("Ill", ""))
    volts = _whole(told.get("Bat", ""))
    moon = _whole(told.get("MP", ""))
    return CameraNote(
        "reconyx-rapidfire",
        trigger=TRIGGERS.get(letter),
        sequence=sequence_of(parts),
        event=_whole(told["Evt"]),
        written_at=_said(told["Dat"]),
        moon=moon if moon is not None and 0 <= moon <= 7 else None,
        **_degrees(told.get("Tmp", "")),
        serial=told.get("SN") or None,
        label=told.get("Lbl") or None,
        firmware=told.get("Ver") or None,
        contrast=_whole(told.get("Ctr", "")),
        brightness=_whole(told.get("Brt", "")),
        sharpness=_whole(told.get("Shp", "")),
        saturation=_whole(told.get("Sat", "")),
        sensitivity=_whole(told.get("PIR", "")),
        battery_v=volts / 1000 if volts else None,
        lamp=lamp,
        infrared=None if lamp is None else lamp and not WHITE.search(model),
    )


def _tuning(block: Block, at: int) -> _Tuning:
    """Four numbers, one after the other."""
    return {
        "contrast": block.number(at),
        "brightness": block.number(at + 2),
        "sharpness": block.number(at + 4),
        "saturation": block.number(at + 6),
    }


def _words_moment(words: tuple[int, ...] | None) -> datetime | None:
    """Second, minute, hour, month, day, year; some firmware turns the bytes of each."""
    if words is None:
        return None
    if words[5] % _SWAPPED < 8 and words[5] > 4000:  # no year: its bytes stand the other way
        words = tuple(word % _SWAPPED * _SWAPPED + word // _SWAPPED for word in words)
    second, minute, hour, month, day, year = words
    return moment_of((year, month, day, hour, minute, second))


def _reversed(parts: tuple[int, ...] | None) -> datetime | None:
    return None if parts is None else moment_of(parts[::-1])


def _said(text: str) -> datetime | None:
    for form in ("%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, form)
        except ValueError:
            continue
    return None


def _degrees(text: str) -> dict[str, int | None]:
    number, _, unit = text.partition(" ")
    if unit.strip() == "F":
        return {"temperature_f": fahrenheit_of(_whole(number))}
    return {"temperature_c": celsius_of(_whole(number))}


def _whole(text: str) -> int | None:
    found = re.fullmatch(r"-?\d{1,9}", text.strip(), re.ASCII)
    return int(found[0]) if found else None


def _dotted(parts: tuple[int, ...] | None) -> str | None:
    return None if parts is None else ".".join(map(str, parts))
