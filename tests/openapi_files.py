"""Vendors' specification files as the checker can use them; nothing of what they ask is dropped."""

import copy
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def prepared(document: Json) -> Json:
    """A file in words the checker knows.

    OAuth becomes the bearer header that it comes to: which scopes an operation wants is not checked
    either way. A query parameter that is an object or a list in brackets (`deepObject`, Stripe)
    becomes the names that are really sent, such as `created[gte]` and `types[]`.
    """
    made = copy.deepcopy(document)
    schemes = made["components"].get("securitySchemes", {})
    for name, scheme in schemes.items():
        if scheme["type"] == "apiKey" and "googleapis.com" in made["servers"][0]["url"]:
            # Google takes a key in this header as well; an address is written to everybody's logs.
            schemes[name] = {"type": "apiKey", "in": "header", "name": "X-Goog-Api-Key"}
        elif scheme["type"] == "oauth2":
            schemes[name] = {"type": "http", "scheme": "bearer"}
    if "stripe" in made["servers"][0]["url"]:
        _spell_out(made)
    if any(vendor in made["servers"][0]["url"] for vendor in ("stripe", "github", "vercel")):
        _let_null_stand(made)
    return made


def _spell_out(document: Json) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            parameters = operation.get("parameters", [])
            operation["parameters"] = [each for one in parameters for each in _spelled(one)]
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content.pop("encoding", None)


def _spelled(parameter: Json) -> Iterator[Json]:
    if parameter.get("style") != "deepObject":
        yield parameter
        return
    schema, name = parameter["schema"], parameter["name"]
    plain = {"in": "query", "required": False}
    if schema.get("type") == "array":
        listed = {"style": "form", "explode": True, "schema": schema}
        yield {**plain, **listed, "name": f"{name}[]"}
        return
    for choice in schema["anyOf"]:
        for inner, kind in choice.get("properties", {}).items():
            yield {**plain, "name": f"{name}[{inner}]", "schema": kind}


def _let_null_stand(node: Any) -> None:
    """Where something may be null, the checker wants null among the words or the choices."""
    if isinstance(node, list):
        for each in node:
            _let_null_stand(each)
    elif isinstance(node, dict):
        for each in node.values():
            _let_null_stand(each)
        if node.get("nullable") is True and isinstance(node.get("enum"), list):
            node["enum"].append(None)
        if node.get("nullable") is True and isinstance(node.get("anyOf"), list):
            node["anyOf"].append({"enum": [None], "nullable": True})
