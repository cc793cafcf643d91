"""The animal mask head: rendered, fitted and judged on synthetic animals alone."""
