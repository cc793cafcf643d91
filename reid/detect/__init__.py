"""Where the animal is, and whether it looks like a leopard.

Importing this package loads no torch; ``load_localiser`` does.
"""

from reid.detect.contract import BOX_OF_SEVERAL, Localiser, locate_or_whole, whole_image
from reid.detect.given import outline_given
from reid.detect.load import DEFAULT_LOCALISER, LOCALISERS, load_localiser, pinned_files
from reid.detect.species import (
    SpeciesCheck,
    check_animal,
    check_species,
    settled,
    species_crops,
    with_species,
)

__all__ = [
    "BOX_OF_SEVERAL",
    "DEFAULT_LOCALISER",
    "LOCALISERS",
    "Localiser",
    "SpeciesCheck",
    "check_animal",
    "check_species",
    "load_localiser",
    "locate_or_whole",
    "outline_given",
    "pinned_files",
    "settled",
    "species_crops",
    "whole_image",
    "with_species",
]
