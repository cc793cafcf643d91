"""What may be done with a dataset: its manifest beside the table, else our card on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reid.errors import TableError

CARDS = Path(__file__).resolve().parents[2] / "datasets"
MANIFESTS = ("dataset.json", "manifest.json")
_FENCE = "---"


class Use(StrEnum):
    """What a dataset may be used for, strictest last."""

    ANY = "any"
    """Training of weights under any licence."""
    SHARE_ALIKE = "share-alike"
    """Training of weights that carry the dataset's licence."""
    UNSTATED = "unstated"
    """Nobody has said: whoever trains must first say so in a manifest."""
    EVALUATION = "evaluation"
    """Never training."""


@dataclass(frozen=True, slots=True)
class Rights:
    """``licence`` is an SPDX identifier or "none stated"; ``source`` names where it is said.

    ``frames`` (``pictures: frames``): pictures without a box are whole camera-trap frames, in
    which the animal must be found first; else they are crops that the animal fills.
    """

    licence: str = "none stated"
    use: Use = Use.UNSTATED
    source: str = "no manifest and no card"
    frames: bool = False

    @property
    def may_train(self) -> bool:
        """Whether any weights at all may be trained on it."""
        return self.use in (Use.ANY, Use.SHARE_ALIKE)


def rights_of(folder: Path, table_sha256: str = "", *, cards: Path = CARDS) -> Rights:
    """Rights of the dataset in ``folder`` whose table has this sha256.

    ``dataset.json`` or ``manifest.json`` in the folder with ``licence`` and ``use`` speaks first,
    then a card that lists the table's sha256 under ``tables`` or the folder's name under
    ``folders``, then nobody.

    Raises:
        TableError: a manifest or card that cannot be read, or a use that is none of `Use`.
    """
    for name in MANIFESTS:
        if (folder / name).is_file():
            said = _read_manifest(folder / name)
            if "use" in said or "licence" in said:
                return _rights(said, name)
    for card in sorted(cards.glob("*.md")):
        if card.name != "README.md":
            facts = card_facts(card)
            tables, folders = (_listed(facts, key) for key in ("tables", "folders"))
            if table_sha256 in tables or folder.resolve().name in folders:
                return _rights(facts, card.name)
    return Rights()


def _listed(facts: Mapping[str, str], key: str) -> list[str]:
    return [word.strip() for word in facts.get(key, "").split(",") if word.strip()]


def card_facts(path: Path) -> dict[str, str]:
    """The ``key: value`` lines between the two ``---`` at the head of a card.

    Raises:
        TableError: no such head.
    """
    first, *lines = path.read_text(encoding="utf-8").splitlines() or [""]
    if first.strip() != _FENCE or _FENCE not in lines:
        raise TableError(
            f"{path.name}: expected a head of `key: value` lines between two lines of {_FENCE}, "
            f"found {first!r}; see datasets/README.md"
        )
    facts = {}
    for line in lines[: lines.index(_FENCE)]:
        key, found, value = line.partition(":")
        if not found:
            raise TableError(f"{path.name}: expected `key: value` in its head, found {line!r}")
        facts[key.strip()] = value.strip()
    return facts


def _read_manifest(path: Path) -> Mapping[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TableError(f"{path.name}: expected a JSON object, found {error}") from error
    if not isinstance(content, dict):
        raise TableError(f"{path.name}: expected a JSON object, found {type(content).__name__}")
    return content


def _rights(said: Mapping[str, object], source: str) -> Rights:
    written = str(said.get("use") or Use.UNSTATED)
    try:
        use = Use(written)
    except ValueError:
        raise TableError(
            f"{source}, use: expected one of {', '.join(Use)}, found {written!r}"
        ) from None
    frames = said.get("pictures") == "frames"
    return Rights(str(said.get("licence") or "none stated"), use, source, frames)
