"""GitHub: repositories, workflows, runs, jobs and deployments."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from demo import ids
from demo.vendors import github_deployments, github_jobs
from demo.vendors import github_shapes as shapes
from demo.vendors.github_jobs import Job
from demo.vendors.github_models import Conclusion, Repo, Run, RunStatus
from demo.vendors.github_state import GitHub
from demo.vendors.wire import Refusal, json_object, number, word

Item = TypeVar("Item")

_APPROVER: Final = "dana"
_PAGE: Final = 30
_LONGEST_PAGE: Final = 100
_STATUSES: Final = frozenset(
    {
        *(status.value for status in RunStatus),
        *(conclusion.value for conclusion in Conclusion),
        *("action_required", "neutral", "skipped", "stale", "timed_out", "requested", "pending"),
    }
)


def unprocessable(message: str) -> Refusal:
    """The vendor's answer to a request it does not understand."""
    return Refusal(422, "", message)


class RunCalls:
    """Answers about the repositories of `state`."""

    def __init__(self, state: GitHub) -> None:
        self._state = state

    def _repo(self, request: Request) -> Repo:
        return self._state.repo(request.path_params["owner"], request.path_params["repo"])

    def _run(self, request: Request) -> Run:
        return self._state.run(self._repo(request), request.path_params["run"])

    def _shape(self, run: Run) -> dict[str, object]:
        return shapes.run(run, self._state.workflows[run.workflow_id], self._state.repos[run.repo])

    async def repo(self, request: Request) -> Response:
        """One repository."""
        return JSONResponse(shapes.full_repo(self._repo(request)))

    async def workflows(self, request: Request) -> Response:
        """The workflow files."""
        repo = self._repo(request)
        found = [each for each in self._state.workflows.values() if each.repo == repo.full_name]
        bodies = [shapes.workflow(each, repo) for each in found]
        return _paged(request, "workflows", bodies)

    async def runs(self, request: Request) -> Response:
        """The runs that match, of the repository or of one workflow, newest first."""
        repo, wanted = self._repo(request), request.path_params.get("workflow")
        workflow = self._state.workflow(repo, wanted) if wanted else None
        found = [each for each in self._state.of(repo, workflow) if _matches(request, each)]
        return _paged(request, "workflow_runs", found, self._shape)

    async def run(self, request: Request) -> Response:
        """One run."""
        return JSONResponse(self._shape(self._run(request)))

    async def jobs(self, request: Request) -> Response:
        """The jobs of the latest attempt."""
        word(request, "filter", ("latest", "all"), unprocessable)
        run = self._run(request)
        workflow = self._state.workflows[run.workflow_id]
        bodies = [github_jobs.job(each, workflow) for each in github_jobs.jobs(run, workflow)]
        return _paged(request, "jobs", bodies)

    def job_of(self, request: Request) -> Job:
        """The job named in the path.

        Raises:
            Refusal: The repository has none such.
        """
        repo, wanted = self._repo(request), request.path_params["job"]
        for run in self._state.of(repo):
            for job in github_jobs.jobs(run, self._state.workflows[run.workflow_id]):
                if job.id == wanted:
                    return job
        raise Refusal(404, "", "Not Found")

    async def job(self, request: Request) -> Response:
        """One job."""
        job = self.job_of(request)
        workflow = self._state.workflows[job.run.workflow_id]
        return JSONResponse(github_jobs.job(job, workflow))

    async def log_text(self, request: Request) -> Response:
        """The file a job's log link leads to; it wants no credential, and refuses one."""
        if "authorization" in request.headers:
            return PlainTextResponse("AuthenticationFailed", 400)
        for run in self._state.runs.values():
            for job in github_jobs.jobs(run, self._state.workflows[run.workflow_id]):
                if job.id == request.path_params["job"]:
                    return PlainTextResponse(github_jobs.log(job))
        return PlainTextResponse("BlobNotFound", 404)

    async def pending_deployments(self, request: Request) -> Response:
        """What a waiting run waits for."""
        run = self._run(request)
        if run.status is not RunStatus.WAITING:
            return JSONResponse([])
        number_ = ids.github("environment", run.repo, run.environment)
        environment = {"id": number_, "name": run.environment}
        return JSONResponse(
            [
                {
                    "environment": environment,
                    "wait_timer": 0,
                    "wait_timer_started_at": None,
                    "current_user_can_approve": True,
                    "reviewers": [{"type": "User", "reviewer": shapes.account(_APPROVER)}],
                }
            ]
        )

    async def dispatch(self, request: Request) -> Response:
        """Start a workflow; says which run only when asked to."""
        repo, body = self._repo(request), await json_object(request, unprocessable)
        workflow = self._state.workflow(repo, request.path_params["workflow"])
        ref, inputs = body.get("ref"), body.get("inputs", {})
        if not isinstance(ref, str) or not ref:
            raise unprocessable('Invalid request. "ref" wasn\'t supplied.')
        if not isinstance(inputs, dict):
            raise unprocessable('Invalid request. "inputs" is not an object.')
        run = self._state.dispatch(repo, workflow, ref, _texts(inputs))
        if body.get("return_run_details") is not True:
            return Response(status_code=204)
        shown = self._shape(run)
        return JSONResponse(
            {
                "workflow_run_id": run.id,
                "run_url": shown["url"],
                "html_url": shown["html_url"],
            }
        )

    async def rerun(self, request: Request) -> Response:
        """Run the same commit again."""
        self._state.rerun(self._run(request))
        return JSONResponse({}, 201)

    async def cancel(self, request: Request) -> Response:
        """Ask a run to stop."""
        self._state.cancel(self._run(request))
        return JSONResponse({}, 202)

    def _deploying(self, repo: Repo) -> list[Run]:
        return [run for run in self._state.of(repo) if run.environment]

    async def deployments(self, request: Request) -> Response:
        """The deployments that runs made, newest first."""
        query = request.query_params
        found = [
            github_deployments.deployment(run)
            for run in self._deploying(self._repo(request))
            if query.get("environment") in {None, run.environment}
            and query.get("sha") in {None, run.commit.sha}
            and query.get("ref") in {None, run.commit.branch}
        ]
        return _page(request, found)

    async def statuses(self, request: Request) -> Response:
        """How one deployment stands."""
        wanted = request.path_params["deployment"]
        for run in self._deploying(self._repo(request)):
            if ids.github("deployment", run.id) == wanted:
                return _page(request, [github_deployments.deployment_status(run)])
        raise Refusal(404, "", "Not Found")


def _texts(inputs: dict[str, object]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for name, value in inputs.items():
        if isinstance(value, bool):
            texts[name] = str(value).lower()
        elif isinstance(value, str):
            texts[name] = value
        else:
            raise unprocessable(f"Invalid request. input {name!r} is neither text nor boolean.")
    return texts


def _matches(request: Request, run: Run) -> bool:
    query = request.query_params
    status = word(request, "status", _STATUSES, unprocessable)
    conclusion = run.conclusion.value if run.conclusion else ""
    return (
        status in {None, run.status.value, conclusion}
        and query.get("branch") in {None, run.commit.branch}
        and query.get("event") in {None, run.event}
        and query.get("actor") in {None, run.actor.login}
        and query.get("head_sha") in {None, run.commit.sha}
        and _created(query.get("created"), run.created_at)
    )


def _created(raw: str | None, at: datetime) -> bool:
    """GitHub's search syntax: `>=…`, `<=…`, `>…`, `<…`, `a..b`, or a day."""
    if raw is None:
        return True
    low, between, high = raw.partition("..")
    if between:
        return _instant(low) <= at <= _instant(high)
    for sign in (">=", "<=", ">", "<"):
        if raw.startswith(sign):
            limit = _instant(raw.removeprefix(sign))
            return {">=": at >= limit, "<=": at <= limit, ">": at > limit, "<": at < limit}[sign]
    return at.date() == _instant(raw).date()


def _instant(raw: str) -> datetime:
    try:
        parsed = datetime.fromisoformat(raw)
    except ValueError as error:
        raise unprocessable(f"Invalid created: {raw}") from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _cut(request: Request, items: Sequence[Item]) -> tuple[list[Item], str]:
    per_page = min(number(request, "per_page", unprocessable, 1) or _PAGE, _LONGEST_PAGE)
    page = number(request, "page", unprocessable, 1) or 1
    last = max(1, -(-len(items) // per_page))
    links: dict[str, int] = {}
    if page > 1:
        links |= {"prev": page - 1, "first": 1}
    if page < last:
        links |= {"next": page + 1, "last": last}
    return list(items[(page - 1) * per_page : page * per_page]), _link(request, links)


def _link(request: Request, links: dict[str, int]) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "page"]
    base = str(request.url.replace(query=""))
    return ", ".join(
        f'<{base}?{urlencode([*kept, ("page", str(page))])}>; rel="{rel}"'
        for rel, page in links.items()
    )


def _page(request: Request, items: Sequence[object]) -> Response:
    shown, link = _cut(request, items)
    return JSONResponse(shown, headers={"link": link} if link else None)


def _paged(
    request: Request,
    name: str,
    items: Sequence[Item],
    shape: Callable[[Item], dict[str, object]] | None = None,
) -> Response:
    shown, link = _cut(request, items)
    bodies: list[object] = [shape(each) for each in shown] if shape else list(shown)
    body = {"total_count": len(items), name: bodies}
    return JSONResponse(body, headers={"link": link} if link else None)
