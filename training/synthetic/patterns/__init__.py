"""Coats of many families, painted fast: every texel looks up the marking that it belongs to."""

from training.synthetic.patterns.paint import family_coat

__all__ = ["family_coat"]
