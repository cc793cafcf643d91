"""Where a run is seen: a progress bar on a terminal, and TensorBoard where it is installed."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Board:
    """Tells a terminal; a context manager. ``folder`` gets TensorBoard's events, if it is there."""

    def __init__(self, folder: Path, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._events = _events(folder)

    def __enter__(self) -> Board:
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()
        if self._events is not None:
            self._events.close()

    def outlines(self, done: int, of: int) -> None:
        """Outlines that were looked for."""
        self._show("outlines", done, of)

    def step(self, step: int, of: int, loss: float) -> None:
        """One step."""
        self._show("training", step, of, f"training, loss {loss:.2f}")
        if self._events is not None:
            self._events.add_scalar("loss", loss, step)

    def epoch(self, line: dict[str, float]) -> None:
        """One line a judged epoch, which stays on the terminal."""
        what = "start" if not line["epoch"] else f"epoch {line['epoch']:.0f}"
        self._console.print(
            f"{what}: held-out top-1 {line['top1']:.3f}, mAP {line['map']:.3f} over "
            f"{line['queries']:.0f} queries, {line['seconds'] / 60:.1f} minutes"
        )
        if self._events is not None:
            for name in ("top1", "map"):
                self._events.add_scalar(f"held-out/{name}", line[name], int(line["step"]))

    def _show(self, what: str, done: int, of: int, text: str = "") -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(what, total=of)
        self._bar.update(self._tasks[what], completed=done, total=of, description=text or what)


def _events(folder: Path) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(folder / "tensorboard"))
