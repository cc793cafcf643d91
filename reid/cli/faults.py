"""Errors become one line on stderr and an exit status."""

from __future__ import annotations

import traceback
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from reid.cli import plugins
from reid.cli.console import say
from reid.cli.exits import Exit
from reid.errors import ConfigError, ReidError


class Commands(TyperGroup):
    """The commands, own and of plugins; what they raise ends as ``reid.cli.exits`` says."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Own commands first, then those that were found; an own name is never replaced."""
        own = super().list_commands(ctx)
        return [*own, *sorted(set(plugins.found()) - set(own))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """An own command, else a found one, which is imported now."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or cmd_name not in plugins.found():
            return own
        try:
            command = get_command(plugins.load(cmd_name))
        except ConfigError as error:
            return _broken(cmd_name, error)
        command.name = cmd_name
        return command

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


def _broken(name: str, error: ConfigError) -> TyperCommand:
    """Listed all the same; whoever runs it, with any words, gets the error."""

    def refuse() -> None:
        raise error

    anything = {"ignore_unknown_options": True, "allow_extra_args": True}
    return TyperCommand(
        name,
        callback=refuse,
        short_help="(cannot be loaded)",
        add_help_option=False,
        context_settings=anything,
    )


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
