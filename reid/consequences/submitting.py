"""Asking what another bundle would change: the same bundle over the same answers is one job."""

from __future__ import annotations

import hashlib
import uuid

from reid.catalogue.asked import Identifications
from reid.catalogue.comparison_pages import ComparisonPages
from reid.catalogue.jobs import Job, JobStore
from reid.consequences.challenger import find_challenger
from reid.consequences.changes import TOLERANCE
from reid.jobs import job_key
from reid.registry import Registry
from reid.types.checks import require
from reid.weights import fingerprint, read_calibration

REPLAY = "replay-bundle"


def submit_replay(
    registry: Registry,
    bundle: str,
    *,
    tolerance: float = TOLERANCE,
    by: str = "",
    fresh: bool = False,
) -> tuple[Job, bool]:
    """Ask for every stored answer to be given again by ``bundle``; the job, and whether it is new.

    ``bundle`` as `reid.consequences.challenger.find_challenger` takes it.
    One that was begun and not ended goes on; ``fresh`` begins anew in any case. One that is done
    is the answer until more is stored or decided, or either bundle is another.

    Raises:
        WeightsError: no such bundle, or one that cannot be read.
        InputError: a tolerance outside 0 to 0.5.
    """
    require(0 <= tolerance <= 0.5, f"tolerance: expected 0 to 0.5, found {tolerance}")
    catalogue = registry.catalogue
    store = JobStore.of(catalogue)
    asked = {"bundle": bundle, "tolerance": tolerance}
    found = find_challenger(bundle, registry)
    content = hashlib.sha256(read_calibration(found) or b"").hexdigest()
    made_of = {**asked, "calibration": content, "fingerprint": fingerprint(found)}
    subject = job_key(REPLAY, made_of)
    begun = store.unfinished(subject)
    if begun is not None and not fresh:
        return store.resume(begun.id), False
    if begun is not None:
        store.cancel(begun.id)
    pairs = ComparisonPages.of(catalogue).count()
    over = [pairs, Identifications.of(catalogue).count(), catalogue.last_event()]
    again = uuid.uuid4().hex if fresh else ""
    against = registry.active().sha256
    key = job_key(REPLAY, {**made_of, "against": against, "over": over, "again": again})
    return store.submit(
        REPLAY, asked, key=key, subject=subject, resources=(f"replay:{bundle}",), by=by
    )
