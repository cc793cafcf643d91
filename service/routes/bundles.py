"""/v1/bundles: which weights there are, which serve, and since when."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from reid.batch import submit_re_embed, submit_trial
from reid.catalogue.bundle_records import Promotion, RegisteredBundle
from reid.catalogue.jobs import JobStore
from reid.consequences import unseen
from reid.pipeline.standing import why_active
from reid.registry import Registry, refuse_untried, trial_now
from service.admission import PersonNow
from service.gatekeeper import Person
from service.ports import LibraryPort
from service.schemas.base import Known
from service.schemas.bundles import (
    BundleDetailOut,
    BundleOut,
    BundlesOut,
    PromoteIn,
    PromotionOut,
    PromotionsOut,
    ReEmbedIn,
    ReEmbedOut,
    TrialIn,
    WhyIn,
)
from service.schemas.jobs import JobOut
from service.state import LibraryNow, Service, ServiceNow
from service.told_jobs import job_out

router = APIRouter(prefix="/v1", tags=["bundles"])


@router.get("/bundles")
async def listed(service: ServiceNow, library: LibraryNow) -> BundlesOut:
    """Every bundle with its lineage, and the one that serves."""
    registry = _registry(service, library)

    def work() -> BundlesOut:
        active = registry.active()
        bundles = [bundle_out(one, active) for one in registry.bundles()]
        why = why_active(registry)
        return BundlesOut(active=bundle_out(active, active), why=why, bundles=bundles)

    return await service.reads.run(work)


@router.get("/bundles/{reference}")
async def one(reference: Known, service: ServiceNow, library: LibraryNow) -> BundleDetailOut:
    """A bundle by sha256, fingerprint, NAME@VERSION or name."""
    registry = _registry(service, library)

    def work() -> BundleDetailOut:
        found = registry.bundle(reference)
        told = bundle_out(found, registry.active()).model_dump()
        lacking, warned = registry.lacking(found).count, _warned(registry, found)
        return BundleDetailOut(**told, lacking=lacking, warnings=warned)

    return await service.reads.run(work)


@router.post("/bundles/{reference}/promote")
async def promote(
    reference: Known,
    wanted: PromoteIn,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> PromotionOut:
    """Let a bundle serve, in every process, from the next request on.

    A 409 while an annotation lacks its embedding, or no trial against the bundle that serves
    passed and nobody overrides that. `warnings` where nobody had looked at what it would change.
    """
    registry = _registry(service, library)

    def work() -> PromotionOut:
        bundle = registry.bundle(reference)
        warned = _warned(registry, bundle)
        event = registry.promote(bundle, by=_who(person), why=wanted.why, override=wanted.override)
        return promotion_out(event, warned)

    async with service.turns.turn("bundles"):
        return await service.reads.run(work)


@router.post("/bundles/{reference}/trial")
async def trial(
    reference: Known,
    wanted: TrialIn,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> JobOut:
    """Try a bundle against the one that serves, in the background, on individuals that training
    holds out and on the reference sets; what is found is kept with the bundle.
    """
    registry = _registry(service, library)

    def work() -> JobOut:
        store, bundle = JobStore.of(library.catalogue), registry.bundle(reference)
        return job_out(submit_trial(store, bundle, by=_who(person), seed=wanted.seed)[0])

    async with service.turns.turn("bundles"):
        return await service.reads.run(work)


@router.post("/bundles/{reference}/re-embed")
async def re_embed(
    reference: Known,
    wanted: ReEmbedIn,
    service: ServiceNow,
    library: LibraryNow,
    person: PersonNow,
) -> ReEmbedOut:
    """Make everything stored ready for a bundle, in the background; a worker does it.

    With `promote` a 409 as for a promotion, where its trial stands against it.
    """
    registry = _registry(service, library)

    def work() -> ReEmbedOut:
        bundle = registry.bundle(reference)
        if wanted.promote is not None and not wanted.override:
            refuse_untried(bundle, registry.active())
        warned = [] if wanted.promote is None else _warned(registry, bundle)
        job, _ = submit_re_embed(
            JobStore.of(library.catalogue),
            bundle,
            by=_who(person),
            promote=wanted.promote,
            override=wanted.override,
        )
        return ReEmbedOut(**job_out(job).model_dump(), warnings=warned)

    async with service.turns.turn("bundles"):
        return await service.reads.run(work)


@router.get("/promotions")
async def promotions(service: ServiceNow, library: LibraryNow) -> PromotionsOut:
    """Which bundle served, since when, by whom and why."""
    registry = _registry(service, library)
    found = await service.reads.run(registry.promotions)
    return PromotionsOut(promotions=[promotion_out(event) for event in found])


@router.post("/promotions/roll-back")
async def roll_back(
    wanted: WhyIn, service: ServiceNow, library: LibraryNow, person: PersonNow
) -> PromotionOut:
    """Undo the newest promotion that stands, at once; a 409 where none does."""
    registry = _registry(service, library)
    async with service.turns.turn("bundles"):
        event = await service.reads.run(lambda: registry.roll_back(by=_who(person), why=wanted.why))
    return promotion_out(event)


def _registry(service: Service, library: LibraryPort) -> Registry:
    return Registry.of(library.catalogue, service.settings)


def _warned(registry: Registry, bundle: RegisteredBundle) -> list[str]:
    """What to know before it is promoted."""
    return [told for told in (unseen(registry, bundle),) if told]


def _who(person: Person) -> str:
    return person.name or "this machine"


def bundle_out(bundle: RegisteredBundle, active: RegisteredBundle) -> BundleOut:
    """A bundle as it is told, beside the one that serves."""
    trial = trial_now(bundle, active)
    return BundleOut(
        name=bundle.name,
        version=bundle.version,
        fingerprint=bundle.fingerprint,
        sha256=bundle.sha256,
        parent=bundle.parent,
        data_manifest_sha256=bundle.data_manifest_sha256,
        code_version=bundle.code_version,
        figures=dict(bundle.figures),
        licence=bundle.licence,
        data_licences=list(bundle.data_licences),
        state=bundle.state.value,
        registered_at=bundle.registered_at,
        by=bundle.by,
        signer=bundle.signer,
        gate=None if bundle.gate is None else dict(bundle.gate),
        trial=trial.state.value,
        trial_words=trial.words,
    )


def promotion_out(event: Promotion, warnings: Sequence[str] = ()) -> PromotionOut:
    """A promotion as it is told."""
    return PromotionOut(
        number=event.number,
        at=event.at,
        by=event.by,
        why=event.why,
        kind=event.kind.value,
        before=dict(event.before),
        after=dict(event.after),
        overridden=event.overridden,
        warnings=list(warnings),
    )
