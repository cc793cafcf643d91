"""Which files show one passage: cut by time, cameras' clocks brought together. Pure."""

from reid.events.clocks import Clock, station_clocks
from reid.events.planning import Plan, Planned, Seen, plan_sightings
from reid.events.triggers import Numbered

__all__ = ["Clock", "Numbered", "Plan", "Planned", "Seen", "plan_sightings", "station_clocks"]
