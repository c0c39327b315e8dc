"""Answers of Sentry as plain JSON values, complete by its specification."""

from typing import Any

from tests.vendor_data import T0_ISO, T0_MS

Json = dict[str, Any]
MINUTE_MS = 60_000


def issue(issue_id: str = "11", **changes: Any) -> Json:
    """One issue of a list."""
    life = {"count": "150", "userCount": 4, "firstSeen": T0_ISO, "lastSeen": T0_ISO}
    return {
        "id": issue_id,
        "shareId": None,
        "shortId": f"API-{issue_id}",
        "title": "Error: timed out waiting for a connection",
        "culprit": "pool.acquire",
        "permalink": f"https://lma.sentry.io/issues/{issue_id}/",
        "logger": None,
        "level": "error",
        "status": "unresolved",
        "statusDetails": {},
        "substatus": "ongoing",
        "isPublic": False,
        "platform": "node",
        "priority": "high",
        "priorityLockedAt": None,
        "seerFixabilityScore": None,
        "seerAutofixLastTriggered": None,
        "seerExplorerAutofixLastTriggered": None,
        "project": {"id": "2", "name": "API", "slug": "lma-api", "platform": "node"},
        "type": "error",
        "issueType": "error",
        "issueCategory": "error",
        "metadata": {},
        "numComments": 0,
        "assignedTo": None,
        "isBookmarked": False,
        "isSubscribed": False,
        "subscriptionDetails": None,
        "hasSeen": True,
        "annotations": [],
        "isUnhandled": False,
        **life,
        "derivedData": {
            "blocker": "none",
            "progress": "none",
            "status": "open",
            "viewCount": 1,
            "hasOpenFixPr": False,
            "isAssigned": False,
            "hasRootCause": False,
            "lastCompletedAutofixStep": "",
            "lastProgressedAt": None,
        },
        "stats": {"24h": [[1_541_455_200 + 3_600 * hour, 5] for hour in range(24)]},
        "lifetime": life,
        "filtered": None,
        "sessionCount": 0,
        "inbox": {"reason": 0, "reason_details": None, "date_added": T0_ISO},
        "owners": {"type": "ownershipRule", "owner": "team:1", "date_added": T0_ISO},
        "integrationIssues": [],
        "sentryAppIssues": [],
        "latestEventHasAttachments": False,
        "matchingEventId": None,
        "matchingEventEnvironment": None,
    } | changes


def timeseries(*counts: float, incomplete: int = 1, start_ms: int = T0_MS) -> Json:
    """Counts by the minute; the last so many are still being counted."""
    values = [
        {
            "timestamp": start_ms + number * MINUTE_MS,
            "value": count,
            "incomplete": number >= len(counts) - incomplete,
        }
        for number, count in enumerate(counts)
    ]
    meta = {"valueUnit": None, "valueType": "integer", "interval": MINUTE_MS}
    return {
        "meta": {"dataset": "errors", "start": T0_MS, "end": T0_MS},
        "timeSeries": [{"values": values, "yAxis": "count()", "meta": meta}],
    }


def outcomes(**hours: list[float]) -> Json:
    """By the outcome's word, its counts by the hour."""
    groups = [
        {
            "by": {"outcome": word},
            "totals": {"sum(quantity)": sum(counts)},
            "series": {"sum(quantity)": counts},
        }
        for word, counts in hours.items()
    ]
    return {"start": T0_ISO, "end": T0_ISO, "intervals": [T0_ISO], "groups": groups}


def table(**events: float) -> Json:
    """Errors by path."""
    rows = [{"transaction": path, "count()": count} for path, count in events.items()]
    return {"data": rows, "meta": {"fields": {"transaction": "string", "count()": "integer"}}}


def release(version: str = "lma-api@7d20b5e", **changes: Any) -> Json:
    """One release."""
    return {
        "id": 1,
        "version": version,
        "shortVersion": version.rpartition("@")[2],
        "status": "open",
        "versionInfo": None,
        "ref": None,
        "url": None,
        "dateReleased": None,
        "dateCreated": T0_ISO,
        "data": {},
        "newGroups": 1,
        "owner": None,
        "commitCount": 3,
        "lastCommit": None,
        "deployCount": 1,
        "lastDeploy": deploy(),
        "authors": [],
        "projects": [],
        "firstEvent": None,
        "lastEvent": None,
    } | changes


def deploy(**changes: Any) -> Json:
    """The last deploy of a release."""
    return {
        "id": "5",
        "environment": "production",
        "dateStarted": None,
        "dateFinished": T0_ISO,
        "name": "production",
    } | changes


def organization(slug: str = "lma", *access: str) -> Json:
    """One organisation that a token opens."""
    return {
        "id": "1",
        "slug": slug,
        "name": "LMA",
        "status": {"id": "active", "name": "active"},
        "access": list(access),
        "dateCreated": T0_ISO,
        "isEarlyAdopter": False,
        "require2FA": True,
        "avatar": {"avatarType": "letter_avatar", "avatarUuid": None},
        "links": {"organizationUrl": "https://lma.sentry.io", "regionUrl": "https://us.sentry.io"},
        "hasAuthProvider": False,
        "allowMemberInvite": True,
        "allowMemberProjectCreation": False,
        "allowSuperuserAccess": False,
    }


_FLAGS = (
    "hasFeedbacks hasFlags hasMinifiedStackTrace hasMonitors hasNewFeedbacks hasProfiles "
    "hasReplays hasSessions hasInsightsHttp hasInsightsDb hasInsightsAssets hasInsightsAppStart "
    "hasInsightsScreenLoad hasInsightsVitals hasInsightsCaches hasInsightsQueues "
    "hasInsightsAgentMonitoring hasInsightsMCP hasLogs hasTraceMetrics"
)


def project(slug: str = "lma-api", project_id: str = "2") -> Json:
    """One project of the list."""
    return {
        "id": project_id,
        "slug": slug,
        "name": slug,
        "platform": "node",
        "dateCreated": T0_ISO,
        "isBookmarked": False,
        "isMember": True,
        "features": [],
        "firstEvent": T0_ISO,
        "firstTransactionEvent": False,
        "access": [],
        "hasAccess": True,
        **dict.fromkeys(_FLAGS.split(), False),
        "team": None,
        "teams": [],
        "platforms": ["node"],
        "hasUserReports": False,
        "environments": ["production"],
        "latestRelease": None,
    }
