"""A vendor's own specification file, and the question whether an exchange keeps to it."""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from tests.contract.presence import folder
from tests.openapi_files import prepared
from tests.openapi_judge import judge
from tests.vendor_server import Asked, Reply


def server_of(document: dict[str, Any]) -> str:
    """Where the operations begin, variables in it filled in with their defaults."""
    server = document["servers"][0]
    url: str = server["url"]
    for name, variable in server.get("variables", {}).items():
        url = url.replace(f"{{{name}}}", variable["default"])
    return url


def _first_line(raw: bytes) -> Any:
    """A stream of objects, one a line; the files describe one of them."""
    return json.loads(raw.splitlines()[0])


class Specification:
    """One file, with its operations."""

    def __init__(self, vendor: str, document: dict[str, Any]) -> None:
        self.vendor = vendor
        self.document = document
        self._openapi = judge(document, _first_line)
        self._server = server_of(document)
        self._requests: dict[tuple[object, ...], tuple[str, ...]] = {}
        self._answers: dict[tuple[object, ...], tuple[str, ...]] = {}

    def dereferenced(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for key in node["$ref"].removeprefix("#/").split("/"):
                name = key.replace("~1", "/").replace("~0", "~")
                target = target[int(name)] if isinstance(target, list) else target[name]
            node = target
        return node

    def schema(self, template: str, status: int = 200) -> Any:
        """What an answer to GET on that path must look like."""
        answer = self.dereferenced(
            self.document["paths"][template]["get"]["responses"][str(status)]
        )
        return answer["content"]["application/json"]["schema"]

    def vendor_example(self, template: str) -> Any:
        """The vendor's own first example of an answer."""
        answer = self.dereferenced(self.document["paths"][template]["get"]["responses"]["200"])
        content = answer["content"]["application/json"]
        if "example" in content:
            return content["example"]
        first = next(iter(content["examples"].values()))
        return self.dereferenced(first)["value"]

    def problems(self, asked: Asked, reply: Reply) -> tuple[str, ...]:
        """Where the request or its answer break the specification."""
        # Most are the same as another of the suite; each takes ten milliseconds.
        where = (asked.method, asked.raw_path)
        # Where it was sent to is another port each time, and nothing a file speaks of.
        told = frozenset(each for each in asked.headers.items() if each[0] != "host")
        request = (*where, asked.query, told, asked.body)
        if request not in self._requests:
            self._requests[request] = tuple(self._wrong_request(asked))
        if wrong := self._requests[request]:
            return wrong
        answer = (*where, reply.status, reply.headers, reply.body)
        if answer not in self._answers:
            self._answers[answer] = tuple(self._wrong_answer(asked, reply))
        return self._answers[answer]

    def _wrong_request(self, asked: Asked) -> Iterator[str]:
        yield from self._undeclared(asked)
        try:
            self._openapi.validate_request(self._request(asked))
        except OpenAPIError as error:
            yield f"{self.vendor}: request {asked.method} {asked.path}: {error}"

    def _wrong_answer(self, asked: Asked, reply: Reply) -> Iterator[str]:
        if reply.status == 304 and not reply.body:
            return
        headers = dict(reply.headers)
        answer = MockResponse(
            reply.body,
            status_code=reply.status,
            headers=headers,
            content_type=headers.get("Content-Type", ""),
        )
        try:
            self._openapi.validate_response(self._request(asked), answer)
        except OpenAPIError as error:
            yield f"{self.vendor}: answer to {asked.path}: {_reason(error)}"

    def _request(self, asked: Asked) -> MockRequest:
        return MockRequest(
            self._server,
            asked.method.lower(),
            asked.raw_path,
            args=list(asked.query),  # type: ignore[arg-type]  # repeated names are legal
            headers=dict(asked.headers),
            data=asked.body or None,
            content_type=asked.headers.get("content-type", ""),
        )

    def _undeclared(self, asked: Asked) -> Iterator[str]:
        """Query names the operation does not know, or a single one sent twice."""
        declared = self._query_parameters(asked)
        if declared is None:
            yield f"{self.vendor}: {asked.method} {asked.path} is no operation of the vendor"
            return
        names = [name for name, _value in asked.query]
        for name in sorted(set(names)):
            if name not in declared:
                yield f"{self.vendor}: {asked.path} does not take the query parameter {name}"
            elif name.endswith("[]"):
                # PagerDuty means a list by the brackets, and its file often names the items' type.
                continue
            elif names.count(name) > 1 and declared[name].get("type") != "array":
                yield f"{self.vendor}: {asked.path} takes {name} once"

    def _query_parameters(self, asked: Asked) -> Mapping[str, Any] | None:
        prefix = re.sub(r"^https?://[^/]+", "", self._server).rstrip("/")
        # `/emails/metrics` is meant before `/emails/{id}`.
        plain_first = sorted(self.document["paths"].items(), key=lambda each: each[0].count("{"))
        for template, operations in plain_first:
            pattern = re.escape(prefix) + re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
            if asked.method.lower() in operations and re.fullmatch(pattern, asked.raw_path):
                operation = operations[asked.method.lower()]
                parameters = [self.dereferenced(p) for p in operation.get("parameters", [])]
                return {
                    p["name"]: self.dereferenced(p["schema"])
                    for p in parameters
                    if p["in"] == "query"
                }
        return None


def _reason(error: OpenAPIError) -> str:
    """What breaks the schema, without the whole answer in front of it."""
    causes = getattr(error.__cause__, "schema_errors", ())
    told = [f"{cause.json_path}: {cause.message[:300]}" for cause in causes]
    return "; ".join(told) or str(error)[:1_000]


@functools.cache
def specification(vendor: str) -> Specification:
    """The file of one vendor, read once."""
    text = (folder() / f"{vendor}.json").read_text(encoding="utf-8")
    return Specification(vendor, prepared(json.loads(text)))
