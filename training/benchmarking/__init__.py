"""Parts of `training.benchmark`: pictures, a filled catalogue, stage clocks."""
