"""The network in training: the product's own network with a normalised neck and moving weights."""

from __future__ import annotations

from collections.abc import Mapping

import timm
import torch
from torch import Tensor, nn
from torch.nn import functional

from reid.embed.early import ending_at
from reid.embed.network import build_network
from reid.embed.pooling import WORDS, VectorNetwork
from reid.embed.residuals import Residuals
from reid.errors import ConfigError
from reid.weights import Bundle, Preprocessing, load_bundle
from training.learn.adapters import adapt, merged
from training.learn.recipe import Network

HEAD_ONLY = "head"
IMAGENET = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Learner(nn.Module):
    """``network`` (which the bundle will hold) followed by batch normalisation (folded into it)."""

    def __init__(
        self, network: VectorNetwork, dim: int, *, keep_norm: bool, keep_neck: bool = False
    ) -> None:
        super().__init__()
        self.network = network
        self.neck = nn.BatchNorm1d(dim)
        self._keep_norm, self._keep_neck = keep_norm, keep_neck

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels (n, 3, side, side) to unit vectors (n, dim)."""
        return functional.normalize(self.neck(self.network(pixels)).float(), dim=1)

    def train(self, mode: bool = True) -> Learner:
        """As torch's, but the backbone's normalisation may keep its statistics."""
        super().train(mode)
        if mode and self._keep_neck:
            self.neck.eval()  # a head that goes on is neither centred nor scaled anew
        if mode and self._keep_norm:
            for module in self.network.backbone.modules():
                if isinstance(module, nn.modules.batchnorm._BatchNorm):
                    module.eval()
        return self

    def moving(self) -> dict[str, nn.Parameter]:
        """The backbone's parameters that training moves, by name."""
        named = self.network.backbone.named_parameters()
        return {name: weight for name, weight in named if weight.requires_grad}


def start_bundle(how: Network) -> Bundle | None:
    """The bundle that training starts from; None when the recipe names an architecture."""
    return None if how.architecture else load_bundle(how.init)


def build_learner(how: Network, *, seed: int) -> Learner:
    """The learner at its start: pretrained backbone, random head. Random numbers from ``seed``.

    Raises:
        WeightsError: the bundle to start from is missing or altered.
        ConfigError: an architecture that timm does not know, or no part named ``train_from``.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        if how.keep_head:
            return _going_on(how)
        backbone = ending_at(_backbone(how), how.feature_stride)
        channels = int(backbone.num_features)  # type: ignore[arg-type]
        residuals = _residuals(how, channels)
        width = residuals.width if residuals else channels * how.grid[0] * how.grid[1]
        head = nn.Linear(width, how.dim, bias=False)
        nn.init.orthogonal_(head.weight)
        power = how.gem_power if how.pooling == "gem" else None
        network = VectorNetwork(backbone, head, gem_power=power, grid=how.grid, residuals=residuals)
        learner = Learner(network, how.dim, keep_norm=how.keep_norm)
    _choose_moving(backbone, how.train_from, how.adapters)
    return learner


def _going_on(how: Network) -> Learner:
    """The learner of `training.learn.continuing`: the bundle's whole network."""
    bundle = start_bundle(how)
    if bundle is None:
        raise ConfigError("keep_head: expected a bundle to go on from, found an architecture")
    network = build_network(bundle).requires_grad_(True)
    learner = Learner(network, how.dim, keep_norm=how.keep_norm, keep_neck=True)
    _choose_moving(network.backbone, how.train_from, how.adapters)
    return learner


def _residuals(how: Network, channels: int) -> Residuals | None:
    if how.pooling != "words":
        return None
    return Residuals(channels, how.words, min(how.word_dim, channels), how.position)


def preprocessing_of(how: Network) -> Preprocessing:
    """The start's normalisation at the recipe's size, the background painted out."""
    bundle = start_bundle(how)
    crop = {"background": "grey", "focus": how.focus}
    if bundle is None:
        return Preprocessing.model_validate(
            {"input_px": how.input_px, "mean": IMAGENET[0], "std": IMAGENET[1], "crop": crop}
        )
    old = bundle.manifest.preprocessing.model_dump()
    return Preprocessing.model_validate(old | {"input_px": how.input_px, "crop": crop})


def _backbone(how: Network) -> nn.Module:
    bundle = start_bundle(how)
    if bundle is not None:
        backbone = build_network(bundle).backbone
        backbone.reset_classifier(0)  # type: ignore[operator]
        return backbone.requires_grad_(True)
    if not timm.is_model(how.architecture):
        raise ConfigError(
            f"architecture: timm {timm.__version__} knows no {how.architecture!r}; "
            "timm.list_models() names what it knows"
        )
    return timm.create_model(how.architecture, pretrained=False, num_classes=0)


def _choose_moving(backbone: nn.Module, train_from: str, rank: int = 0) -> None:
    """Freeze what comes before ``train_from`` in the order of the backbone's parameters; with a
    ``rank`` adapters move in the place of what comes after it.
    """
    names = [name for name, _ in backbone.named_parameters()]
    if train_from == HEAD_ONLY:
        first = len(names)
    else:
        hits = [k for k, name in enumerate(names) if not train_from or _in(name, train_from)]
        if not hits:
            raise ConfigError(
                f"train_from: expected a part of the backbone such as blocks.4 or conv_head, "
                f"found {train_from!r}"
            )
        first = hits[0]
    for k, (_, weight) in enumerate(backbone.named_parameters()):
        weight.requires_grad_(k >= first)
    if rank:
        adapt(backbone, set(names[first:]), rank)


def _in(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def folded(learner: Learner) -> dict[str, Tensor]:
    """The tensors of a bundle: the backbone's, and a head into which the neck is folded.

    In evaluation mode batch normalisation is a scale and a shift of each number, so
    ``neck(head(x))`` is another linear head.
    """
    neck, head = learner.neck, learner.network.vector_head
    assert head is not None  # a learner is built with one
    assert neck.running_var is not None
    assert neck.running_mean is not None
    scale = neck.weight / torch.sqrt(neck.running_var + neck.eps)
    bias = neck.bias - scale * neck.running_mean
    if head.bias is not None:
        bias = bias + scale * head.bias
    state = merged(learner.network.backbone)
    if learner.network.residuals is not None:
        ours = learner.network.residuals.state_dict()
        state |= {f"{WORDS}{name}": tensor for name, tensor in ours.items()}
    state["vector_head.weight"] = (scale[:, None] * head.weight).detach()
    state["vector_head.bias"] = bias.detach()
    return {name: tensor.detach().cpu() for name, tensor in state.items()}


def interpolated(
    trained: Mapping[str, Tensor], start: Mapping[str, Tensor], share: float
) -> dict[str, Tensor]:
    """``share`` of the trained weights and the rest of the start's; other tensors as trained.

    Between a network and what it was tuned from accuracy on unseen data is often best part of
    the way (WiSE-FT, Wortsman et al. 2022).
    """
    mixed = dict(trained)
    for name, begun in start.items():
        if name in mixed and mixed[name].is_floating_point():
            mixed[name] = torch.lerp(begun.float(), mixed[name].float(), share)
    return mixed
