"""A bundle's network, built by timm; torch and timm are imported when one is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights import Bundle, load_state_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor
    from torch.nn import Module

_LISTED = 4  # differing tensors named in a message


def build_network(bundle: Bundle) -> Module:
    """The bundle's network with its weights, in evaluation mode, on the CPU, without gradients.

    Files are loaded strictly; a hub's name is resolved by timm (which reads safetensors, or
    pickles with ``weights_only=True``).

    Raises:
        WeightsMissingError: a file is not there, or the hub cannot be reached.
        WeightsAlteredError: an architecture that timm does not know, or tensors of other names
            or shapes than it has.
    """
    network = _from_hub(bundle) if bundle.manifest.kind == "hub" else _from_files(bundle)
    found = int(getattr(network, "num_features", 0))
    if found != bundle.manifest.dim:
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: the manifest says dim {bundle.manifest.dim}, the network "
            f"{bundle.manifest.architecture} gives {found}; mend the manifest"
        )
    return network.eval().requires_grad_(False)


def _from_files(bundle: Bundle) -> Module:
    state = load_state_dict(bundle)
    network = _create(bundle, pretrained=False)
    _check_shapes(bundle, network.state_dict(), state)
    network.load_state_dict(state, strict=True)
    return network


def _from_hub(bundle: Bundle) -> Module:
    try:
        return _create(bundle, pretrained=True)
    except WeightsAlteredError:
        raise
    except Exception as error:  # the hub client raises whatever its HTTP library does
        raise WeightsMissingError(
            f"bundle {bundle.name!r}: {bundle.manifest.architecture} could not be fetched "
            f"({type(error).__name__}: {_first_line(error)}); connect to the hub once, fill its "
            "cache, or use a bundle with files such as efficientnet-lite1"
        ) from error


def _create(bundle: Bundle, *, pretrained: bool) -> Module:
    import timm
    import torch

    manifest = bundle.manifest
    options: dict[str, Any] = {"num_classes": manifest.classes}
    if manifest.pooling != "native":
        options["global_pool"] = manifest.pooling
    if not pretrained and not timm.is_model(manifest.architecture):
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: timm {timm.__version__} knows no architecture "
            f"{manifest.architecture!r}; mend the manifest or install a newer timm"
        )
    # timm draws initial weights: the caller's random numbers must not change for it
    with torch.random.fork_rng(devices=[]):
        network: Module = timm.create_model(manifest.architecture, pretrained=pretrained, **options)
    return network


def _check_shapes(
    bundle: Bundle, expected: Mapping[str, Tensor], found: Mapping[str, Tensor]
) -> None:
    faults = [f"{name} is missing" for name in expected if name not in found]
    faults += [f"{name} is not of this network" for name in found if name not in expected]
    faults += [
        f"{name} is {tuple(found[name].shape)}, expected {tuple(tensor.shape)}"
        for name, tensor in expected.items()
        if name in found and found[name].shape != tensor.shape
    ]
    if faults:
        more = f" and {len(faults) - _LISTED} more" if len(faults) > _LISTED else ""
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: the file does not fit {bundle.manifest.architecture}: "
            f"{'; '.join(faults[:_LISTED])}{more}. Restore the bundle or mend its manifest"
        )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]
