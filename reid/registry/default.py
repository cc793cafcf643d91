"""The bundle that a process is configured with, told as if it were registered."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from reid.catalogue.bundle_records import BundleState, RegisteredBundle
from reid.registry.members import CALIBRATION, CARD, MANIFEST
from reid.registry.statement import content_of
from reid.weights import Bundle, fingerprint


@lru_cache(maxsize=32)
def configured(bundle: Bundle) -> RegisteredBundle:
    """What is known of a shipped or configured bundle. Hashes of weights are its manifest's.

    The fingerprint of a hub's bundle is known only once it is loaded: "" here.
    """
    manifest = bundle.manifest
    members = {entry.path: entry.sha256 for entry in manifest.files}
    if manifest.calibration is not None:
        members[CALIBRATION] = manifest.calibration.sha256
    for name in (MANIFEST, CARD):
        if (bundle.directory / name).is_file():
            content = (bundle.directory / name).read_bytes()
            members[name] = hashlib.sha256(content).hexdigest()
    return RegisteredBundle(
        name=manifest.name,
        version=manifest.version,
        fingerprint="" if manifest.kind == "hub" else fingerprint(bundle),
        sha256=content_of(members),
        parent=None,
        data_manifest_sha256="",
        code_version=manifest.origin.source,
        figures={},
        licence=manifest.licence.spdx,
        state=BundleState.DEFAULT,
        registered_at=None,
        by="",
    )
