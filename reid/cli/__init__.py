"""The command line: thin commands over `reid.pipeline`, with exit statuses that mean something."""

from reid.cli.app import app, main

__all__ = ["app", "main"]
