"""From evidence to groupings, verdicts and reasons. Pure."""
