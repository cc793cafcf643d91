"""What the service said was done, kept by the client alone; safe between threads."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sent:
    """A sighting as it was uploaded: file names by sha256."""

    id: str
    files: dict[str, str]


@dataclass(slots=True)
class Ledger:
    """Acknowledged work, what nobody knows of, and answers that must not be.

    ``decided``: event number by the word that only this decision carries; ``unsure``: words of
    decisions whose answer was lost: they may be there, once. ``answers``: readings by item.
    ``requests``: ids of acknowledged requests that the audit log must hold.
    """

    uploads: dict[str, Sent] = field(default_factory=dict)
    decided: dict[str, int] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    answers: dict[str, str] = field(default_factory=dict)
    jobs: set[str] = field(default_factory=set)
    requests: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def uploaded(self, sent: Sent, request_id: str) -> None:
        """An upload was acknowledged."""
        with self._lock:
            self.uploads[sent.id] = sent
            self.requests[request_id] = "POST /v1/sightings"

    def decision(self, word: str, number: int | None, request_id: str) -> None:
        """A decision was acknowledged; None: it was so already."""
        with self._lock:
            self.unsure.discard(word)
            if number is not None:
                self.decided[word] = number
            self.requests[request_id] = "POST /v1/decisions"

    def asking(self, word: str) -> None:
        """A decision is sent: from now on it may be there."""
        with self._lock:
            self.unsure.add(word)

    def refused(self, word: str) -> None:
        """A decision was refused: it must not be there."""
        with self._lock:
            self.unsure.discard(word)

    def answered(self, item: str, answer: str, request_id: str) -> None:
        """A reading was acknowledged."""
        with self._lock:
            self.answers[item] = answer
            self.requests[request_id] = "POST /v1/review/items/{item_id}/answer"

    def asked(self, job: str, request_id: str) -> None:
        """A job was acknowledged."""
        with self._lock:
            self.jobs.add(job)
            self.requests[request_id] = "POST /v1/jobs"

    def count(self, what: str) -> None:
        """One more of something."""
        with self._lock:
            self.counts[what] += 1

    def complain(self, what: str) -> None:
        """An answer that must not be."""
        with self._lock:
            self.counts["wrong answers"] += 1
            self.wrong.append(what)

    def known(self) -> list[str]:
        """Ids of uploaded sightings."""
        with self._lock:
            return list(self.uploads)
