"""How the bundles of a registry stand against the one that serves now."""

from __future__ import annotations

from reid.catalogue.bundle_records import RegisteredBundle
from reid.catalogue.promotions import untried
from reid.catalogue.trials import Trial, TrialState, trial_of
from reid.errors import ConflictError


def trial_now(bundle: RegisteredBundle, active: RegisteredBundle) -> Trial:
    """What speaks against a promotion of ``bundle`` while ``active`` serves."""
    if bundle.sha256 == active.sha256:
        return Trial(TrialState.SERVES)
    serving = {"name": active.name, "version": active.version, "sha256": active.sha256}
    return trial_of(bundle.gate, serving)


def refuse_untried(bundle: RegisteredBundle, active: RegisteredBundle) -> None:
    """Say at once what a promotion without an override would say after everything was embedded.

    Raises:
        ConflictError: it was not tried against the bundle that serves, or was refused.
    """
    found = trial_now(bundle, active)
    if found.words:
        said = f"bundle {bundle.name} {bundle.version}"
        raise ConflictError(untried(said, bundle.name, found.words))
