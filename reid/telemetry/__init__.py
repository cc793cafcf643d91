"""What a process tells of itself: lines in a log, seconds by stage. Never what pictures show."""

from reid.telemetry.logs import about, set_up_logs
from reid.telemetry.stages import observing, timed

__all__ = ["about", "observing", "set_up_logs", "timed"]
