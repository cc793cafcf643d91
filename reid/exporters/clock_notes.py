"""What is said of times as they go out: which were corrected, which are disputed, and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from reid.clocks import Entry, Ledger
from reid.importers.plan import DISPUTED
from reid.survey import Deployment, Media, Observation
from reid.types import CameraNote, CandidateTime, Trigger

CORRECTED = "Time corrected"
BETWEEN = " | "
ISSUES = "timestampIssues"
_MOON = ("New", "New Crescent", "First Quarter", "Waxing Gibbous", "Full", "Waning Gibbous")
_PHASES = (*_MOON, "Last Quarter", "Old Crescent")
_METHODS = {Trigger.MOTION: "activityDetection", Trigger.TIME_LAPSE: "timeLapse"}


def corrected_note(written: datetime, entry: Entry | None) -> str:
    """A sentence on one corrected time."""
    told = f"{CORRECTED}: the clock wrote {written.isoformat(timespec='seconds')}"
    if entry is None or entry.correction is None:
        return told
    whom = f"correction {entry.number} by {entry.by}: {entry.why}"
    return f"{told}; {entry.correction.words} ({whom})"


def times_note(times: Iterable[CandidateTime], ledger: Ledger) -> str:
    """A sentence for each of a sighting's times that was corrected."""
    entries = {one.number: one for one in ledger.entries}
    told = [
        corrected_note(time.written, entries.get(time.correction or 0))
        for time in times
        if time.written is not None
    ]
    return joined(*told)


def joined(*parts: str) -> str:
    """Sentences in one cell."""
    return BETWEEN.join(dict.fromkeys(part for part in parts if part))


def time_note(one: Observation) -> str:
    """What there is to say of an observation's time, for formats with a column for a remark."""
    others = [t.removeprefix(DISPUTED) for t in one.tags if t.startswith(DISPUTED)]
    told = [f"time disputed: also {other}" for other in sorted(others)]
    return joined(*told, *(s for s in one.comments.split(BETWEEN) if s.startswith(CORRECTED)))


def deployment_told(one: Deployment, ledger: Ledger, camera: str | None) -> Deployment:
    """The deployment with the corrections of its clock among its comments.

    ``camera`` None: it stands for all cameras of its station.
    """
    told = [
        f"Clock corrected ({entry.correction.whose}): {entry.correction.words}"
        f"{_span(entry)} (correction {entry.number} by {entry.by}: {entry.why})"
        for entry in ledger.standing
        if entry.correction is not None
        and entry.correction.station == one.station
        and (camera is None or entry.correction.camera in (None, camera))
    ]
    if not told:
        return one
    comments = joined(one.extra.get("deploymentComments", ""), *told)
    return replace(one, extra={**one.extra, "deploymentComments": comments})


def _span(entry: Entry) -> str:
    found = entry.correction
    if found is None or (found.first is None and found.last is None):
        return ""
    first = found.first.isoformat() if found.first else "the beginning"
    last = found.last.isoformat() if found.last else "the end"
    return f" for what it wrote from {first} to {last}"


class SurveyClocks:
    """Corrections over records that came in by an import: their clocks are their deployments'."""

    def __init__(self, ledger: Ledger, deployments: Iterable[Deployment]) -> None:
        self._ledger = ledger
        self._whose = {one.id: (one.station, one.camera or one.id) for one in deployments}
        self._entries = {one.number: one for one in ledger.entries}

    def deployment(self, one: Deployment) -> Deployment:
        """With what is recorded of its clock."""
        return deployment_told(one, self._ledger, one.camera or one.id)

    def media(self, one: Media) -> Media:
        """With the corrected time, and what the clock wrote among its comments."""
        at, note = self._at(one.deployment, one.at)
        if not note:
            return one
        comments = joined(one.extra.get("mediaComments", ""), note)
        return replace(one, at=at, extra={**one.extra, "mediaComments": comments})

    def observation(self, one: Observation) -> Observation:
        """With corrected times, and what the clock wrote among its comments."""
        start, note = self._at(one.deployment, one.start)
        end, _ = self._at(one.deployment, one.end)
        if not note:
            return one
        return replace(one, start=start, end=end, comments=joined(one.comments, note))

    def _at(self, deployment: str, at: datetime | None) -> tuple[datetime | None, str]:
        station, camera = self._whose.get(deployment, ("", ""))
        held = None if at is None else self._ledger.find(station, camera, at)
        if at is None or held is None:
            return at, ""
        return held[1].applied(at), corrected_note(at, self._entries.get(held[0]))


def exif_of(note: CameraNote | None) -> Mapping[str, str]:
    """A camera's note as Camtrap DP's ``exifData`` and ``captureMethod``, in ExifTool's names."""
    if note is None:
        return {}
    told = {
        "TriggerMode": note.trigger.value if note.trigger else None,
        "Sequence": " of ".join(map(str, note.sequence)) if note.sequence else None,
        "EventNumber": note.event,
        "MoonPhase": None if note.moon is None else _PHASES[note.moon],
        "AmbientTemperature": note.temperature_c,
        "AmbientTemperatureFahrenheit": note.temperature_f,
        "SerialNumber": note.serial,
        "FirmwareVersion": note.firmware,
        "Contrast": note.contrast,
        "Brightness": note.brightness,
        "Sharpness": note.sharpness,
        "Saturation": note.saturation,
        "MotionSensitivity": note.sensitivity,
        "InfraredIlluminator": None if note.infrared is None else _on(note.infrared),
        "Illumination": None if note.lamp is None else _on(note.lamp),
        "BatteryVoltage": note.battery_v,
        "UserLabel": note.label,
    }
    known = {name: value for name, value in told.items() if value is not None}
    method = _METHODS.get(note.trigger) if note.trigger else None
    return {"exifData": json.dumps(known)} | ({"captureMethod": method} if method else {})


def _on(value: bool) -> str:
    return "On" if value else "Off"
