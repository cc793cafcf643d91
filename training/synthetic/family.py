"""Which kind of coat an animal wears."""

from __future__ import annotations

from enum import StrEnum


class Family(StrEnum):
    """Kinds of individual patterns, all on the same body.

    ``LEOPARD`` is the slow, finely drawn coat of the demonstration; the others come from
    ``training.synthetic.patterns`` and vary far more. Those that are no leopard's are there so that
    an embedding learns to read patterns rather than rosettes.
    """

    LEOPARD = "leopard"
    ROSETTES = "rosettes"  # leopards of every make, from rufous to pale desert coats
    MELANISTIC = "melanistic"  # black, with ghost rosettes
    JAGUAR = "jaguar"  # rosettes with dots inside
    SPOTS = "spots"  # solid, cheetah-like
    STRIPES = "stripes"  # vertical, branching and double, tiger-like
    FAINT = "faint"  # few white stripes and spots on rough brown fur, nyala-like
    BLOTCHES = "blotches"  # large dark-edged fields


LEOPARDS = (Family.LEOPARD, Family.ROSETTES, Family.MELANISTIC)
