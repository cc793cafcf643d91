"""Bundles of weights of a catalogue: where they come from, which one serves, who says so.

Importing this package loads no torch; trying a bundle does.
"""

from reid.catalogue.bundle_records import (
    BundleState,
    Promotion,
    PromotionKind,
    RegisteredBundle,
    TrustedKey,
)
from reid.catalogue.trials import Trial, TrialState
from reid.registry.cause import Cause
from reid.registry.registry import Registry
from reid.registry.statement import Lineage
from reid.registry.trials import refuse_untried, trial_now

__all__ = [
    "BundleState",
    "Cause",
    "Lineage",
    "Promotion",
    "PromotionKind",
    "RegisteredBundle",
    "Registry",
    "Trial",
    "TrialState",
    "TrustedKey",
    "refuse_untried",
    "trial_now",
]
