"""Which bundle a run begins from: the one that its set was frozen with, or the one that serves."""

from __future__ import annotations

from reid.catalogue.bundle_records import BundleState, RegisteredBundle
from reid.errors import InputsChangedError, NotFoundError
from reid.registry import Registry
from reid.weights import Bundle, bundle_roots, list_bundles, load_bundle
from training.lab.start import Start, content_of_bundle


def champion_of(
    start: Start | None, registry: Registry | None, *, init: str = "", default: str = ""
) -> Bundle:
    """The frozen champion, wherever it is kept and whoever serves now; of a set without one
    ``init`` (a name or path), else the bundle that serves, else ``default``.

    Raises:
        InputsChangedError: ``init`` is another than the frozen one, or this is nowhere to be found.
        WeightsError: its files are missing or altered.
    """
    if init:
        named = load_bundle(init)
        if start is not None:
            start.check_champion(named, f"--init {init}: ")
        return named
    if start is not None:
        return _kept(start, registry)
    return load_bundle(default) if registry is None else registry.open(registry.active())


def _kept(start: Start, registry: Registry | None) -> Bundle:
    """Of the registry, serving or not; else of the folders in which bundles are looked for."""
    known = None if registry is None else registered(registry, start.champion_sha256)
    if registry is not None and known is not None:
        return registry.open(known)
    for listing in list_bundles():
        if listing.bundle and content_of_bundle(listing.bundle) == start.champion_sha256:
            return listing.bundle
    places = ", ".join(str(root) for root in bundle_roots())
    where = "in the registry or " if registry is not None else ""
    raise InputsChangedError(
        f"expected the champion {start.champion} ({start.champion_sha256[:12]}), with which this "
        f"training set was frozen, {where}in {places}, found it in none of them; name its folder "
        "with --init, bring its file back with `reid bundles import`, or freeze a new set "
        "(another --out)"
    )


def registered(registry: Registry, sha256: str) -> RegisteredBundle | None:
    """What the registry knows of a bundle whose files it keeps; None where it does not."""
    try:
        found = registry.bundle(sha256)
    except NotFoundError:
        return None
    return None if found.state is BundleState.FORGOTTEN else found
