"""One repository of GitHub as actions need it: its workflows, runs and commits, asked afresh.

`commits/{ref}` and `contents/{path}` need `Contents: read`; without that right the commit can not
be pinned, and nothing is started.
"""

import base64
import binascii
from datetime import datetime
from typing import Final

from msgspec import Struct

from actions.http_steps import http_step, send_step
from actions.plan import HttpStep
from actions.workflows.inputs import Input, Unreadable, declared
from providers.errors import NotFound, ProviderError, Unauthorized
from providers.fields import Fields
from providers.github import HEADERS, SYSTEM
from providers.github_jobs import Job, Run, Workflow, job_of, run_of, workflow_of
from providers.http import Answer, Api
from providers.text import EMPTY, Foreign
from providers.vendor import entries, segment, sort_out

MOST_RUNS: Final = 30
"""Runs of one workflow that are looked through."""


class Commit(Struct, frozen=True, kw_only=True):
    """What a branch or tag points at."""

    sha: str
    message: Foreign
    author: Foreign
    at: datetime | None

    @property
    def words(self) -> str:
        """`7d20b5e raise pool max to 40 · maria`."""
        by = f" · {self.author.line(40)}" if self.author else ""
        return f"{self.sha[:7]} {self.message.line(80)}{by}"


class Distance(Struct, frozen=True, kw_only=True):
    """How far one commit is from another."""

    ahead: int
    """Commits that it has and the other has not."""

    behind: int
    """Commits that the other has and it has not."""


class Rights(Struct, frozen=True, kw_only=True):
    """What the repository says of itself and of our token."""

    archived: bool
    disabled: bool
    may_write: bool | None
    """None: it does not say."""


class Declared(Struct, frozen=True, kw_only=True):
    """What the workflow file asks for."""

    inputs: tuple[Input, ...] | None
    """None: nobody could tell, and `why`."""

    by_hand: bool = True
    """False: it has no `workflow_dispatch`."""

    why: str = ""


class Repo:
    """Asks GitHub about one repository, and starts and stops runs in it.

    Args:
        api: The account's client for actions.
        base_url: Where the API is, for what is shown.
        name: `owner/name`.

    Raises:
        ValueError: The name can not stand in a path.
    """

    def __init__(self, api: Api, base_url: str, name: str) -> None:
        owner, _, repo = name.partition("/")
        self.name = name
        self._api = api
        self._base_url = base_url.rstrip("/")
        self._path = f"/repos/{segment(owner)}/{segment(repo)}"

    @property
    def page(self) -> str:
        """Where a person looks at its runs."""
        return f"https://github.com/{self.name}/actions"

    def step(self, title: str, tail: str, body: object = None) -> HttpStep:
        """A request to something below the repository, as it is shown."""
        return http_step(self._base_url, title, "POST", f"{self._path}{tail}", json=body)

    async def send(self, operation: str, step: HttpStep) -> Answer:
        """Send a step of a plan, once; see `send_step`.

        Raises:
            ValueError: It belongs to another repository.
            ProviderError: It was not taken; `after_sending` where it may have been all the same.
        """
        if not step.url.startswith(f"{self._base_url}{self._path}/"):
            raise ValueError("the step belongs to another repository")
        return await send_step(
            self._api, self._base_url, step, operation=operation, headers=HEADERS
        )

    async def _get(self, operation: str, tail: str, *params: tuple[str, str]) -> Answer:
        return await self._api.get(operation, f"{self._path}{tail}", params=params, headers=HEADERS)

    async def rights(self) -> Rights:
        """Whether it takes anything, and whether our token may.

        Raises:
            ProviderError: GitHub did not say.
        """
        operation = "read repository"
        fields = Fields((await self._get(operation, "")).value, SYSTEM, operation)
        permissions = fields.optional_fields("permissions")
        return Rights(
            archived=fields.optional_flag("archived") or False,
            disabled=fields.optional_flag("disabled") or False,
            may_write=None if permissions is None else permissions.optional_flag("push"),
        )

    async def login(self) -> str:
        """As whom the token starts runs; empty for an app, which has no user.

        Raises:
            ProviderError: GitHub did not say.
        """
        try:
            answer = await self._api.get("read user", "/user", headers=HEADERS)
        except Unauthorized:
            return ""
        return Fields(answer.value, SYSTEM, "read user").text("login").line(80)

    async def commit(self, ref: str) -> Commit:
        """What a branch or a tag points at now.

        Raises:
            NotFound: There is none such, or the token may not read contents.
            ProviderError: GitHub did not say.
        """
        operation = "read commit"
        answer = await self._get(operation, f"/commits/{segment(ref)}")
        fields = Fields(answer.value, SYSTEM, operation)
        commit = fields.fields("commit")
        author = commit.optional_fields("author")
        user = fields.optional_fields("author")
        login = user.optional_text("login") if user else None
        return Commit(
            sha=fields.word("sha"),
            message=Foreign(commit.text("message", EMPTY).text.partition("\n")[0]),
            author=login or (author.text("name", EMPTY) if author else EMPTY),
            at=author.optional_moment_iso("date") if author else None,
        )

    async def distance(self, base: str, head: str) -> Distance | None:
        """How far two commits are apart; None when GitHub does not say."""
        operation = "compare commits"
        try:
            tail = f"/compare/{segment(base)}...{segment(head)}"
            answer = await self._get(operation, tail, ("per_page", "1"))
            fields = Fields(answer.value, SYSTEM, operation)
            return Distance(ahead=fields.integer("ahead_by"), behind=fields.integer("behind_by"))
        except (ProviderError, ValueError):
            return None

    async def workflow(self, file: str) -> Workflow | None:
        """One workflow by the name of its file; None when the repository has none such.

        Raises:
            ProviderError: GitHub did not say.
        """
        operation = "list workflows"
        answer = await self._get(operation, "/actions/workflows", ("per_page", "100"))
        listed = entries(answer.value, "workflows", SYSTEM, operation)
        found = sort_out(listed, workflow_of, "workflow").readable()
        return next((one for one in found if one.path.text.rpartition("/")[2] == file), None)

    async def declared(self, file: str, ref: str) -> Declared:
        """What the workflow file asks for, as it stands at a ref."""
        operation = "read workflow file"
        path = f"/contents/.github/workflows/{segment(file)}"
        try:
            answer = await self._get(operation, path, ("ref", ref))
            inputs = declared(_decoded(Fields(answer.value, SYSTEM, operation)))
        except NotFound:
            return Declared(inputs=None, why="the file is not there, or hidden from this token")
        except ProviderError as error:
            return Declared(inputs=None, why=error.reason)
        except Unreadable as error:
            return Declared(inputs=None, why=str(error))
        return Declared(inputs=inputs, by_hand=inputs is not None)

    async def runs(self, workflow: str, *params: tuple[str, str]) -> tuple[Run, ...]:
        """The newest runs of a workflow, newest first.

        Raises:
            ProviderError: GitHub did not say.
        """
        operation = "list workflow runs"
        path = f"/actions/workflows/{segment(workflow)}/runs"
        query = (("per_page", str(MOST_RUNS)), ("exclude_pull_requests", "true"), *params)
        answer = await self._get(operation, path, *query)
        found = sort_out(entries(answer.value, "workflow_runs", SYSTEM, operation), run_of, "run")
        return tuple(sorted(found.readable(), key=lambda run: run.number, reverse=True))

    async def run(self, id_: str) -> Run:
        """One run.

        Raises:
            NotFound: There is none such.
            ProviderError: GitHub did not say.
        """
        operation = "read run"
        answer = await self._get(operation, f"/actions/runs/{segment(id_)}")
        return run_of(Fields(answer.value, SYSTEM, operation))

    async def jobs(self, id_: str) -> tuple[Job, ...]:
        """The jobs of the latest attempt of a run.

        Raises:
            ProviderError: GitHub did not say.
        """
        operation = "list jobs"
        path = f"/actions/runs/{segment(id_)}/jobs"
        answer = await self._get(operation, path, ("filter", "latest"), ("per_page", "50"))
        return sort_out(entries(answer.value, "jobs", SYSTEM, operation), job_of, "job").readable()


def _decoded(fields: Fields) -> str:
    """The text of a file as `contents` gives it."""
    raw = fields.raw("content")
    if not isinstance(raw, str):
        raise Unreadable("GitHub gives it in no form we know")
    try:
        return base64.b64decode(raw, validate=False).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Unreadable("the file is no text") from None
