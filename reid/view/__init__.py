"""Which flank is seen and how well."""
