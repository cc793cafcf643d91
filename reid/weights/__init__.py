"""Bundles of weights: manifest, checks, safe loading."""
