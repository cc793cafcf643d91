"""Figures for docs/results.md: each module measures one stage and returns markdown."""
