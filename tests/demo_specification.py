"""Judges exchanges with the demo's vendors by the vendors' own specification files."""

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.contract.presence import folder
from tests.openapi_files import prepared
from tests.openapi_judge import judge

_METHODS = ("get", "post", "put", "patch", "delete")


def _lines(raw: bytes) -> Any:
    """A stream of objects, one a line; the file describes one of them."""
    return json.loads(raw.splitlines()[0])


class _Request:
    """An exchange's request, as openapi-core wants to see it."""

    def __init__(self, server: str, request: httpx.Request) -> None:
        prefix = httpx.URL(server).path.rstrip("/")
        self.host_url = server.removesuffix(prefix) if prefix else server
        self.path = request.url.path
        self.method = request.method.lower()
        self.content_type = request.headers.get("content-type", "").partition(";")[0]
        self.body = request.content or None
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(list(request.url.params.multi_items())),
            header=Headers(list(request.headers.items())),
            cookie=ImmutableMultiDict(),
        )


class _Answer:
    """Its answer."""

    def __init__(self, answer: httpx.Response) -> None:
        self.status_code = answer.status_code
        self.content_type = answer.headers.get("content-type", "").partition(";")[0]
        self.headers = Headers(list(answer.headers.items()))
        self.data = answer.content


class VendorFile:
    """The specification of one vendor."""

    def __init__(self, path: Path) -> None:
        self.document: dict[str, Any] = prepared(json.loads(path.read_text(encoding="utf-8")))
        self.server: str = self.document["servers"][0]["url"]
        self._openapi = judge(self.document, _lines)

    @functools.cached_property
    def operations(self) -> frozenset[str]:
        """Every operation, such as `GET /v2/user`."""
        return frozenset(
            f"{method.upper()} {path}"
            for path, methods in self.document["paths"].items()
            for method in methods
            if method in _METHODS
        )

    def operation_of(self, request: httpx.Request) -> str:
        """The operation a request means; one with fewer parameters in its path comes first."""
        path = request.url.path.removeprefix(httpx.URL(self.server).path.rstrip("/"))
        for template in sorted(self.document["paths"], key=lambda each: each.count("{")):
            pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and request.method.lower() in self._methods(template):
                return f"{request.method} {template}"
        raise AssertionError(f"{request.method} {path} is no operation of the vendor")

    def _methods(self, template: str) -> Mapping[str, Any]:
        methods: Mapping[str, Any] = self.document["paths"][template]
        return methods

    def documents(self, request: httpx.Request, status: int) -> bool:
        """Whether the file says what an answer of that status looks like."""
        method, _, template = self.operation_of(request).partition(" ")
        return str(status) in self._methods(template)[method.lower()]["responses"]

    def accepts(self, request: httpx.Request) -> bool:
        """Whether the request itself keeps to the file."""
        try:
            self._openapi.validate_request(_Request(self.server, request))
        except OpenAPIError:
            return False
        return True

    def faults(self, answer: httpx.Response) -> Iterator[str]:
        """Where an answer breaks the file."""
        request = _Request(self.server, answer.request)
        try:
            self._openapi.validate_response(request, _Answer(answer))
        except OpenAPIError as error:
            causes = getattr(error.__cause__, "schema_errors", ())
            said = [f"{cause.json_path}: {cause.message[:200]}" for cause in causes]
            where = f"{answer.request.method} {answer.request.url.path} {answer.status_code}"
            yield f"{where}: {'; '.join(said) or str(error)[:400]}"


@functools.cache
def vendor_file(vendor: str) -> VendorFile | None:
    """The specification of a vendor; None when the file is not there."""
    path = folder() / f"{vendor}.json"
    return VendorFile(path) if path.is_file() else None
