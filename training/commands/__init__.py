"""Sub-commands of ``reid`` that live here: light modules, whose functions import what they need."""
