"""What the confirmed identities of a catalogue could teach, and who of them would judge it."""

from reid.labels.dealing import SHARES, Part, dealt
from reid.labels.excluded import Excluding
from reid.labels.readiness import Readiness, readiness_of, readiness_of_catalogue, told

__all__ = [
    "SHARES",
    "Excluding",
    "Part",
    "Readiness",
    "dealt",
    "readiness_of",
    "readiness_of_catalogue",
    "told",
]
