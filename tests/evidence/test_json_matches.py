"""Matches as points."""

import json

from reid.evidence import matches_json
from reid.evidence.names import all_pairs


def test_every_pair_with_matches_is_told_strongest_first(autumn):
    found = {(one["a"], one["b"]): one for one in matches_json(autumn)}
    pairs = {(pair.a, pair.b): pair for pair in all_pairs(autumn) if len(pair.matches)}
    assert set(found) == set(pairs)
    assert found
    for key, pair in pairs.items():
        told, matches = found[key], pair.matches
        assert len(told["a_xy_px"]) == len(told["b_xy_px"]) == len(told["group"]) == len(matches)
        best = int(matches.distinctiveness.argmax())
        assert told["a_xy_px"][0] == [round(float(v), 1) for v in matches.a_xy_px[best]]
        assert told["b_xy_px"][0] == [round(float(v), 1) for v in matches.b_xy_px[best]]
    assert json.loads(json.dumps(list(found.values()))) == list(found.values())


def test_no_more_than_the_eye_can_use(autumn):
    assert all(len(one["group"]) <= 2 for one in matches_json(autumn, most=2))
