"""The web apps of both products: pages people open, served from the live Vercel deployment."""

import random
from collections.abc import Callable
from html import escape
from typing import Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from demo import ids
from demo.commits import Commit
from demo.estate import Estate
from providers.clock import Clock

_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="commit" content="{commit}">
<meta name="viewport" content="width=device-width">
</head>
<body>
<main><h1>{title}</h1><p>{line}</p></main>
<footer>{short}</footer>
</body>
</html>
"""
_PAUSED: Final = "<!DOCTYPE html><html><body><h1>503: DEPLOYMENT_PAUSED</h1></body></html>"


class WebApp:
    """One web app in one environment.

    Args:
        estate: Which deployment is live.
        project: Name of its Vercel project.
        title: What the page is headed.
        clock: Whose time passes.
        slowness_ms: How much longer a page takes because of what it depends on.
        base_ms: How long a page takes in calm times.
    """

    def __init__(
        self,
        estate: Estate,
        project: str,
        title: str,
        clock: Clock,
        *,
        slowness_ms: Callable[[], float] = lambda: 0.0,
        base_ms: float = 118,
    ) -> None:
        self._estate = estate
        self._project = project
        self._title = title
        self._clock = clock
        self._slowness_ms = slowness_ms
        self._base_ms = base_ms
        self._noise = random.Random(project)

    def app(self, *more: BaseRoute) -> Starlette:
        """The ASGI app, with more routes before the pages."""
        return Starlette(routes=[*more, Route("/{path:path}", self._page)])

    @property
    def commit(self) -> Commit | None:
        """What is live; None while the project is paused."""
        return self._estate.live_web(self._project)

    async def wait(self, base_ms: float) -> None:
        """Take the time an answer takes."""
        calm_ms = base_ms * self._noise.lognormvariate(0.0, 0.22)
        await self._clock.sleep((calm_ms + self._slowness_ms()) / 1000)

    async def _page(self, request: Request) -> Response:
        line = "Open" if request.url.path == "/" else "You asked for " + request.url.path
        return await self.page(self._title, line)

    async def page(self, title: str, line: str) -> Response:
        """A page of the app that says one line."""
        await self.wait(self._base_ms)
        commit = self.commit
        if commit is None:
            return HTMLResponse(_PAUSED, 503, {"x-vercel-error": "DEPLOYMENT_PAUSED"})
        html = _PAGE.format(
            title=escape(title), commit=commit.sha, short=commit.short, line=escape(line)
        )
        headers = {
            "x-vercel-cache": "MISS",
            "x-vercel-id": f"fra1::{ids.token('request', self._noise.random(), length=5)}",
            "x-commit": commit.sha,
            "strict-transport-security": "max-age=63072000",
        }
        return HTMLResponse(html, headers=headers)
