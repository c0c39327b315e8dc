"""Slack's Web API over the demo world's memory: refusals come with HTTP 200 and `ok: false`."""

import functools
import json
import math
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.vendors import slack_shapes as shapes
from demo.vendors.slack_state import BOT_ID, Slack, SlackChannel
from demo.vendors.wire import RateWindow, Refusal, bearer

Values = Mapping[str, object]
Method = Callable[[Values], dict[str, object]]

SCOPES: Final = "channels:read,channels:history,users:read,chat:write"
_PER_MINUTE: Final = {"conversations.list": 20, "chat.postMessage": 60}
_USUAL_PER_MINUTE: Final = 50
_LONGEST: Final = 40_000


def error_body(status: int, code: str, _message: str, extra: Mapping[str, object]) -> bytes:
    """Slack's error shape."""
    words = {401: "invalid_auth", 429: "ratelimited", 404: "unknown_method"}
    word = code if status == 200 else words.get(status, "internal_error")
    return json.dumps({"ok": False, "error": word, **extra}).encode()


def _refuse(word: str, **extra: object) -> Refusal:
    return Refusal(200, word, word, extra=extra)


class SlackApi:
    """The API of `state`, under `/api`.

    Args:
        state: What it remembers.
        tokens: The scopes of each bot token, as Slack lists them.
        before: Called before each answer: what happened meanwhile.
    """

    def __init__(self, state: Slack, tokens: Mapping[str, str], before: Callable[[], None]) -> None:
        self._state = state
        self._tokens = dict(tokens)
        self._before = before
        self._windows: dict[str, RateWindow] = {}
        self.writes: list[str] = []
        """Methods that wrote something: what tests count."""

    def app(self) -> Starlette:
        """The ASGI app."""
        reads: dict[str, Method] = {
            "auth.test": lambda _: shapes.auth(self._state, "quarterdeck"),
            "api.test": lambda _: {},
            "conversations.history": self._history,
            "conversations.replies": self._replies,
            "conversations.list": self._channels,
            "conversations.info": self._info,
            "users.info": self._user,
            "usergroups.list": lambda _: {"usergroups": [shapes.usergroup(self._state)]},
            "team.info": lambda _: {"team": shapes.team()},
        }
        writes: dict[str, Method] = {
            "chat.postMessage": self._post,
            "chat.update": self._update,
            "chat.delete": self._delete,
        }
        return Starlette(
            routes=[
                *(self._route(name, make, ["GET", "POST"]) for name, make in reads.items()),
                *(self._route(name, make, ["POST"]) for name, make in writes.items()),
            ]
        )

    def _route(self, name: str, make: Method, methods: list[str]) -> Route:
        answer = functools.partial(self._answer, name, make)
        return Route(f"/api/{name}", answer, methods=methods)

    async def _answer(self, name: str, make: Method, request: Request) -> Response:
        self._before()
        token = bearer(request) or ""
        try:
            self._admit(name, token)
            made = make(await _values(request))
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            return Response(
                body, refusal.status, media_type="application/json", headers=refusal.headers
            )
        if name.startswith("chat."):
            self.writes.append(name)
        return JSONResponse({"ok": True, **made}, headers=self._scopes(token))

    def _scopes(self, token: str) -> dict[str, str]:
        return {"x-oauth-scopes": self._tokens.get(token, "")}

    def _admit(self, name: str, token: str) -> None:
        if token not in self._tokens:
            raise _refuse("invalid_auth" if token else "not_authed")
        limit = _PER_MINUTE.get(name, _USUAL_PER_MINUTE)
        window = self._windows.setdefault(name, RateWindow(limit=limit, window_s=60))
        now = self._state.agenda.now
        allowance = window.take(token, now)
        if allowance.exceeded:
            headers = {"retry-after": str(allowance.seconds_left(now))}
            raise Refusal(429, "ratelimited", "ratelimited", headers=headers)

    def _channel(self, values: Values, *, inside: bool = True) -> SlackChannel:
        found = self._state.channels.get(str(values.get("channel", "")))
        if found is None:
            raise _refuse("channel_not_found")
        if inside and not found.member:
            raise _refuse("not_in_channel")
        return found

    def _history(self, values: Values) -> dict[str, object]:
        channel = self._channel(values)
        oldest, latest = _number(values, "oldest", 0.0), _number(values, "latest", math.inf)
        inside = [one for one in self._state.of(channel.id) if oldest <= float(one.ts) <= latest]
        ends = {oldest, latest} if values.get("inclusive") not in {"true", True} else set()
        found = [one for one in inside if float(one.ts) not in ends]
        limit = int(_number(values, "limit", 100))
        metadata = values.get("include_all_metadata") in {"true", True}
        return {
            "messages": [
                shapes.message(self._state, one, metadata=metadata) for one in found[:limit]
            ],
            "has_more": len(found) > limit,
            "pin_count": 0,
            "channel_actions_ts": None,
            "channel_actions_count": 0,
        }

    def _replies(self, values: Values) -> dict[str, object]:
        found = self._state.thread(self._channel(values).id, str(values.get("ts", "")))
        if not found:
            raise _refuse("thread_not_found")
        return {
            "messages": [shapes.message(self._state, one) for one in found],
            "has_more": False,
        }

    def _channels(self, _values: Values) -> dict[str, object]:
        listed = [one for one in self._state.channels.values() if not one.archived]
        return {
            "channels": [shapes.channel(self._state, one) for one in listed],
            "response_metadata": {"next_cursor": ""},
        }

    def _info(self, values: Values) -> dict[str, object]:
        shown = self._channel(values, inside=False)
        made = shapes.channel(self._state, shown)
        if values.get("include_num_members") in {"true", True}:
            made["num_members"] = len(self._state.users)
        return {"channel": made}

    def _user(self, values: Values) -> dict[str, object]:
        found = self._state.users.get(str(values.get("user", "")))
        if found is None:
            raise _refuse("user_not_found")
        return {"user": shapes.user(found)}

    def _post(self, values: Values) -> dict[str, object]:
        channel, text = self._channel(values), self._text(values)
        made = self._state.say(
            channel.id,
            text,
            login="quarterdeck",
            bot=(BOT_ID, "Quarterdeck"),
            thread_ts=str(values.get("thread_ts", "")),
            metadata=_metadata(values),
        )
        return {
            "channel": channel.id,
            "ts": made.ts,
            "message": shapes.message(self._state, made),
        }

    def _update(self, values: Values) -> dict[str, object]:
        channel, text, ts = self._channel(values), self._text(values), str(values.get("ts", ""))
        mine = [one for one in self._state.messages if one.ts == ts and one.bot_id == BOT_ID]
        if not mine:
            known = any(one.ts == ts for one in self._state.messages)
            raise _refuse("cant_update_message" if known else "message_not_found")
        self._state.update(channel.id, ts, text)
        return {"channel": channel.id, "ts": ts, "text": text, "message": {"text": text}}

    def _delete(self, values: Values) -> dict[str, object]:
        channel, ts = self._channel(values), str(values.get("ts", ""))
        found = [one for one in self._state.messages if (one.channel, one.ts) == (channel.id, ts)]
        if not found:
            raise _refuse("message_not_found")
        if found[0].bot_id != BOT_ID:
            raise _refuse("cant_delete_message")
        self._state.delete(channel.id, ts)
        return {"channel": channel.id, "ts": ts}

    def _text(self, values: Values) -> str:
        text = str(values.get("text", ""))
        if not text:
            raise _refuse("no_text")
        if len(text) > _LONGEST:
            raise _refuse("msg_too_long")
        return text


async def _values(request: Request) -> Values:
    """The arguments, wherever they stand: the query, a form or JSON."""
    values: dict[str, object] = dict(request.query_params)
    raw = (await request.body()).decode("utf-8", "replace")
    if not raw:
        return values
    if "json" not in request.headers.get("content-type", ""):
        return {**values, **dict(parse_qsl(raw))}
    try:
        loaded = json.loads(raw)
    except ValueError as error:
        raise _refuse("invalid_json") from error
    if not isinstance(loaded, dict):
        raise _refuse("json_not_object")
    return {**values, **loaded}


def _metadata(values: Values) -> dict[str, object] | None:
    found = values.get("metadata")
    if not isinstance(found, dict):
        return None
    if not isinstance(found.get("event_type"), str):
        raise _refuse("invalid_metadata_format")
    return found


def _number(values: Values, name: str, usual: float) -> float:
    raw = values.get(name)
    if raw is None:
        return usual
    try:
        return float(str(raw))
    except ValueError as error:
        raise _refuse("invalid_arg_name") from error
