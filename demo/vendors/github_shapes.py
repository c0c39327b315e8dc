"""GitHub's answers as JSON, member by member as its specification has them."""

import base64
import functools
from collections.abc import Mapping
from typing import Final

from demo import ids
from demo.commits import Author, Commit
from demo.vendors.github_models import Repo, Run, Workflow
from demo.vendors.wire import iso_seconds

API: Final = "https://api.github.com"
WEB: Final = "https://github.com"

_REPO_PATHS: Final = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}
_USER_PATHS: Final = {
    "events_url": "/events{/privacy}",
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "organizations_url": "/orgs",
    "received_events_url": "/received_events",
    "repos_url": "/repos",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
}


def node_id(kind: str, number: int) -> str:
    """The opaque identity that GraphQL uses."""
    return base64.b64encode(f"0{len(kind)}:{kind}{number}".encode()).decode()


@functools.cache
def account(login: str, kind: str = "User") -> Mapping[str, object]:
    """A user or an organisation."""
    number, url = ids.github("account", login), f"{API}/users/{login}"
    return {
        "login": login,
        "id": number,
        "node_id": node_id(kind, number),
        "avatar_url": f"https://avatars.githubusercontent.com/u/{number}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{WEB}/{login}",
        **{name: f"{url}{path}" for name, path in _USER_PATHS.items()},
        "type": kind,
        "site_admin": False,
    }


@functools.cache
def repo(shown: Repo) -> Mapping[str, object]:
    """A repository inside another answer."""
    number, url = ids.github("repo", shown.full_name), repo_url(shown.full_name)
    return {
        "id": number,
        "node_id": node_id("Repository", number),
        "name": shown.name,
        "full_name": shown.full_name,
        "private": True,
        "owner": account(shown.owner, "Organization"),
        "html_url": f"{WEB}/{shown.full_name}",
        "description": None,
        "fork": False,
        "url": url,
        **{name: f"{url}{path}" for name, path in _REPO_PATHS.items()},
    }


def repo_url(full_name: str) -> str:
    """The API's address of a repository."""
    return f"{API}/repos/{full_name}"


def full_repo(shown: Repo) -> dict[str, object]:
    """A repository asked for by name."""
    address = f"github.com/{shown.full_name}.git"
    switches = ("issues", "projects", "wiki", "pages", "downloads", "discussions")
    return {
        **repo(shown),
        "git_url": f"git://{address}",
        "ssh_url": f"git@github.com:{shown.full_name}.git",
        "clone_url": f"https://{address}",
        "svn_url": f"{WEB}/{shown.full_name}",
        "mirror_url": None,
        "homepage": None,
        "language": "TypeScript",
        "license": None,
        "default_branch": "main",
        "visibility": "private",
        "archived": False,
        "disabled": False,
        "size": 48_211,
        "topics": [],
        **{f"has_{switch}": False for switch in switches},
        **{f"{count}_count": 0 for count in ("forks", "stargazers", "watchers", "open_issues")},
        **dict.fromkeys(("forks", "watchers", "open_issues"), 0),
        "network_count": 0,
        "subscribers_count": 5,
        "created_at": iso_seconds(shown.created_at),
        "updated_at": iso_seconds(shown.created_at),
        "pushed_at": iso_seconds(shown.created_at),
        "permissions": {"admin": False, "push": True, "pull": True},
    }


def workflow(shown: Workflow, since: Repo) -> dict[str, object]:
    """A workflow file."""
    url = f"{repo_url(shown.repo)}/actions/workflows/{shown.id}"
    return {
        "id": shown.id,
        "node_id": node_id("Workflow", shown.id),
        "name": shown.name,
        "path": path_of(shown),
        "state": "active",
        "created_at": iso_seconds(since.created_at),
        "updated_at": iso_seconds(since.created_at),
        "url": url,
        "html_url": f"{WEB}/{shown.repo}/blob/main/{path_of(shown)}",
        "badge_url": f"{WEB}/{shown.repo}/workflows/{shown.file}/badge.svg",
    }


def path_of(shown: Workflow) -> str:
    """Where its file lies."""
    return f".github/workflows/{shown.file}"


def _git_person(author: Author) -> dict[str, object]:
    return {"name": author.name, "email": author.email}


def _head_commit(commit: Commit) -> dict[str, object]:
    return {
        "id": commit.sha,
        "tree_id": ids.sha(commit.sha[7:14]),
        "message": commit.message,
        "timestamp": iso_seconds(commit.at),
        "author": _git_person(commit.author),
        "committer": _git_person(commit.author),
    }


def _title(shown: Run, of: Workflow) -> str:
    if shown.event == "workflow_dispatch":
        return f"{of.name} {shown.environment}".strip()
    return shown.commit.message.partition("\n")[0]


def run(shown: Run, of: Workflow, home: Repo) -> dict[str, object]:
    """A run with its commit, actor and repository."""
    url = f"{repo_url(shown.repo)}/actions/runs/{shown.id}"
    suite = ids.github("suite", shown.id)
    return {
        "id": shown.id,
        "name": of.name,
        "node_id": node_id("WorkflowRun", shown.id),
        "check_suite_id": suite,
        "check_suite_node_id": node_id("CheckSuite", suite),
        "head_branch": shown.commit.branch,
        "head_sha": shown.commit.sha,
        "path": path_of(of),
        "display_title": _title(shown, of),
        "run_number": shown.number,
        "run_attempt": shown.attempt,
        "event": shown.event,
        "status": shown.status.value,
        "conclusion": shown.conclusion.value if shown.conclusion else None,
        "workflow_id": shown.workflow_id,
        "url": url,
        "html_url": f"{WEB}/{shown.repo}/actions/runs/{shown.id}",
        "pull_requests": [],
        "created_at": iso_seconds(shown.created_at),
        "updated_at": iso_seconds(shown.updated_at),
        "run_started_at": iso_seconds(shown.started_at),
        "actor": account(shown.actor.login),
        "triggering_actor": account(shown.actor.login),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{repo_url(shown.repo)}/check-suites/{suite}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "previous_attempt_url": None,
        "workflow_url": f"{repo_url(shown.repo)}/actions/workflows/{shown.workflow_id}",
        "head_commit": _head_commit(shown.commit),
        "repository": repo(home),
        "head_repository": repo(home),
    }


def user(login: str, created_at: str) -> dict[str, object]:
    """The account of the token that asks."""
    numbers = (
        "followers",
        "following",
        "public_gists",
        "public_repos",
        "collaborators",
        "disk_usage",
        "owned_private_repos",
        "private_gists",
        "total_private_repos",
    )
    words = ("bio", "blog", "company", "email", "hireable", "location", "name")
    return {
        **account(login),
        **dict.fromkeys(words, None),
        **dict.fromkeys(numbers, 0),
        "created_at": created_at,
        "updated_at": created_at,
        "two_factor_authentication": True,
        "user_view_type": "private",
    }
