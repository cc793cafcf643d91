"""The one way in which values refuse to be born wrong."""

from reid.errors import InputError


def require(condition: bool, message: str, error: type[InputError] = InputError) -> None:
    """Raise ``error(message)`` unless ``condition`` holds."""
    if not condition:
        raise error(message)
