"""Bundles on a screen and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reid.cli.console import plain_table, table_of, words

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from reid.registry import Promotion, RegisteredBundle, TrustedKey


def bundle_json(bundle: RegisteredBundle, active: RegisteredBundle) -> dict[str, Any]:
    """A bundle as plain values; ``trial``: how it stands now against the one that serves."""
    from reid.registry import trial_now

    trial = trial_now(bundle, active)
    return {
        "name": bundle.name,
        "version": bundle.version,
        "state": bundle.state.value,
        "fingerprint": bundle.fingerprint,
        "sha256": bundle.sha256,
        "parent": bundle.parent,
        "data_manifest_sha256": bundle.data_manifest_sha256,
        "code_version": bundle.code_version,
        "figures": dict(bundle.figures),
        "licence": bundle.licence,
        "data_licences": list(bundle.data_licences),
        "registered_at": bundle.registered_at.isoformat() if bundle.registered_at else None,
        "by": bundle.by,
        "signer": bundle.signer,
        "gate": None if bundle.gate is None else dict(bundle.gate),
        "trial": trial.state.value,
        "trial_words": trial.words,
    }


def promotion_json(event: Promotion) -> dict[str, Any]:
    """A promotion as plain values."""
    return {
        "number": event.number,
        "at": event.at.isoformat(),
        "by": event.by,
        "why": event.why,
        "kind": event.kind.value,
        "before": dict(event.before),
        "after": dict(event.after),
        "overridden": event.overridden,
    }


def key_json(key: TrustedKey) -> dict[str, Any]:
    """A signer's key as plain values; ``distrust`` only where its bundles are not taken."""
    told: dict[str, Any] = {"public_key": key.public_key, "own": key.own}
    told |= {"by": key.by, "why": key.why}
    if key.distrust is not None:
        word = key.distrust
        told["distrust"] = {"at": word.at.isoformat(), "by": word.by, "why": word.why}
    return told


def bundles_table(bundles: Sequence[RegisteredBundle], active: RegisteredBundle) -> Table:
    """One line a bundle."""
    table = table_of("Bundle", "State", "Fingerprint", "Licence", "Trial", "Registered")
    for one in bundles:
        since = f"{one.registered_at:%Y-%m-%d} {one.by}" if one.registered_at else ""
        row = (f"{one.name} {one.version}", one.state, one.fingerprint, one.licence)
        table.add_row(*map(words, (*row, trial_words(one, active), since)))
    return table


def bundle_lines(
    bundle: RegisteredBundle, active: RegisteredBundle, lacking: int
) -> list[RenderableType]:
    """All of one bundle."""
    told = bundle_json(bundle, active)
    del told["gate"], told["trial_words"]
    told["trial"] = trial_words(bundle, active)
    told["ready"] = f"no: {lacking} annotations lack its embedding" if lacking else "yes"
    told["figures"] = ", ".join(f"{k} {v}" for k, v in sorted(bundle.figures.items()))
    told["data_licences"] = ", ".join(bundle.data_licences)
    rows = {name.replace("_", " "): str(value or "-") for name, value in told.items()}
    return [*plain_table(rows), *gate_tables(bundle)]


def gate_tables(bundle: RegisteredBundle) -> list[RenderableType]:
    """Every figure of the trial, strata (light, flank, station) included, where it was kept."""
    lines = (bundle.gate or {}).get("lines") or []
    if not lines:
        return []
    table = table_of("Where", "Figure", "Served", "This one", "Difference, 95 %", "So")
    for one in lines:
        values = (f"{one[name]:.3f}" for name in ("champion", "challenger"))
        gap = "{value:+.3f} [{low:+.3f}, {high:+.3f}]".format(**one["difference"])
        so = "worse" if one["worse"] else "better" if one["better"] else "no difference shown"
        table.add_row(*map(words, (one["where"], one["figure"], *values, gap, so)))
    return [table]


def trial_words(bundle: RegisteredBundle, active: RegisteredBundle) -> str:
    """How it stands against the one that serves, in short."""
    from reid.registry import trial_now

    found = trial_now(bundle, active)
    return found.words or ("passed" if found.state == "passed" else "")
