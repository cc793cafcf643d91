"""Networks of optional libraries, filled with pinned weights."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from reid.errors import ConfigError, WeightsAlteredError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.nn import Module

Network = TypeVar("Network", bound="Module")
_MEND = "install the library's version that pyproject.toml names, and fetch the weights again"


def optional(module: str, extra: str) -> ModuleType:
    """The module, or an error that says which extra of this distribution brings it.

    Raises:
        ConfigError: it is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        raise ConfigError(
            f"expected the library {error.name!r}, found none: it comes with an extra, install it "
            f"with `pip install 'leopard-reid[{extra}]'`"
        ) from error


def filled(network: Network, state: Mapping[str, Tensor], derived: Collection[str] = ()) -> Network:
    """The network with these weights, in inference mode.

    ``derived`` names what the network computes itself and the file need not hold.

    Raises:
        WeightsAlteredError: a tensor is missing, unknown or of another shape.
    """
    try:
        found = network.load_state_dict(state, strict=False)
    except RuntimeError as error:
        shapes = "; ".join(line.strip() for line in str(error).splitlines()[1:3])
        raise WeightsAlteredError(
            f"weights of another network than {type(network).__name__}: {shapes}; {_MEND}"
        ) from error
    wrong = [*sorted(set(found.missing_keys) - set(derived)), *found.unexpected_keys]
    if wrong:
        raise WeightsAlteredError(
            f"weights of another network than {type(network).__name__}: {', '.join(wrong[:6])} are "
            f"missing or unknown; {_MEND}"
        )
    return network.eval()
