"""Training, calibration, evaluation and synthetic leopards."""
