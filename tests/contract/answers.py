"""Answers by a vendor's specification, complete where our own examples leave parts out."""

import random
from typing import Any

from tests import vendor_data as data
from tests.contract.examples import Examples
from tests.contract.specification import specification
from tests.vendor_data import Json

RUNS = "/repos/{owner}/{repo}/actions/runs"


def made(vendor: str, template: str, seed: int, status: int = 200) -> Any:
    """An answer of any shape that the specification allows; the same seed makes the same."""
    spec = specification(vendor)
    return Examples(spec, random.Random(seed)).value(spec.schema(template, status))


def github_account(path: str) -> Any:
    """GitHub's own example of `/user` or `/rate_limit`.

    Its example of a user lacks the word by which its own specification tells the two kinds apart.
    """
    example = specification("github").vendor_example(path)
    return example | {"user_view_type": "private"} if path == "/user" else example


def workflow_run(run_id: int, **changes: Any) -> Json:
    """A whole run with the repository it belongs to."""
    spec = specification("github")
    schema = spec.dereferenced(spec.schema(RUNS))["properties"]["workflow_runs"]["items"]
    whole: Json = Examples(spec, random.Random(run_id), fullness=0.0).value(schema)
    return whole | data.github_run(run_id, **changes)
