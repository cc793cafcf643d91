"""Local features on the coat."""
