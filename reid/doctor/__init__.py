"""`reid doctor`: is everything as it should be, and what to do where it is not."""

from reid.doctor.examine import examine
from reid.doctor.finding import Finding, State

__all__ = ["Finding", "State", "examine"]
