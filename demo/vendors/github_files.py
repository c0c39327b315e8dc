"""GitHub's commits and files, as far as a deploy by workflow reads them.

Source: GitHub's REST reference of `GET /repos/{owner}/{repo}/commits/{ref}` and
`GET /repos/{owner}/{repo}/contents/{path}`.
"""

import base64
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import ids
from demo.commits import Commit
from demo.vendors.github_models import Input, Repo, Workflow
from demo.vendors.github_shapes import WEB, account, node_id, path_of, repo_url
from demo.vendors.github_state import GitHub
from demo.vendors.wire import Refusal, iso_seconds
from demo.yaml_text import dumped


class FileCalls:
    """Answers about what lies in the repositories of `state`."""

    def __init__(self, state: GitHub) -> None:
        self._state = state

    def _repo(self, request: Request) -> Repo:
        return self._state.repo(request.path_params["owner"], request.path_params["repo"])

    async def commit(self, request: Request) -> Response:
        """What a branch points at."""
        repo, ref = self._repo(request), request.path_params["ref"]
        if ref not in repo.branches:
            raise Refusal(422, "", f"No commit found for SHA: {ref}")
        return JSONResponse(_commit(repo, self._state.head(repo, ref)))

    async def compare(self, request: Request) -> Response:
        """How far two commits are apart, as far as runs and time tell."""
        repo = self._repo(request)
        base, _, head = request.path_params["range"].partition("...")
        known = {run.commit.sha: run.commit for run in self._state.of(repo)}
        if base not in known or head not in known:
            raise Refusal(404, "", "Not Found")
        one, other = known[base], known[head]
        between = {each.at for each in known.values() if one.at < each.at <= other.at}
        back = {each.at for each in known.values() if other.at < each.at <= one.at}
        ahead, behind = len(between), len(back)
        status = "identical" if one.sha == other.sha else "ahead" if ahead else "behind"
        return JSONResponse(
            {"status": status, "ahead_by": ahead, "behind_by": behind, "commits": [], "files": []}
        )

    async def contents(self, request: Request) -> Response:
        """A workflow file; there is nothing else in these repositories."""
        repo, path = self._repo(request), request.path_params["path"]
        if request.query_params.get("ref", "main") not in repo.branches:
            raise Refusal(404, "", f"No commit found for the ref {request.query_params['ref']}")
        for workflow in self._state.workflows.values():
            if workflow.repo == repo.full_name and path_of(workflow) == path:
                return JSONResponse(_content(workflow))
        raise Refusal(404, "", "Not Found")


def _commit(repo: Repo, shown: Commit) -> dict[str, object]:
    url = f"{repo_url(repo.full_name)}/commits/{shown.sha}"
    person = {
        "name": shown.author.name,
        "email": shown.author.email,
        "date": iso_seconds(shown.at),
    }
    tree = ids.sha(shown.sha[7:14])
    return {
        "sha": shown.sha,
        "node_id": node_id("Commit", ids.github("commit", shown.sha)),
        "url": url,
        "html_url": f"{WEB}/{repo.full_name}/commit/{shown.sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "url": url.replace("/commits/", "/git/commits/"),
            "author": person,
            "committer": person,
            "message": shown.message,
            "tree": {"sha": tree, "url": f"{repo_url(repo.full_name)}/git/trees/{tree}"},
            "comment_count": 0,
        },
        "author": account(shown.author.login),
        "committer": account(shown.author.login),
        "parents": [],
    }


def _content(workflow: Workflow) -> dict[str, object]:
    text = file_text(workflow).encode()
    sha = ids.sha(workflow.file[:7])
    path = path_of(workflow)
    url = f"{repo_url(workflow.repo)}/contents/{path}"
    return {
        "type": "file",
        "encoding": "base64",
        "size": len(text),
        "name": workflow.file,
        "path": path,
        "content": base64.encodebytes(text).decode(),
        "sha": sha,
        "url": url,
        "git_url": f"{repo_url(workflow.repo)}/git/blobs/{sha}",
        "html_url": f"{WEB}/{workflow.repo}/blob/main/{path}",
        "download_url": None,
        "_links": {"self": url, "git": None, "html": None},
    }


def file_text(workflow: Workflow) -> str:
    """The workflow's file."""
    events: dict[str, object] = {"push": {"branches": ["main"]}}
    if workflow.inputs is not None:
        inputs = {name: _input(each) for name, each in workflow.inputs.items()}
        events = {"workflow_dispatch": {"inputs": inputs}}
    jobs: Mapping[str, object] = {
        name: {"runs-on": "ubuntu-latest", "steps": [{"run": f"make {name}"}]}
        for name in workflow.jobs
    }
    return dumped({"name": workflow.name, "on": events, "jobs": jobs})


def _input(shown: Input) -> dict[str, object]:
    return {"type": "choice", "required": shown.required, "options": list(shown.options)}
