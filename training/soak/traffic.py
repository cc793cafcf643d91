"""Clients that upload, decide, review and ask for jobs while processes die under them."""

from __future__ import annotations

import itertools
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import httpx

from training.soak.ledger import Ledger
from training.soak.media import upload

PAUSE_S = 0.05
JOBS_AT_ONCE, SIGHTINGS_A_JOB = 2, 4
ANSWERS = ("same", "different", "cannot tell")
REFUSED = frozenset({404, 409, 422})
"""Decisions that contradict what is so now."""
HONEST = frozenset({429, 503, 507})
"""Refusals for a while: the service says that it cannot now."""

Step = Callable[["Client"], None]


class Client:
    """One thread's way to any of several services; an answer that never came is None."""

    def __init__(self, urls: Sequence[str], ledger: Ledger, seed: int) -> None:
        self.ledger, self.chance = ledger, random.Random(seed)
        self.name = f"client-{seed}"
        self._urls = list(urls)
        self._http = httpx.Client(timeout=30.0, trust_env=False)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response | None:
        """An answer below 500, or None: none came, or one that says "not now"."""
        try:
            answer = self._http.request(method, self.chance.choice(self._urls) + path, **more)
        except httpx.TransportError:
            self.ledger.count("connections lost")
            return None
        if answer.status_code in HONEST:
            self.ledger.count("refused for now")
            return None
        if answer.status_code >= 500:
            self.ledger.complain(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
            return None
        return answer

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()


class Traffic:
    """Threads of clients, until ``stop``. A step that fails for now is simply taken again."""

    def __init__(self, urls: Sequence[str], ledger: Ledger, seed: int) -> None:
        self.ledger = ledger
        self._numbers = itertools.count()
        self._stopping = threading.Event()
        steps: list[Step] = [self._upload, self._upload, self._decide, self._decide]
        steps += [self._review, self._job]
        clients = [Client(urls, ledger, 100 * seed + k) for k in range(len(steps))]
        self._threads = [
            threading.Thread(target=self._run, args=pair, daemon=True)
            for pair in zip(steps, clients, strict=True)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the requests that are under way."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _run(self, step: Step, client: Client) -> None:
        while not self._stopping.wait(PAUSE_S):
            try:
                step(client)
            except Exception as error:  # a defect of the answer, or of ours: told, not lost
                self.ledger.complain(f"{step.__name__}: {type(error).__name__}: {error}")
        client.close()

    def _upload(self, client: Client) -> None:
        """A new sighting, sent until it is acknowledged; now and then once more."""
        number = next(self._numbers)
        sent = upload(f"soak-{number:05}", number)
        again = client.chance.random() < 0.1
        while not self._stopping.is_set():
            answer = client.ask("POST", "/v1/sightings", **sent.request())
            if answer is None:
                self._stopping.wait(0.2)
                continue
            if answer.status_code not in (200, 201):
                client.ledger.complain(f"upload: {answer.status_code} {answer.text[:300]}")
                return
            client.ledger.uploaded(sent.sent(), answer.headers["x-request-id"])
            if not again:
                return
            again = False

    def _decide(self, client: Client) -> None:
        """A decision on a sighting as it stands now, or an undo."""
        known = client.ledger.known()
        if not known:
            return
        word = f"{client.name}/{client.chance.getrandbits(48):012x}"
        name = client.chance.choice(known)
        page = client.ask("GET", f"/v1/sightings/{name}")
        if page is None or not page.is_success:
            return
        seen = [{"sighting_id": name, "version": page.json()["version"]}]
        path, body = "/v1/decisions", {"decision": _decision(client, name), "seen": seen}
        if client.chance.random() < 0.2 and client.ledger.decided:
            number = client.chance.choice(list(client.ledger.decided.values()))
            path, body = f"/v1/decisions/{number}/undo", {}
        client.ledger.asking(word)
        answer = client.ask("POST", path, json={**body, "by": client.name, "why": word})
        if answer is None:
            return
        if answer.is_success:
            event = answer.json()["event"]
            request_id = answer.headers["x-request-id"]
            client.ledger.decision(word, event and event["number"], request_id)
        elif answer.status_code in REFUSED:
            client.ledger.refused(word)
        else:
            client.ledger.complain(f"decision: {answer.status_code} {answer.text[:300]}")

    def _review(self, client: Client) -> None:
        """The next pair, answered."""
        handed = client.ask("POST", "/v1/review/next", json={"by": client.name})
        item = handed.json()["item"] if handed is not None and handed.is_success else None
        if item is None:
            return
        said = {"by": client.name, "answer": client.chance.choice(ANSWERS)}
        answer = client.ask("POST", f"/v1/review/items/{item['id']}/answer", json=said)
        if answer is not None and answer.is_success:
            done = answer.json()["answer"]
            client.ledger.answered(item["id"], done, answer.headers["x-request-id"])
        elif answer is not None and answer.status_code != 409:
            client.ledger.complain(f"review: {answer.status_code} {answer.text[:300]}")

    def _job(self, client: Client) -> None:
        """A grouping of some sightings, while few jobs wait."""
        listed = client.ask("GET", "/v1/jobs?limit=1000")
        known = client.ledger.known()
        if listed is None or len(known) < SIGHTINGS_A_JOB:
            return
        waiting = [j for j in listed.json()["jobs"] if j["state"] in ("queued", "running")]
        if len(waiting) >= JOBS_AT_ONCE:
            return
        chosen = client.chance.sample(known, SIGHTINGS_A_JOB)
        wanted = {"kind": "group", "sighting_ids": chosen, "by": client.name}
        answer = client.ask("POST", "/v1/jobs", json=wanted)
        if answer is not None and answer.status_code in (200, 201):
            client.ledger.asked(answer.json()["id"], answer.headers["x-request-id"])
        elif answer is not None:
            client.ledger.complain(f"job: {answer.status_code} {answer.text[:300]}")
        with suppress(KeyError):
            client.ledger.counts["jobs asked"] = len(client.ledger.jobs)


def _decision(client: Client, name: str) -> dict[str, Any]:
    """Something to say of a sighting."""
    kind = client.chance.choice(("new-individual", "confirm", "withdraw", "not-identifiable"))
    if kind == "new-individual":
        return {"kind": kind, "sighting_ids": [name]}
    if kind == "confirm":
        found = client.ask("GET", "/v1/individuals")
        people = found.json()["individuals"] if found is not None else []
        if not people:
            return {"kind": "new-individual", "sighting_ids": [name]}
        return {
            "kind": kind,
            "sighting_id": name,
            "individual": client.chance.choice(people)["name"],
        }
    return {"kind": kind, "sighting_id": name}
