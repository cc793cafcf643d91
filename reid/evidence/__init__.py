"""Pictures and reports for eyes.

`pair_picture` and `annotation_picture` draw, `report_html` shows a whole comparison on one page,
`comparison_json` is its stable form for programs, `evidence_picture` draws what that names.
"""

from reid.evidence.json_form import comparison_json
from reid.evidence.json_matches import matches_json
from reid.evidence.names import annotation_name, evidence_picture, pair_name
from reid.evidence.pictures import annotation_picture, pair_picture
from reid.evidence.report import report_html

__all__ = [
    "annotation_name",
    "annotation_picture",
    "comparison_json",
    "evidence_picture",
    "matches_json",
    "pair_name",
    "pair_picture",
    "report_html",
]
