"""Slack's JSON, as its Web API writes it."""

from demo.vendors.slack_state import BOT_ID, TEAM_ID, Slack, SlackChannel, SlackMessage, SlackUser

Json = dict[str, object]
APP_ID = "A0QUARTERD"


def auth(slack: Slack, login: str) -> Json:
    """`auth.test`."""
    user = next(one for one in slack.users.values() if one.login == login)
    return {
        "url": "https://lma-commerce.slack.com/",
        "team": "LMA Commerce",
        "user": user.login,
        "team_id": TEAM_ID,
        "user_id": user.id,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


def channel(slack: Slack, shown: SlackChannel) -> Json:
    """A public channel."""
    creator = next(iter(slack.users))
    set_at = int(shown.created_at.timestamp())
    return {
        "id": shown.id,
        "name": shown.name,
        "name_normalized": shown.name,
        "created": set_at,
        "creator": creator,
        "is_archived": shown.archived,
        "is_channel": True,
        "is_ext_shared": False,
        "is_general": False,
        "is_group": False,
        "is_im": False,
        "is_member": shown.member,
        "is_mpim": False,
        "is_org_shared": False,
        "is_pending_ext_shared": False,
        "is_private": False,
        "is_shared": False,
        "pending_shared": [],
        "previous_names": [],
        "purpose": {"value": shown.topic, "creator": creator, "last_set": set_at},
        "topic": {"value": shown.topic, "creator": creator, "last_set": set_at},
        "unlinked": 0,
    }


def message(slack: Slack, shown: SlackMessage, *, metadata: bool = False) -> Json:
    """A message, with how often it was answered; what apps put on it only when asked for."""
    made: Json = {"type": "message", "text": shown.text, "ts": shown.ts, "team": TEAM_ID}
    if shown.user:
        made["user"] = shown.user
    if shown.bot_id:
        made |= {"bot_id": shown.bot_id, "subtype": "bot_message", "username": shown.bot_name}
    if metadata and shown.metadata is not None:
        made["metadata"] = shown.metadata
    if shown.thread_ts:
        made["thread_ts"] = shown.thread_ts
        return made
    answers = slack.thread(shown.channel, shown.ts)[1:]
    if answers:
        made |= {
            "thread_ts": shown.ts,
            "reply_count": len(answers),
            "reply_users_count": len({one.user for one in answers}),
            "latest_reply": answers[-1].ts,
        }
    return made


def user(shown: SlackUser) -> Json:
    """A user, without the parts that nobody has filled in."""
    return {
        "id": shown.id,
        "team_id": TEAM_ID,
        "name": shown.login,
        "deleted": False,
        "color": "9f69e7",
        "real_name": shown.name,
        "tz": "Europe/Berlin",
        "tz_label": "Central European Time",
        "tz_offset": 3600,
        "is_admin": False,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": shown.bot,
        "is_app_user": False,
        "updated": 1_700_000_000,
        "profile": {
            "avatar_hash": "ge3b51ca72de",
            "display_name": shown.login,
            "display_name_normalized": shown.login,
            "real_name": shown.name,
            "real_name_normalized": shown.name,
            "fields": {},
            "phone": "",
            "skype": "",
            "title": "",
            "status_emoji": "",
            "status_text": "",
            "team": TEAM_ID,
            **({"email": shown.email} if shown.email else {}),
        },
    }


def usergroup(slack: Slack) -> Json:
    """The one group there is: `@backend-oncall`."""
    people = [one.id for one in slack.users.values() if not one.bot]
    return {
        "id": "S0BACKEND1",
        "team_id": TEAM_ID,
        "is_usergroup": True,
        "is_subteam": True,
        "name": "Backend on call",
        "description": "Who is on call for the API",
        "handle": "backend-oncall",
        "is_external": False,
        "auto_provision": False,
        "auto_type": None,
        "enterprise_subteam_id": "",
        "created_by": people[0],
        "updated_by": people[0],
        "deleted_by": None,
        "date_create": 1_700_000_000,
        "date_update": 1_700_000_000,
        "date_delete": 0,
        "prefs": {"channels": [], "groups": []},
        "users": people,
        "user_count": len(people),
    }


def team() -> Json:
    """The workspace."""
    return {
        "id": TEAM_ID,
        "name": "LMA Commerce",
        "domain": "lma-commerce",
        "email_domain": "lma.com",
        "icon": {"image_default": True},
    }
