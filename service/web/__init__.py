"""Pages for people: rendered here, with small scripts that call `/v1` like any other client."""
