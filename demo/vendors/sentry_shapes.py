"""Sentry's JSON, as its Web API writes it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from demo.vendors.sentry_issues import SentryIssue, sentry_id
from demo.vendors.sentry_state import ORGANIZATION, Sentry, Shipped
from demo.vendors.wire import iso_seconds

Json = dict[str, object]
WEB: Final = f"https://{ORGANIZATION}.sentry.io"
ACCESS: Final = ["org:read", "project:read", "event:read"]
WRITING: Final = [*ACCESS, "event:write"]
_CREATED: Final = "2025-02-03T09:00:00Z"
PLATFORMS: Final = {"lma-api": "node", "lma-web": "javascript"}
_FLAGS: Final = (
    "hasFeedbacks",
    "hasFlags",
    "hasMinifiedStackTrace",
    "hasMonitors",
    "hasNewFeedbacks",
    "hasProfiles",
    "hasReplays",
    "hasSessions",
    "hasInsightsHttp",
    "hasInsightsDb",
    "hasInsightsAssets",
    "hasInsightsAppStart",
    "hasInsightsScreenLoad",
    "hasInsightsVitals",
    "hasInsightsCaches",
    "hasInsightsQueues",
    "hasInsightsAgentMonitoring",
    "hasInsightsMCP",
    "hasLogs",
    "hasTraceMetrics",
)


def project_id(slug: str) -> str:
    """Of a project."""
    return sentry_id("project", slug)


def organization(access: Sequence[str] = ACCESS) -> Json:
    """The one there is, with what the token may do there."""
    return {
        "id": sentry_id("organization"),
        "slug": ORGANIZATION,
        "name": "LMA Commerce",
        "status": {"id": "active", "name": "active"},
        "access": list(access),
        "features": [],
        "dateCreated": _CREATED,
        "isEarlyAdopter": False,
        "require2FA": True,
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
        "links": {"organizationUrl": WEB, "regionUrl": "https://us.sentry.io"},
        "hasAuthProvider": False,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": False,
        "allowSuperuserAccess": False,
    }


def project(slug: str) -> Json:
    """One of its projects."""
    return {
        "id": project_id(slug),
        "slug": slug,
        "name": slug,
        "platform": PLATFORMS[slug],
        "dateCreated": _CREATED,
        "isBookmarked": False,
        "isMember": True,
        "features": [],
        "firstEvent": _CREATED,
        "firstTransactionEvent": False,
        "access": ACCESS,
        "hasAccess": True,
        **dict.fromkeys(_FLAGS, False),
        "team": None,
        "teams": [],
        "platforms": [PLATFORMS[slug]],
        "hasUserReports": False,
        "environments": ["production", "staging"],
        "latestRelease": None,
    }


_SAME: Final[Json] = {
    "shareId": None,
    "logger": None,
    "statusDetails": {},
    "isPublic": False,
    "priorityLockedAt": None,
    "seerFixabilityScore": None,
    "seerAutofixLastTriggered": None,
    "seerExplorerAutofixLastTriggered": None,
    "numComments": 0,
    "assignedTo": None,
    "isBookmarked": False,
    "isSubscribed": False,
    "subscriptionDetails": None,
    "hasSeen": True,
    "annotations": [],
    "filtered": None,
}
"""What is the same of every issue here."""


def issue(state: Sentry, shown: SentryIssue, now: datetime) -> Json:
    """What a list and an update tell of an issue."""
    return {
        **_SAME,
        "id": shown.id,
        "shortId": shown.short_id,
        "title": shown.title,
        "culprit": shown.culprit,
        "permalink": f"{WEB}/issues/{shown.id}/",
        "level": shown.level,
        "status": shown.status,
        "substatus": shown.substatus,
        "platform": PLATFORMS[shown.project],
        "priority": "high" if shown.level in {"error", "fatal"} else "medium",
        "project": {
            "id": project_id(shown.project),
            "name": shown.project,
            "slug": shown.project,
            "platform": PLATFORMS[shown.project],
        },
        "type": "error",
        "issueType": "error",
        "issueCategory": "error",
        "metadata": {"title": shown.title},
        "statusDetails": {"inNextRelease": True} if shown.in_next_release else {},
        "isUnhandled": shown.level == "fatal",
        "derivedData": _derived(),
        **_life(state, shown, now),
    }


def _life(state: Sentry, shown: SentryIssue, now: datetime) -> Json:
    """How often, how many, since when and until when."""
    hours = state.hours(shown, now)
    life: Json = {
        "count": str(sum(number for _, number in hours)),
        "userCount": shown.users,
        "firstSeen": iso_seconds(shown.first_seen),
        "lastSeen": iso_seconds(now - timedelta(seconds=7)),
    }
    return {
        **life,
        "stats": {"24h": [list(pair) for pair in hours]},
        "lifetime": {**life, "stats": None},
    }


def listed(state: Sentry, shown: SentryIssue, now: datetime) -> Json:
    """An issue in a list."""
    since = iso_seconds(shown.first_seen)
    return {
        **issue(state, shown, now),
        "sessionCount": 0,
        "inbox": {"reason": 0, "reason_details": None, "date_added": since},
        "owners": {"type": "ownershipRule", "owner": "team:1", "date_added": since},
        "integrationIssues": [],
        "sentryAppIssues": [],
        "latestEventHasAttachments": False,
        "matchingEventId": None,
        "matchingEventEnvironment": None,
    }


def whole(state: Sentry, shown: SentryIssue, now: datetime) -> Json:
    """An issue with the version that brought it."""
    newest = state.shipped()[:1]
    return {
        **issue(state, shown, now),
        "firstRelease": _short_release(shown.first_release),
        "lastRelease": _short_release(newest[0].version) if newest else None,
        "tags": [],
        "activity": [],
        "seenBy": [],
        "participants": [],
        "userReportCount": 0,
    }


def _short_release(version: str) -> Json:
    return {"version": version, "shortVersion": version.rpartition("@")[2][:7]}


def _derived() -> Json:
    return {
        "blocker": "none",
        "progress": "none",
        "status": "open",
        "viewCount": 3,
        "hasOpenFixPr": False,
        "isAssigned": False,
        "hasRootCause": False,
        "lastCompletedAutofixStep": "",
        "lastProgressedAt": None,
    }


def release(state: Sentry, shown: Shipped) -> Json:
    """A version with when it went live."""
    new = [one for one in state.issues.values() if one.first_release == shown.version]
    project = {
        "id": int(project_id("lma-api")),
        "slug": "lma-api",
        "name": "lma-api",
        "newGroups": len(new),
        "platform": "node",
        "platforms": ["node"],
        "hasHealthData": False,
    }
    return {
        "id": int(sentry_id("release", shown.version)) % 2**31,
        "version": shown.version,
        "shortVersion": shown.version.rpartition("@")[2][:7],
        "status": "open",
        "versionInfo": None,
        "ref": shown.version.rpartition("@")[2],
        "url": None,
        "dateReleased": None,
        "dateCreated": iso_seconds(shown.created_at),
        "data": {},
        "newGroups": len(new),
        "owner": None,
        "commitCount": shown.commits,
        "lastCommit": None,
        "deployCount": 1,
        "lastDeploy": deploy(shown),
        "authors": [],
        "projects": [project],
        "firstEvent": None,
        "lastEvent": None,
    }


def deploy(shown: Shipped) -> Json:
    """When a version went live."""
    return {
        "id": sentry_id("deploy", shown.version, shown.live_at)[:9],
        "environment": "production",
        "dateStarted": iso_seconds(shown.live_at),
        "dateFinished": iso_seconds(shown.live_at),
        "name": "production",
        "url": None,
    }
