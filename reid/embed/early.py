"""A backbone that ends early: fine features, where marks are still apart. Imports torch."""

from __future__ import annotations

from torch.nn import Module

from reid.errors import WeightsAlteredError


def ending_at(backbone: Module, stride: int) -> Module:
    """The timm ``backbone``, changed to end at its feature map ``stride`` times smaller than the
    input; layers after it are dropped. 0: as it is.

    Raises:
        WeightsAlteredError: it has no such map, or cannot be cut.
    """
    if not stride:
        return backbone
    info = getattr(backbone, "feature_info", None)
    strides = [int(stage["reduction"]) for stage in getattr(info, "info", info) or ()]
    if stride not in strides or not hasattr(backbone, "prune_intermediate_layers"):
        raise WeightsAlteredError(
            f"feature_stride {stride}: {type(backbone).__name__} has feature maps of strides "
            f"{sorted(set(strides)) or 'none'}; choose one of these, or 0 for the last features"
        )
    last = len(strides) - 1 - strides[::-1].index(stride)
    backbone.prune_intermediate_layers([last], prune_head=True)  # type: ignore[operator]
    return backbone
