"""The HTTP service: thin routes over ``reid``, under ``/v1``.

``create_app`` makes the application (``uvicorn --factory service:create_app``); ``python -m
service`` runs it. ``docs/api.md`` walks through it, ``/v1/openapi.json`` describes it.
"""

from service.app import create_app

__all__ = ["create_app"]
