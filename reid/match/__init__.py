"""Tentative matches between two coats."""
