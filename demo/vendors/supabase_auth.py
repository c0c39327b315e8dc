"""The auth server of one Supabase project, over the memory of its users.

Besides what its specification has: the links by which a user chooses another password
(`POST /recover`, `POST /admin/generate_link`) and `POST /logout`, for which a user's own token is
needed: the auth server has no way to end the sessions of somebody else.
"""

import functools
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo import ids
from demo.vendors.supabase_people import AuditEntry, User
from demo.vendors.supabase_state import Project
from demo.vendors.wire import Refusal, bearer, iso, json_object, number

Handler = Callable[[Request], Awaitable[Response]]

BASE: Final = "/auth/v1"
_LINKS: Final = ("signup", "invite", "magiclink", "recovery", "email_change_new")
_CHANGEABLE: Final = frozenset({"ban_duration", "password"})


def error_body(status: int, code: str, message: str, extra: Mapping[str, object]) -> bytes:
    """The auth server's error shape."""
    body = {"code": status, "error_code": code or "unexpected_failure", "msg": message, **extra}
    return json.dumps(body).encode()


def bad(message: str) -> Refusal:
    """The answer to a request it does not understand."""
    return Refusal(400, "validation_failed", message)


class AuthApi:
    """The auth server of `project`."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._people = project.people
        self.writes: list[tuple[str, str]] = []
        """Writes that arrived, as method and path: what tests count."""

    def routes(self) -> list[Route]:
        """Everything below `/auth/v1`."""
        table: tuple[tuple[str, str, Handler], ...] = (
            ("GET", "/health", self._health),
            ("GET", "/admin/users", self._admin(self._users)),
            ("GET", "/admin/users/{user}", self._admin(self._user)),
            ("PUT", "/admin/users/{user}", self._admin(self._update)),
            ("GET", "/admin/audit", self._admin(self._audit)),
            ("POST", "/admin/generate_link", self._admin(self._generate_link)),
            ("POST", "/recover", self._recover),
            ("POST", "/logout", self._logout),
        )
        return [
            Route(f"{BASE}{path}", functools.partial(self._answer, handler), methods=[method])
            for method, path, handler in table
        ]

    async def _answer(self, handler: Handler, request: Request) -> Response:
        self._people.agenda.settle()
        if request.method != "GET":
            self.writes.append((request.method, request.url.path))
        try:
            self._admit(request)
            return await handler(request)
        except Refusal as refusal:
            body = error_body(refusal.status, refusal.code, refusal.message, refusal.extra)
            return Response(body, refusal.status, media_type="application/json")

    def _admit(self, request: Request) -> None:
        if request.headers.get("apikey") != self._project.secret_key:
            raise Refusal(401, "no_authorization", "No API key found in request")
        if not self._project.awake:
            # The real name no longer resolves then; a port of ours can not do that.
            raise Refusal(540, "project_paused", f"Project is {self._project.status.value}")

    def _admin(self, handler: Handler) -> Handler:
        async def answer(request: Request) -> Response:
            if bearer(request) != self._project.secret_key:
                raise Refusal(403, "not_admin", "User not allowed")
            return await handler(request)

        return answer

    async def _health(self, _request: Request) -> Response:
        description = "GoTrue is a user registration and authentication API"
        body = {"version": "v2.189.0", "name": "GoTrue", "description": description}
        return JSONResponse(body)

    async def _users(self, request: Request) -> Response:
        newest_first = sorted(
            self._people.users.values(), key=lambda one: one.created_at, reverse=True
        )
        page = _page(request, [_user(one) for one in newest_first])
        body = {"aud": "authenticated", "users": page}
        return JSONResponse(body, headers={"x-total-count": str(len(newest_first))})

    async def _user(self, request: Request) -> Response:
        return JSONResponse(_user(self._people.user(request.path_params["user"])))

    async def _update(self, request: Request) -> Response:
        user, body = self._people.user(request.path_params["user"]), await json_object(request, bad)
        if not body or not set(body) <= _CHANGEABLE:
            raise bad("only ban_duration and password can be changed here")
        if "ban_duration" in body:
            user = self._people.ban(user, str(body["ban_duration"]))
        if "password" in body:
            user = self._people.set_password(user)
        return JSONResponse(_user(user))

    async def _audit(self, request: Request) -> Response:
        newest_first = sorted(self._people.audit, key=lambda one: one.at, reverse=True)
        return JSONResponse(_page(request, [_entry(one) for one in newest_first]))

    async def _generate_link(self, request: Request) -> Response:
        body = await json_object(request, bad)
        kind, user = body.get("type"), self._people.by_email(str(body.get("email")))
        if kind not in _LINKS:
            raise bad(f"type must be one of {', '.join(_LINKS)}")
        if user is None:
            raise Refusal(404, "user_not_found", "User with this email not found")
        if kind == "recovery":
            user = self._people.recover(user)
        hashed = ids.token("link", user.id, len(self._people.recoveries), length=40)
        where = quote(f"https://{self._project.name}.com", safe="")
        return JSONResponse(
            {
                **_user(user),
                "action_link": f"https://{self._project.ref}.supabase.co/auth/v1/verify"
                f"?token={hashed}&type={kind}&redirect_to={where}",
                "email_otp": str(int(hashed.encode().hex()[:8], 16) % 1_000_000).zfill(6),
                "hashed_token": hashed,
                "verification_type": kind,
                "redirect_to": f"https://{self._project.name}.com",
            }
        )

    async def _recover(self, request: Request) -> Response:
        body = await json_object(request, bad)
        user = self._people.by_email(str(body.get("email")))
        # It does not tell whether there is such a user.
        if user is not None:
            self._people.recover(user)
        return JSONResponse({})

    async def _logout(self, request: Request) -> Response:
        user = self._people.of_token(bearer(request) or "")
        if user is None:
            raise Refusal(403, "bad_jwt", "invalid JWT: unable to parse or verify signature")
        self._people.sign_out(user)
        return Response(status_code=204)


def _page(request: Request, items: list[dict[str, object]]) -> list[dict[str, object]]:
    page = number(request, "page", bad, 1, 1_000_000) or 1
    size = number(request, "per_page", bad, 1, 1_000) or 50
    return items[(page - 1) * size : page * size]


def _user(one: User) -> dict[str, object]:
    times = {
        "email_confirmed_at": one.created_at,
        "confirmed_at": one.created_at,
        "last_sign_in_at": one.last_sign_in_at,
        "recovery_sent_at": one.recovery_sent_at,
        "banned_until": one.banned_until,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
    }
    return {
        "id": one.id,
        "aud": "authenticated",
        "role": "authenticated",
        "email": one.email,
        "phone": "",
        "app_metadata": {"provider": "email", "providers": ["email"]},
        "user_metadata": {},
        "identities": [
            {
                "identity_id": one.id,
                "id": one.id,
                "user_id": one.id,
                "identity_data": {"email": one.email, "sub": one.id},
                "provider": "email",
                "created_at": iso(one.created_at),
                "updated_at": iso(one.created_at),
                "email": one.email,
            }
        ],
        "factors": _factors(one),
        "is_anonymous": False,
        **{name: iso(at) for name, at in times.items() if at is not None},
    }


def _factors(one: User) -> list[dict[str, object]]:
    if not one.factor:
        return []
    return [
        {
            "id": one.id,
            "status": "verified",
            "friendly_name": "phone",
            "factor_type": "totp",
            "created_at": iso(one.created_at),
            "updated_at": iso(one.created_at),
        }
    ]


def _entry(one: AuditEntry) -> dict[str, object]:
    return {
        "id": one.id,
        "payload": {
            "action": one.action,
            "actor_id": one.actor_id,
            "actor_username": one.actor_name,
            "actor_via_sso": False,
            "log_type": one.kind,
        },
        "created_at": iso(one.at),
        "ip_address": one.address,
    }
