"""How many leopards."""

from __future__ import annotations

from reid.client.asking import Asking
from reid.client.operation import Ask, given, operation
from reid.client.results.abundance import Abundance


class AskAbundance(Asking):
    """Counts and estimates, with what is unsure of them."""

    @operation("GET /v1/abundance")
    def abundance(
        self,
        *,
        session_months: int = 0,
        occasion_days: int = 1,
        event: int | None = None,
        draws: int = 100,
        seed: int = 0,
    ) -> Abundance:
        """How many leopards there are at least, at most and probably.

        ``session_months`` 0: everything is one session. ``event``: as it was after that decision.

        Raises:
            ContradictionError: the sessions cannot be used.
        """
        asked = given(
            session_months=session_months,
            occasion_days=occasion_days,
            event=event,
            draws=draws,
            seed=seed,
        )
        return self._result(Abundance, Ask("GET", "/v1/abundance", params=asked))
