"""What people were shown before they decided, in words. Pure.

``answers`` of what was shown are the machine's answers about the sightings of a decision:
``kind`` and ``id`` of the stored one, ``source`` (one of the words below), ``stored`` (false:
a door named it, and the catalogue has none of that id), and of a stored one ``sightings``, ``at``,
``asked`` (priors and error rate), ``bundle``, ``weights``, ``calibration``, ``code_version``,
``candidates`` (with ``llr`` and ``probability``) and how many were ``left_out``. An identification
also has what it ``said``, of which ``individual``, with which ``probability``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reid.types.words import likelier, listed, percent

ANSWERS, IDENTIFICATION, COMPARISON = "answers", "identification", "comparison"
SHOWN = "shown"
LAST = "last stored answer"
HIDDEN = "hidden until the answer"
SOURCES = {
    SHOWN: "shown with the decision",
    LAST: "last stored answer; whether it was looked at is not known",
    HIDDEN: "not shown before the answer",
}
NONE = "No answer of the machine was stored of it then."
_UNTOLD = (ANSWERS, IDENTIFICATION, "blind")
_NAMES = {
    "llr": "log-likelihood ratio",
    "machine": "the machine's verdict",
    "opened": "the machine's opinion was asked for",
    "result_sha256": "digest of the comparison",
}
MOST_TOLD = 5
DIGEST_CHARS = 12


def answer_lines(answer: Mapping[str, Any]) -> list[str]:
    """An answer in sentences: where from, what was asked, what was said, with which weights."""
    told = [f"{SOURCES.get(str(answer.get('source')), 'kept')}."]
    told[0] = told[0][:1].upper() + told[0][1:]
    if "sightings" not in answer:
        return told if answer.get("stored", True) else [*told, "Nothing of this id is stored."]
    return [*told, _asked(answer), _said(answer), *_candidates(answer), _made_with(answer)]


def shown_rows(shown: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a door said that it showed, but the answers: names and values in words.

    Doors may say anything that JSON can, so whatever is here becomes words.
    """
    rows = []
    for name, value in shown.items():
        told = name in _UNTOLD or (name == COMPARISON and ANSWERS in shown)
        if not told and value not in (None, "", [], {}):
            words = f"{percent(value)} for one animal" if _is_share(name, value) else plainly(value)
            rows.append((_NAMES.get(name, name.replace("_", " ")), words))
    return rows


def _is_share(name: str, value: object) -> bool:
    return name == "probability" and isinstance(value, float) and 0 <= value <= 1


def plainly(value: object) -> str:
    """A value of JSON in words."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "none"}[value]
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{k.replace('_', ' ')} {plainly(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(plainly(one) for one in value)
    return str(value)


def answer_brief(shown: Mapping[str, Any]) -> str:
    """What was shown in a few words; "" of a decision that rests on no pictures."""
    if ANSWERS not in shown:
        return ""
    found = shown[ANSWERS]
    if not found:
        return "no stored answer"
    first = found[0]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    said = f": {_answer(first)}" if "said" in first else ""
    return f"{first['kind']} {first['id']}{said} ({first['source']}){more}"


def _asked(answer: Mapping[str, Any]) -> str:
    asked = answer["asked"]
    error = f"accepted share of wrong answers {_share(asked.get('max_error'))}"
    if answer["kind"] == IDENTIFICATION:
        known = _share(asked.get("prior_known"))
        who = f"Asked who {listed(answer['sightings'])} is"
        return f"{who}: chance of a known animal before the pictures {known}, {error}."
    compared = listed(_some(answer["sightings"]))
    same = _share(asked.get("prior_same"))
    return f"Compared {compared}: chance of one animal before the pictures {same}, {error}."


def _some(names: Sequence[str]) -> list[str]:
    more = len(names) - MOST_TOLD
    return [*names[:MOST_TOLD], *([f"{more} more"] if more > 0 else [])]


def _said(answer: Mapping[str, Any]) -> str:
    if answer["kind"] == IDENTIFICATION:
        return f"Answer of {answer['at'][:16].replace('T', ' ')} UTC: {_answer(answer)}."
    return f"Answer of {answer['at'][:16].replace('T', ' ')} UTC."


def _answer(answer: Mapping[str, Any]) -> str:
    sure = answer.get("probability")
    chance = "" if sure is None else f", {percent(sure)}"
    return f"{answer.get('individual') or answer.get('said')}{chance}"


def _candidates(answer: Mapping[str, Any]) -> list[str]:
    found = answer["candidates"]
    if not found:
        return ["Nobody was looked at."] if answer["kind"] == IDENTIFICATION else []
    names = [_candidate(one) for one in found[:MOST_TOLD]]
    more = len(found) - len(names) + answer.get("left_out", 0)
    return ["Looked at: " + "; ".join([*names, *([f"{more} more"] if more else [])]) + "."]


def _candidate(one: Mapping[str, Any]) -> str:
    name = one.get("individual") or "nobody yet"
    if "a" in one:
        name = f"{one['a']} and {one['b']} {one['said']}"
    chance = one.get("probability")
    sure = [] if chance is None else [percent(chance)]
    return f"{name} ({', '.join([*sure, likelier(one['llr'])])})"


def _made_with(answer: Mapping[str, Any]) -> str:
    bundle = answer.get("bundle") or {}
    version = f" {bundle['version']}" if bundle.get("version") else ""
    parts = [f"bundle {bundle.get('name') or 'not known'}{version}"]
    digests = (bundle.get("sha256") or bundle.get("fingerprint"), answer.get("calibration"))
    for word, digest in zip(("weights", "calibration"), digests, strict=True):
        parts += [f"{word} {digest[:DIGEST_CHARS]}"] if digest else []
    code = answer.get("code_version")
    return "By " + ", ".join([*parts, *([f"code {code}"] if code else [])]) + "."


def _share(share: float | None) -> str:
    return "not said" if share is None else f"{100 * share:.3g} %"
