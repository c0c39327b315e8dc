"""Answers of Slack as plain JSON values, complete by its specification."""

from typing import Any

Json = dict[str, Any]

TS = "1795000000.000100"
"""2026-11-18 11:06:40 UTC."""


def auth(**changes: Any) -> Json:
    return {
        "ok": True,
        "team": "LMA",
        "team_id": "T12345678",
        "url": "https://lma.slack.com/",
        "user": "quarterdeck",
        "user_id": "W12345678",
        "bot_id": "B12345678",
    } | changes


def channel(**changes: Any) -> Json:
    told = {"value": "", "creator": "W012A3BCD", "last_set": 0}
    return {
        "id": "C012AB3CD",
        "name": "incidents",
        "name_normalized": "incidents",
        "created": 1_449_252_889,
        "creator": "W012A3BCD",
        "is_archived": False,
        "is_channel": True,
        "is_general": False,
        "is_group": False,
        "is_im": False,
        "is_member": True,
        "is_mpim": False,
        "is_org_shared": False,
        "is_private": False,
        "is_shared": False,
        "purpose": told,
        "topic": told,
    } | changes


def info(**changes: Any) -> Json:
    return {"ok": True, "channel": channel(**changes)}


def channels(*listed: Json, cursor: str = "") -> Json:
    return {
        "ok": True,
        "channels": list(listed),
        "response_metadata": {"next_cursor": cursor},
    }


def message(ts: str = TS, **changes: Any) -> Json:
    return {
        "type": "message",
        "ts": ts,
        "user": "U012AB3CDE",
        "text": "looking, <@U061F7AUR>: rate &gt; 5 % &amp; rising",
    } | changes


def history(*messages: Json) -> Json:
    return {
        "ok": True,
        "messages": list(messages),
        "has_more": False,
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }


def user(name: str = "maria") -> Json:
    return {
        "ok": True,
        "user": {
            "id": "U012AB3CDE",
            "name": name,
            "is_app_user": False,
            "is_bot": False,
            "updated": 1_502_138_686,
            "profile": {
                "avatar_hash": "ge3b51ca72de",
                "display_name": name,
                "display_name_normalized": name,
                "fields": {},
                "phone": "",
                "real_name": "Maria Okafor",
                "real_name_normalized": "Maria Okafor",
                "skype": "",
                "status_emoji": "",
                "status_text": "",
                "title": "",
            },
        },
    }


def refused(word: str, **more: str) -> Json:
    return {"ok": False, "error": word, **more}
