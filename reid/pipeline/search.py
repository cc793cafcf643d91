"""Candidates of a library by both routes: the embedding's index and the votes of descriptors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from reid.catalogue import Catalogue
from reid.pipeline.embedding_route import EmbeddingRoute
from reid.pipeline.index_state import IndexState
from reid.pipeline.owners import Owners
from reid.pipeline.proposing import Proposals, RouteUsed, proposals
from reid.pipeline.vote_route import VoteRoute
from reid.types import PreparedAnnotation


class CandidateSearch:
    """Both routes over one catalogue; safe to share between threads and processes."""

    def __init__(
        self, catalogue: Catalogue, folder: Path, *, fingerprint: str, dim: int, method: str
    ) -> None:
        owners = Owners(catalogue)
        self.embedding = EmbeddingRoute(catalogue, owners, folder, fingerprint=fingerprint, dim=dim)
        self.votes = VoteRoute(catalogue, owners, folder, method=method)
        self.folder, self._method = folder, method

    def __len__(self) -> int:
        """Annotations in the embedding's index."""
        return len(self.embedding)

    def state(self) -> IndexState:
        """How the embedding's index stands to the catalogue. Raises as `EmbeddingRoute.state`."""
        return self.embedding.state()

    def sync(self) -> None:
        """Take in what is new; the votes do it when they are asked."""
        self.embedding.sync()

    def rebuild(self) -> dict[str, int]:
        """Make both anew from the catalogue: vectors by flank, then descriptors by flank."""
        counts = self.embedding.rebuild()
        votes = self.votes.rebuild()
        return counts | {f"{flank}, descriptors": count for flank, count in votes.items()}

    def propose(
        self, queries: Sequence[PreparedAnnotation], known: Collection[str], each: int
    ) -> Proposals:
        """The sightings among ``known`` to look at; each route adds its first ``each``.

        Raises:
            SearchError: a route could not search: never to be read as "no match".
        """
        wanted = set(known)
        near = self.embedding.ranked(queries, wanted)
        voted = self.votes.ranked(queries, wanted)
        routes = (
            RouteUsed(self.embedding.name, len(self.embedding), len(near)),
            RouteUsed(self.votes.name, len(self.votes), len(voted), self._note(queries)),
        )
        ranks = {self.embedding.name: near, self.votes.name: voted}
        return proposals(ranks, sorted(wanted), routes, each)

    def _note(self, queries: Sequence[PreparedAnnotation]) -> str:
        """Why the votes say nothing, or not of all."""
        described, all_ = len(self.votes), len(self.embedding)
        if not described:
            return f"no local features of {self._method} are stored: the embedding alone proposed"
        if not any(len(query.features) for query in queries):
            return "the pictures show no point to describe: the embedding alone proposed"
        if described < all_:
            return f"{all_ - described} of {all_} annotations have no local features of this method"
        return ""
