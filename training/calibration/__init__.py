"""Fitting calibration and the flank head on synthetic leopards."""
