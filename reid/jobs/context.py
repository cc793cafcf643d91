"""What a kind of job works with: its items, one at a time, and a word on how far it is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from reid.catalogue.jobs import (
    ItemState,
    Job,
    JobItem,
    JobState,
    JobStore,
    NewItem,
    Outcome,
)
from reid.errors import (
    InputError,
    InputsChangedError,
    LeaseLostError,
    ReidError,
    StorageFullError,
    WeightsError,
)

TELL_S = 1.0
LOOK_S = 0.5
WAIT_S = 0.3
RETRY_S = 0.5
Do = Callable[[JobItem], dict[str, Any]]

log = logging.getLogger("reid.jobs")


class Why(StrEnum):
    """Why a job is left before its end."""

    CANCELLED = "cancelled"
    LEAVING = "leaving"


class Stop(Exception):  # noqa: N818 - no error, and never shown as one
    """Leave the job now; everything committed stays."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


class UnusableError(InputError):
    """An item that failed for its own sake; ``found`` is what is known of it all the same."""

    def __init__(self, problem: str, found: dict[str, Any] | None = None) -> None:
        super().__init__(problem)
        self.found = found or {}


@dataclass(slots=True, eq=False)
class JobContext:
    """One job in one worker's hands. ``leaving`` says whether the worker has to stop;
    ``take_over`` frees what dead workers hold.
    """

    store: JobStore
    job: Job
    worker: str
    leaving: Callable[[], bool]
    helping: bool = False
    take_over: Callable[[], None] = lambda: None
    _told: float = field(default=-1e9, init=False)
    _looked: float = field(default=-1e9, init=False)

    def check(self) -> None:
        """Between two items: raise ``Stop`` when the job is cancelled or the worker leaves."""
        if self.leaving():
            raise Stop(Why.LEAVING)
        if time.monotonic() - self._looked < LOOK_S:
            return
        self._looked = time.monotonic()
        now = self.store.job(self.job.id)
        if self.helping and now.state is not JobState.RUNNING:
            raise Stop(Why.LEAVING)
        if now.cancel:
            raise Stop(Why.CANCELLED)

    def tell(
        self, stage: str, done: int, total: int, *, opened: bool = False, now: bool = False
    ) -> None:
        """Say how far the job is, at most once a second unless ``now``; helpers keep still."""
        if self.helping or (not now and time.monotonic() - self._told < TELL_S):
            return
        self._told = time.monotonic()
        self.job = self.store.tell(
            self.job.id, self.worker, stage=stage, done=done, total=total, opened=opened
        )

    def plan(self, stage: str, items: Callable[[], Iterable[NewItem]]) -> int:
        """The items of a stage, made and stored once; returns how many there are."""
        return self._stored(stage, items, done=False)

    def note(self, stage: str, items: Callable[[], Iterable[NewItem]]) -> int:
        """What was found, made and stored once as items with nothing left to do."""
        return self._stored(stage, items, done=True)

    def _stored(self, stage: str, items: Callable[[], Iterable[NewItem]], *, done: bool) -> int:
        there = sum(self.store.item_counts(self.job.id, stage).values())
        return there or self.store.add_items(self.job.id, self.worker, stage, items(), done=done)

    def work(self, stage: str, do: Do, *, chunk: int = 1, open_to_all: bool = True) -> None:
        """Do every item of a stage that is not done, together with whoever helps.

        ``do`` gives an item's result; an InputError of it fails the item for good, another
        error lets it be tried again, three times in all, and the rest goes on. A full disk,
        weights that are altered and files that were changed are the job's own troubles.

        Raises:
            Stop: the job is cancelled or the worker leaves.
        """
        self._tell_stage(stage, open_to_all, now=True)
        while True:
            self.check()
            items = self.store.claim_items(self.job.id, self.worker, stage, chunk)
            if items:
                self._do_all(stage, items, do)
            elif self.helping or not self._still_out(stage):
                break
            else:
                time.sleep(WAIT_S)  # the last ones are with others, who may yet die of them
                self.take_over()
            self._tell_stage(stage, open_to_all)
        self._tell_stage(stage, False, now=True)

    def _do_all(self, stage: str, items: Sequence[JobItem], do: Do) -> None:
        outcomes: list[Outcome] = []
        try:
            for item in items:
                if self.leaving():
                    raise Stop(Why.LEAVING)
                outcome = self._do(stage, item, do)
                outcomes += [outcome] if outcome else []
        finally:
            if outcomes:
                self.store.commit_items(self.job.id, self.worker, stage, outcomes)

    def _do(self, stage: str, item: JobItem, do: Do) -> Outcome | None:
        try:
            return Outcome(item.position, do(item))
        except (InputsChangedError, StorageFullError, LeaseLostError, WeightsError, Stop):
            raise
        except UnusableError as error:
            return Outcome(item.position, error.found, str(error))
        except InputError as error:
            return Outcome(item.position, None, str(error))
        except Exception as error:
            known = isinstance(error, ReidError)
            problem = str(error) if known else f"{type(error).__name__}: {error}"
            log.warning("job %s, %s %s: %s", self.job.id, stage, item.name, problem)
            time.sleep(RETRY_S * item.attempts)  # whatever it is may pass
            self.store.retry_item(self.job.id, self.worker, stage, item.position, problem)
            return None

    def _still_out(self, stage: str) -> bool:
        counts = self.store.item_counts(self.job.id, stage)
        return bool(counts[ItemState.WAITING] or counts[ItemState.CLAIMED])

    def _tell_stage(self, stage: str, opened: bool, *, now: bool = False) -> None:
        if self.helping or (not now and time.monotonic() - self._told < TELL_S):
            return
        counts = self.store.item_counts(self.job.id, stage)
        done = counts[ItemState.DONE] + counts[ItemState.FAILED]
        self.tell(stage, done, sum(counts.values()), opened=opened, now=True)
