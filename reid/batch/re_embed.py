"""Every stored annotation under another bundle, in the background: resumed, shared, never half."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reid.catalogue.bundle_records import RegisteredBundle
from reid.catalogue.jobs import ItemState, Job, JobItem, JobStore, NewItem
from reid.embed import Embedder, load_embedder
from reid.errors import CatalogueError, ConflictError, InputError
from reid.jobs import JobContext, submit_simple
from reid.pipeline.gently import Gently
from reid.pipeline.re_embedding import embed_stored
from reid.registry import Registry

RE_EMBED = "re-embed"
EMBED = "embed"
PROMOTE = "promote"
ITEM = 64
"""Annotations of an item: some seconds, which is what a kill costs."""
ROUNDS = 20
"""What was stored while the last round ran is the next round's; each is shorter than the last."""

OpenRegistry = Callable[[], Registry]
OpenEmbedder = Callable[[Registry, RegisteredBundle], Embedder]


def opened_embedder(registry: Registry, bundle: RegisteredBundle) -> Embedder:
    """The network of a bundle whose files and signature were checked."""
    return load_embedder(registry.open(bundle))


def submit_re_embed(
    store: JobStore,
    bundle: RegisteredBundle,
    *,
    by: str,
    promote: str | None = None,
    override: bool = False,
) -> tuple[Job, bool]:
    """Ask for everything stored to be embedded under a bundle; one such job a bundle at a time.

    ``promote`` says why the bundle is to serve once that is done; None: it only gets ready.
    ``override``: although the gate report says regression.

    Raises:
        InputError: a hub's bundle, whose fingerprint is known only once it is loaded.
    """
    if not bundle.fingerprint:
        raise InputError(f"{bundle.label}: a hub's bundle cannot be made ready; keep it as files")
    begun = [job for job in store.jobs(limit=1000) if job.params.get("bundle") == bundle.sha256]
    number = sum(job.ended for job in begun if job.kind == RE_EMBED)
    params = {
        "bundle": bundle.sha256,
        "promote": promote,
        "override": override,
        "number": number,
    }
    return submit_simple(store, RE_EMBED, params, resources=(f"bundle {bundle.sha256}",), by=by)


@dataclass(frozen=True, slots=True)
class ReEmbedKind:
    """Embeds what lacks an embedding of a bundle, beside what is there; then promotes, if asked."""

    registry: OpenRegistry
    embedder: OpenEmbedder = opened_embedder
    name: str = RE_EMBED

    def run(self, context: JobContext) -> dict[str, Any]:
        """Do it, from where it stands.

        Raises:
            InputError: pictures that cannot be opened any more, or nothing to promote.
            ConflictError: the promotion was refused; the embeddings stay.
        """
        registry = self.registry()
        bundle = registry.bundle(context.job.params["bundle"])
        for number in range(ROUNDS):
            if not registry.lacking(bundle).count:
                done = self._promoted(context, registry, bundle)
                if done is not None:
                    return done
            stage = EMBED if not number else f"{EMBED} {number + 1}"
            self._round(context, registry, bundle, stage)
            failed = _failed(context, stage)
            if failed and not _others(registry, bundle, failed):
                raise InputError(_told(failed))
        raise CatalogueError(
            f"annotations were stored faster than {ROUNDS} rounds could embed them; try again "
            "when fewer come in"
        )

    def help(self, context: JobContext, stage: str) -> None:
        """Do items of a stage."""
        registry = self.registry()
        bundle = registry.bundle(context.job.params["bundle"])
        self._work(context, registry, bundle, stage)

    def _round(
        self, context: JobContext, registry: Registry, bundle: RegisteredBundle, stage: str
    ) -> None:
        context.tell(stage, 0, 0, now=True)
        if context.plan(stage, lambda: _items(registry, bundle)):
            self._work(context, registry, bundle, stage)

    def _work(
        self, context: JobContext, registry: Registry, bundle: RegisteredBundle, stage: str
    ) -> None:
        embedder = self.embedder(registry, bundle)
        store, catalogue = registry.store, registry.catalogue
        with Gently() as gently:

            def do(item: JobItem) -> dict[str, Any]:
                wanted = store.annotations_lacking(item.data["media"], bundle.fingerprint)
                added = gently.run(
                    lambda: embed_stored(embedder, catalogue, wanted, check=context.check)
                )
                return {"embedded": added}

            context.work(stage, do)

    def _promoted(
        self, context: JobContext, registry: Registry, bundle: RegisteredBundle
    ) -> dict[str, Any] | None:
        """The job's result; None when something was stored since, which is embedded first."""
        params, embedded = context.job.params, _embedded(context)
        done = {"bundle": bundle.sha256, "embedded": embedded, "promoted": False}
        if params["promote"] is None:
            return done
        context.tell(PROMOTE, 0, 1, now=True)
        if registry.active().sha256 == bundle.sha256:  # before a kill, or by somebody else
            return done | {"promoted": True}
        by, why = context.job.by or "a job", params["promote"]
        try:
            registry.promote(bundle, by=by, why=why, override=params["override"])
        except ConflictError as error:
            if registry.lacking(bundle).count:
                return None
            raise InputError(str(error)) from error
        return done | {"promoted": True}


def _items(registry: Registry, bundle: RegisteredBundle) -> Iterator[NewItem]:
    """Files in groups of about ``ITEM`` annotations."""
    media: list[str] = []
    count = number = 0
    for sha256, there in registry.store.media_lacking(bundle.fingerprint):
        media.append(sha256)
        count += there
        if count >= ITEM:
            number += 1
            yield NewItem(f"part {number}", {"media": media})
            media, count = [], 0
    if media:
        yield NewItem(f"part {number + 1}", {"media": media})


def _stages(context: JobContext) -> list[str]:
    return [stage for stage in context.store.stages(context.job.id) if stage.startswith(EMBED)]


def _embedded(context: JobContext) -> int:
    done = ItemState.DONE
    return sum(
        (item.result or {}).get("embedded", 0)
        for stage in _stages(context)
        for item in context.store.items(context.job.id, stage, done)
    )


def _failed(context: JobContext, stage: str) -> dict[str, str]:
    """Files of items that could not be done, and why."""
    items = context.store.items(context.job.id, stage, ItemState.FAILED)
    return {sha256: item.problem for item in items for sha256 in item.data["media"]}


def _others(registry: Registry, bundle: RegisteredBundle, failed: Mapping[str, str]) -> bool:
    """Whether files lack embeddings that were not tried in vain."""
    lacking = registry.store.media_lacking(bundle.fingerprint)
    return any(sha256 not in failed for sha256, _ in lacking)


def _told(failed: Mapping[str, str]) -> str:
    first = next(iter(failed.values()))
    return (
        f"{len(failed)} files could not be embedded, and a bundle serves only when nothing lacks: "
        f"{first}. Mend them (a backup has them), then ask again"
    )
