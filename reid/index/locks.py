"""Many readers or one writer."""

from __future__ import annotations

import threading
from collections.abc import Callable


class ReadWriteLock:
    """Readers share, a writer is alone; waiting writers go before new readers.

    Not re-entrant: do not take it again inside.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._state = threading.Condition(self._mutex)
        self._readers = 0
        self._writing = False
        self._writers_waiting = 0
        # Made once: a search takes three of these, and a generator for each is dear.
        self._shared = _Held(self._start_reading, self._end_reading)
        self._alone = _Held(self._start_writing, self._end_writing)

    def reading(self) -> _Held:
        """Hold beside other readers."""
        return self._shared

    def writing(self) -> _Held:
        """Hold alone."""
        return self._alone

    def _start_reading(self) -> None:
        with self._mutex:
            while self._writing or self._writers_waiting:
                self._state.wait()
            self._readers += 1

    def _end_reading(self) -> None:
        with self._mutex:
            self._readers -= 1
            if self._writers_waiting and not self._readers:  # nobody else waits for a reader
                self._state.notify_all()

    def _start_writing(self) -> None:
        with self._mutex:
            self._writers_waiting += 1
            try:
                while self._writing or self._readers:
                    self._state.wait()
                self._writing = True
            except BaseException:
                self._state.notify_all()  # readers wait for this writer, which will not come
                raise
            finally:
                self._writers_waiting -= 1

    def _end_writing(self) -> None:
        with self._mutex:
            self._writing = False
            self._state.notify_all()


class _Held:
    """What ``with`` takes and gives back; keeps nothing itself, so all threads share it."""

    __slots__ = ("_end", "_start")

    def __init__(self, start: Callable[[], None], end: Callable[[], None]) -> None:
        self._start, self._end = start, end

    def __enter__(self) -> None:
        self._start()

    def __exit__(self, *_: object) -> None:
        self._end()
