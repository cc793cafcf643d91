"""``python -m service.document`` prints the OpenAPI document, with sorted keys."""

from __future__ import annotations

import json
import sys

from service.app import create_app


def main() -> None:
    """Print it."""
    document = create_app().openapi()
    sys.stdout.write(json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
