"""Errors become one line on stderr and an exit status."""

from __future__ import annotations

import traceback
from typing import Any

import typer
from typer.core import TyperGroup

from reid.cli.console import say
from reid.cli.exits import Exit
from reid.errors import ReidError


class Commands(TyperGroup):
    """The commands; whatever they raise ends as documented in ``reid.cli.exits``."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; with ``--debug`` the traceback is printed first."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            say("interrupted; nothing was written half")
            raise typer.Exit(Exit.INTERRUPTED) from None
        except Exception as error:
            if _is_usage(error):
                raise
            if ctx.params.get("debug"):
                traceback.print_exception(error)
            raise typer.Exit(_told(error)) from None


def _is_usage(error: Exception) -> bool:
    """Typer's own usage errors: it prints them with the usage line."""
    return hasattr(error, "format_message")


def _told(error: Exception) -> int:
    if isinstance(error, ReidError):
        say(f"error: {error}")
        return error.exit_code
    kind = type(error).__name__
    say(f"error inside reid: {kind}: {error}; run again as `reid --debug ...` and report it")
    return Exit.FAILED
