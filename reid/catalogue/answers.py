"""Comparisons into rows and back. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from reid.catalogue.content import canonical_json, media_sha256, sighting_sha256
from reid.catalogue.records import ComparisonRecord, ComparisonSummary
from reid.catalogue.schema import ComparisonRow, ComparisonSightingRow, VerdictRow
from reid.errors import InputError
from reid.types import Comparison

NEEDED = ("configuration", "code_version")


def comparison_row(comparison: Comparison, result: Mapping[str, Any], digest: str) -> ComparisonRow:
    """The comparison's row.

    Raises:
        InputError: the provenance lacks what a replay needs, or is not JSON.
    """
    provenance = comparison.provenance
    missing = [name for name in NEEDED if not provenance.get(name)]
    if missing or not isinstance(provenance["configuration"], Mapping):
        raise InputError(
            f"comparison {comparison.id}: to be replayed, its provenance must hold a "
            f"'configuration' (a mapping) and a 'code_version'; missing or unfit: "
            f"{missing or ['configuration']}"
        )
    return ComparisonRow(
        id=comparison.id,
        created_at=comparison.created_at,
        summary=comparison.summary,
        result=dict(result),
        result_sha256=digest,
        inputs=_inputs(comparison),
        fingerprints=_fingerprints(comparison),
        configuration=_plain(provenance["configuration"], comparison.id),
        code_version=str(provenance["code_version"]),
        provenance=_plain(provenance, comparison.id),
    )


def sighting_rows(comparison: Comparison) -> list[ComparisonSightingRow]:
    """Which sightings were submitted, by id and content."""
    return [
        ComparisonSightingRow(
            comparison_id=comparison.id,
            position=position,
            sighting_id=sighting.id,
            content_sha256=sighting_sha256(sighting),
        )
        for position, sighting in enumerate(comparison.submitted or comparison.sightings)
    ]


def pair_rows(comparison: Comparison) -> list[VerdictRow]:
    """The verdict on every pair."""
    return [
        VerdictRow(
            comparison_id=comparison.id,
            position=position,
            a=verdict.a,
            b=verdict.b,
            kind=verdict.kind.value,
            probability=verdict.probability,
            direct_llr=verdict.direct_llr,
        )
        for position, verdict in enumerate(comparison.verdicts)
    ]


def summary_of(row: ComparisonRow, sighting_ids: Sequence[str]) -> ComparisonSummary:
    """One line."""
    return ComparisonSummary(row.id, row.created_at, tuple(sighting_ids), row.summary)


def record_of(row: ComparisonRow, sighting_ids: Sequence[str]) -> ComparisonRecord:
    """Everything."""
    return ComparisonRecord(
        id=row.id,
        created_at=row.created_at,
        sighting_ids=tuple(sighting_ids),
        summary=row.summary,
        result=row.result,
        inputs=tuple(row.inputs),
        fingerprints=row.fingerprints,
        configuration=row.configuration,
        code_version=row.code_version,
        provenance=row.provenance,
    )


def _plain(value: object, comparison_id: str) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(canonical_json(value, f"provenance of {comparison_id}"))
    return plain


def _inputs(comparison: Comparison) -> list[dict[str, Any]]:
    return [
        {"sighting_id": s.id, "file_name": m.file_name, "sha256": media_sha256(m)}
        for s in comparison.submitted or comparison.sightings
        for m in s.media
    ]


def _fingerprints(comparison: Comparison) -> dict[str, Any]:
    return {
        "embedding": sorted({a.embedding.fingerprint for a in comparison.annotations}),
        "local": sorted({a.features.method for a in comparison.annotations}),
    }
