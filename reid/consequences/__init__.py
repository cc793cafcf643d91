"""What another bundle would change of the answers that were given, before it answers any.

`submit_replay` asks for it, `ReplayKind` does it as a job: every stored verdict and identification
is given again by both engines from the stored measurements. Nothing that a person confirmed is
changed; pairs on which the new model disagrees wait for a reviewer. `unseen` says before a
promotion that nobody looked.
"""

from reid.consequences.kind import ReplayKind
from reid.consequences.submitting import REPLAY, submit_replay
from reid.consequences.unseen import unseen

OUTPUT_NAMES = ("consequences.html", "consequences.json")

__all__ = ["OUTPUT_NAMES", "REPLAY", "ReplayKind", "submit_replay", "unseen"]
