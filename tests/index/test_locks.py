"""Readers share, a writer is alone, and nobody waits for a writer that gave up."""

import threading

import pytest

from reid.index.locks import ReadWriteLock

SOON = 10


def held(lock_side):
    """A thread that holds a lock until told; starts when it has it."""
    has, leave = threading.Event(), threading.Event()

    def hold():
        with lock_side:
            has.set()
            leave.wait(SOON)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    return thread, has, leave


def test_readers_share_and_a_writer_waits_for_all_of_them():
    lock = ReadWriteLock()
    readers = [held(lock.reading()) for _ in range(3)]
    assert all(has.wait(SOON) for _, has, _ in readers)
    writer, written, done = held(lock.writing())
    for _, _, leave in readers[:2]:
        leave.set()
    assert not written.wait(0.1)
    readers[2][2].set()
    assert written.wait(SOON)
    late, reads, leave = held(lock.reading())
    assert not reads.wait(0.1)
    done.set()
    assert reads.wait(SOON)
    leave.set()
    for thread in (writer, late):
        thread.join(SOON)


def test_a_writer_that_gives_up_lets_waiting_readers_in(monkeypatch):
    lock = ReadWriteLock()
    first, has, leave = held(lock.reading())
    assert has.wait(SOON)
    entered = threading.Event()
    wait = lock._state.wait

    def interrupted(*given):
        if threading.current_thread().name == "writer":
            reader.start()
            while not lock._state._waiters:  # the reader waits for this writer
                wait(0.01)
            raise KeyboardInterrupt
        return wait(*given)

    def read():
        with lock.reading():
            entered.set()

    def write():
        with pytest.raises(KeyboardInterrupt), lock.writing():
            pass

    monkeypatch.setattr(lock._state, "wait", interrupted)
    reader = threading.Thread(target=read, daemon=True)
    writer = threading.Thread(target=write, name="writer", daemon=True)
    writer.start()
    assert entered.wait(SOON)
    leave.set()
    for thread in (first, writer, reader):
        thread.join(SOON)


def test_an_error_inside_gives_the_lock_back():
    lock = ReadWriteLock()
    for side in (lock.reading, lock.writing, lock.writing, lock.reading):
        with pytest.raises(ValueError, match="inside"), side():
            raise ValueError("inside")
