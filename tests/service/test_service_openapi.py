"""The document that clients are written against."""

import json
from pathlib import Path

import pytest

from service import create_app
from service.document import main

GOLDEN = Path(__file__).with_name("openapi.golden.json")
RENEW = "python -m service.document > tests/service/openapi.golden.json"


@pytest.fixture(scope="module")
def document():
    return create_app().openapi()


def test_the_document_is_as_agreed(document):
    agreed = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(document)) == agreed, f"intended? then renew it: {RENEW}"


def test_the_command_prints_the_document(document, capsys):
    main()
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(document))


def test_the_server_serves_it(client, document):
    assert client.get("/v1/openapi.json").json() == json.loads(json.dumps(document))


def test_every_reference_leads_somewhere(document):
    def references(value):
        if isinstance(value, dict):
            yield from [value["$ref"]] if "$ref" in value else []
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                yield from references(item)

    found = set(references(document))
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert found <= known


def test_every_operation_is_described(document):
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (path, method)
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert "422" not in operation["responses"]


def test_every_input_has_an_example_and_every_number_a_bound(document):
    schemas = document["components"]["schemas"]
    for name in ("SightingIn", "ComparisonIn", "EnrolIn", "WithdrawIn", "IdentifyIn"):
        assert schemas[name]["examples"]
        assert schemas[name]["additionalProperties"] is False
    for name, schema in schemas.items():
        for key, field in schema.get("properties", {}).items() if name.endswith("In") else ():
            for one in field.get("anyOf", [field]):
                if one.get("type") in ("number", "integer"):
                    assert {"maximum", "exclusiveMaximum"} & set(one), (name, key)
                    assert {"minimum", "exclusiveMinimum"} & set(one), (name, key)
                if one.get("type") == "array":
                    assert "maxItems" in one, (name, key)
