"""Kinds of jobs that write down what they do, and a worker of them as a process."""

import signal
import sys
import time
import uuid
from pathlib import Path

from reid.catalogue import Catalogue, content_sha256
from reid.catalogue.jobs import JobStore, NewItem
from reid.errors import InputError, SearchError
from reid.jobs import Worker


class Counting:
    """``params``: ``n`` items, ``pause`` seconds each; ``bad``, ``flaky`` and ``fatal`` items."""

    name = "counting"

    def __init__(self, log=None):
        self.log, self.did = log, []

    def run(self, context):
        n = context.job.params["n"]
        context.plan("parts", lambda: [NewItem(f"part {i}", {"i": i}) for i in range(n)])
        context.work("parts", lambda item: self.do(context, item))
        done = [i for i in context.store.items(context.job.id, "parts") if i.result]
        return {"sum": sum(i.result["i"] for i in done)}

    def help(self, context, stage):
        context.work(stage, lambda item: self.do(context, item))

    def do(self, context, item):
        params, i = context.job.params, item.data["i"]
        self.did.append(i)
        if self.log:
            with self.log.open("a") as file:
                file.write(f"{i}\n")
        time.sleep(params.get("pause", 0))
        if i in params.get("bad", ()):
            raise InputError("not a picture")
        if i in params.get("flaky", ()) and item.attempts < 2:
            raise SearchError("the search took too long")
        if i in params.get("hopeless", ()):
            raise SearchError("the search took too long")
        if i in params.get("fatal", ()):
            import os

            os.kill(os.getpid(), signal.SIGKILL)
        return {"i": i, "token": uuid.uuid4().hex}


def key(*what):
    return content_sha256(list(what))


def main(where, folder, *said):
    more = dict(word.split("=") for word in said)
    folder = Path(folder)
    with Catalogue.open(where, data_dir=folder) as catalogue:
        log = folder / f"did-{uuid.uuid4().hex}.log"
        kind = Counting(log)
        worker = Worker(JobStore.of(catalogue), {kind.name: kind}, lease_s=5.0, poll_s=0.05)
        signal.signal(signal.SIGTERM, lambda *_: worker.stop())
        (folder / f"ready-{more.get('name', 'x')}").touch()
        worker.run(until_idle="idle" in more)


if __name__ == "__main__":
    main(*sys.argv[1:])
