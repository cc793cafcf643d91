"""Rosette embedding."""
