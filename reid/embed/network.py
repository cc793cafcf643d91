"""A bundle's network, built by timm; torch and timm are imported when one is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reid.errors import WeightsAlteredError, WeightsMissingError
from reid.weights import Bundle, load_state_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor
    from torch.nn import Module

    from reid.embed.pooling import VectorNetwork
    from reid.embed.residuals import Residuals

_LISTED = 4  # differing tensors named in a message
BACKBONE = "backbone."


def build_network(bundle: Bundle) -> VectorNetwork:
    """The bundle's network with its weights, in evaluation mode, on the CPU, without gradients.

    Files are loaded strictly; a hub's name is resolved by timm (which reads safetensors, or
    pickles with ``weights_only=True``).

    Raises:
        WeightsMissingError: a file is not there, or the hub cannot be reached.
        WeightsAlteredError: an architecture that timm does not know, or tensors of other names
            or shapes than it has.
    """
    network, width = _assembled(bundle)
    if bundle.manifest.kind != "hub":
        _load(bundle, network)
    _check_dim(bundle, width)
    return network.eval().requires_grad_(False)


def check_fits(bundle: Bundle) -> None:
    """Whether the file fits the network that the manifest names, without making that network.

    So a manifest that names a giant is refused before memory is taken for it.

    Raises:
        WeightsAlteredError: as `build_network`.
    """
    import torch

    with torch.device("meta"):
        network, width = _assembled(bundle)
    _check_shapes(bundle, network.state_dict(), _named(bundle))
    _check_dim(bundle, width)


def _assembled(bundle: Bundle) -> tuple[VectorNetwork, int]:
    """The network without its weights, and how many numbers it pools."""
    import torch

    from reid.embed.early import ending_at
    from reid.embed.pooling import VectorNetwork

    manifest, head = bundle.manifest, None
    power = manifest.gem_power if manifest.pooling == "gem" else None
    backbone = _from_hub(bundle) if manifest.kind == "hub" else _create(bundle, pretrained=False)
    backbone = ending_at(backbone, manifest.feature_stride)
    channels = int(getattr(backbone, "num_features", 0))
    with torch.random.fork_rng(devices=[]):
        residuals = _residuals(bundle, channels)
        if manifest.head:
            head = torch.nn.Linear(manifest.head.width, manifest.dim)
    rows, columns = manifest.grid
    width = residuals.width if residuals else channels * rows * columns
    network = VectorNetwork(
        backbone, head, gem_power=power, grid=manifest.grid, residuals=residuals
    )
    return network, width


def _residuals(bundle: Bundle, channels: int) -> Residuals | None:
    from reid.embed.residuals import Residuals

    how = bundle.manifest.visual_words
    if how is None:
        return None
    if bundle.manifest.kind == "hub":
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: a hub's network comes without visual words; keep the "
            "trained network as files (kind 'own')"
        )
    return Residuals(channels, how.words, how.dim, how.position)


def _check_dim(bundle: Bundle, found: int) -> None:
    manifest = bundle.manifest
    told = manifest.head.width if manifest.head else manifest.dim
    if manifest.head and manifest.kind == "hub":
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: a hub's network comes without a vector head; mend the "
            "manifest, or keep the trained network as files (kind 'own')"
        )
    if found != told:
        where = "width of the head" if manifest.head else "dim"
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: the manifest says {where} {told}, the network "
            f"{manifest.architecture} gives {found}; mend the manifest"
        )


def _load(bundle: Bundle, network: VectorNetwork) -> None:
    """Half-precision tensors become those of the network, in single precision."""
    state = _named(bundle)
    _check_shapes(bundle, network.state_dict(), state)
    network.load_state_dict(state, strict=True)


def _named(bundle: Bundle) -> dict[str, Tensor]:
    """The file's tensors under the network's names."""
    from reid.embed.pooling import HEAD, WORDS

    state = load_state_dict(bundle)
    ours = {name: state.pop(name) for name in list(state) if name.startswith((HEAD, WORDS))}
    return {f"{BACKBONE}{name}": tensor for name, tensor in state.items()} | ours


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
    if manifest.pooling not in ("native", "gem", "words"):  # the last two are ours
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
    faults = [f"{_plain(name)} is missing" for name in expected if name not in found]
    faults += [f"{_plain(name)} is not of this network" for name in found if name not in expected]
    faults += [
        f"{_plain(name)} is {tuple(found[name].shape)}, expected {tuple(tensor.shape)}"
        for name, tensor in expected.items()
        if name in found and found[name].shape != tensor.shape
    ]
    if faults:
        more = f" and {len(faults) - _LISTED} more" if len(faults) > _LISTED else ""
        raise WeightsAlteredError(
            f"bundle {bundle.name!r}: the file does not fit {bundle.manifest.architecture}: "
            f"{'; '.join(faults[:_LISTED])}{more}. Restore the bundle or mend its manifest"
        )


def _plain(name: str) -> str:
    """A tensor's name as it stands in the file."""
    return name.removeprefix(BACKBONE)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]
