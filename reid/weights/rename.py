"""Third parties' tensor names -> timm's.

Only names change, never values; a name that no rule knows is an error, so that a file of another
network cannot half load.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

from reid.errors import WeightsAlteredError
from reid.weights.manifest import KeyRenaming

T = TypeVar("T")

_OUTER = {"_conv_stem": "conv_stem", "_bn0": "bn1", "_conv_head": "conv_head", "_bn1": "bn2"}
_OUTER |= {"_fc": "classifier"}
# A block without expansion has no ``_expand_conv``/``_bn0``, and timm numbers what is there.
_PLAIN = {"_depthwise_conv": "conv_dw", "_bn1": "bn1", "_project_conv": "conv_pw", "_bn2": "bn2"}
_EXPANDED = {
    "_expand_conv": "conv_pw",
    "_bn0": "bn1",
    "_depthwise_conv": "conv_dw",
    "_bn1": "bn2",
    "_project_conv": "conv_pwl",
    "_bn2": "bn3",
}
_BLOCK = re.compile(r"_blocks\.(\d+)\.(_\w+)\.(\w+)")

# torchvision's MobileNetV2: layers by number, a stem before the blocks and a head behind them.
_LAYER = re.compile(r"features\.(\d+)\.(?:conv\.)?(\d)\.(\w+)")
_LAYERS_PLAIN = {"0": "conv_dw", "1": "bn1", "3": "conv_pw", "4": "bn2"}
_LAYERS_EXPANDED = {
    "0": "conv_pw",
    "1": "bn1",
    "3": "conv_dw",
    "4": "bn2",
    "6": "conv_pwl",
    "7": "bn3",
}


def rename_keys(state: Mapping[str, T], renaming: KeyRenaming) -> dict[str, T]:
    """The same tensors under timm's names.

    Raises:
        WeightsAlteredError: a name that the rule does not know, or two that become one.
    """
    stages = renaming.stage_blocks
    if renaming.rule == "mobilenetv2-torchvision":
        renamed = {mobilenet_key(key, stages): value for key, value in state.items()}
    else:
        renamed = {
            efficientnet_key(key, stages, expanded=_is_expanded(key, state)): value
            for key, value in state.items()
        }
    if len(renamed) != len(state):
        raise WeightsAlteredError(
            f"key renaming {renaming.rule!r}: {len(state)} tensors became {len(renamed)} names; "
            "check stage_blocks in the manifest"
        )
    return renamed


def efficientnet_key(key: str, stage_blocks: Sequence[int], *, expanded: bool) -> str:
    """One name of the EfficientNet-PyTorch family as timm's ``EfficientNet`` calls it.

    ``stage_blocks`` are the blocks of each stage, ``expanded`` whether this block has an
    expansion convolution.

    Raises:
        WeightsAlteredError: for a name outside the family or a block beyond the last stage.
    """
    block = _BLOCK.fullmatch(key)
    if block is None:
        part, _, leaf = key.rpartition(".")
        return f"{_look_up(_OUTER, part, key)}.{leaf}"
    stage, position = _stage_of(int(block[1]), stage_blocks, key)
    part = _look_up(_EXPANDED if expanded else _PLAIN, block[2], key)
    return f"blocks.{stage}.{position}.{part}.{block[3]}"


def mobilenet_key(key: str, stage_blocks: Sequence[int]) -> str:
    """One name of torchvision's MobileNetV2 (without classifier) as timm calls it.

    Only the first block has no expansion.

    Raises:
        WeightsAlteredError: for a name outside the family or a layer beyond the head.
    """
    layer = _LAYER.fullmatch(key)
    if layer is None:
        raise WeightsAlteredError(
            f"{key!r}: expected a name such as features.2.conv.0.weight; the file is of another "
            "network than the manifest says"
        )
    number, last = int(layer[1]), 1 + sum(stage_blocks)
    if number in (0, last):
        outer = {"0": "conv_stem", "1": "bn1"} if number == 0 else {"0": "conv_head", "1": "bn2"}
        return f"{_look_up(outer, layer[2], key)}.{layer[3]}"
    stage, position = _stage_of(number - 1, stage_blocks, key)
    table = _LAYERS_PLAIN if number == 1 else _LAYERS_EXPANDED
    return f"blocks.{stage}.{position}.{_look_up(table, layer[2], key)}.{layer[3]}"


def _is_expanded(key: str, state: Mapping[str, T]) -> bool:
    block = _BLOCK.fullmatch(key)
    return block is not None and f"_blocks.{block[1]}._expand_conv.weight" in state


def _stage_of(block: int, stage_blocks: Sequence[int], key: str) -> tuple[int, int]:
    for stage, end in enumerate(accumulate(stage_blocks)):
        if block < end:
            return stage, block - end + stage_blocks[stage]
    raise WeightsAlteredError(
        f"{key!r}: expected at most {sum(stage_blocks)} blocks (stage_blocks {stage_blocks}); "
        "the file is of another network than the manifest says"
    )


def _look_up(table: Mapping[str, str], part: str, key: str) -> str:
    if part not in table:
        raise WeightsAlteredError(
            f"{key!r}: not a tensor of this family (expected one of {', '.join(table)}); "
            "the file is of another network than the manifest says"
        )
    return table[part]
