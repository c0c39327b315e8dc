"""The channels that people are told over, and a test message for each."""

from datetime import tzinfo
from typing import TYPE_CHECKING, Final

from monitor.channel_view import ChannelView
from monitor.snapshot import WorkspaceView
from monitor.words import age_words, clock_words
from providers.clock import Moment
from tui.engine_link import asked
from tui.messages import Choice

if TYPE_CHECKING:
    from tui.app_actions import CommandedApp

NOBODY: Final = "nobody is told: no channel under notices: in the configuration"
SEND: Final = "send"

_PATIENCE_S: Final = 20.0
_KINDS: Final = {"slack": "Slack", "pagerduty": "PagerDuty", "webhook": "webhook"}


def channel_choices(view: WorkspaceView, now: Moment, zone: tzinfo) -> tuple[Choice, ...]:
    """A line a channel: what it is, and how it is doing."""
    return tuple(
        Choice(
            key=one.name,
            label=f"{one.name}  {_KINDS.get(one.kind, one.kind)} {one.target}",
            note=_state(one, now, zone),
        )
        for one in view.channels
    )


def _state(channel: ChannelView, now: Moment, zone: tzinfo) -> str:
    if channel.problem:
        return f"fails: {channel.problem}"
    waiting = f", {channel.waiting} waiting" if channel.waiting else ""
    if channel.last_at is None:
        return f"nothing sent yet{waiting}"
    age_s = max(0.0, (now.at - channel.last_at).total_seconds())
    return f"sent {age_words(age_s)}, {clock_words(channel.last_at, zone)}{waiting}"


def sure_choices(channel: ChannelView) -> tuple[Choice, ...]:
    """Whether a test is really to be sent: it goes to people."""
    what = {
        "pagerduty": "opens an incident of PagerDuty and resolves it at once",
        "slack": "a message in the channel, marked as a test",
    }.get(channel.kind, "a message, marked as a test")
    return (
        Choice(key="", label="Do not send"),
        Choice(key=SEND, label=f"Send a test to {channel.name}", note=what),
    )


class NoticeTest:
    """Asks which channel, asks again, and sends.

    Args:
        app: Whose dialogs and engine it uses.
        view: The workspace.
    """

    def __init__(self, app: "CommandedApp", view: WorkspaceView) -> None:
        self._app = app
        self._view = view
        self._channel: ChannelView | None = None

    def begin(self) -> None:
        """Show the channels."""
        app, view = self._app, self._view
        if not view.channels:
            app.notify(NOBODY)
            return
        choices = channel_choices(view, app.clock.now(), app.zone)
        app.choose(f"Who is told of alerts of {view.spec.title}", choices, self._ask)

    def _ask(self, name: str | None) -> None:
        self._channel = next((one for one in self._view.channels if one.name == name), None)
        if self._channel is not None:
            self._app.choose("Send a test message?", sure_choices(self._channel), self._send)

    async def _send(self, word: str | None) -> None:
        channel, app = self._channel, self._app
        if word != SEND or channel is None:
            return
        workspace, operator = self._view.spec.name, app.settings.operator
        said = await asked(
            app.engine,
            lambda calls: calls.notices.test(workspace, channel.name, operator),
            _PATIENCE_S,
        )
        if said is None:
            app.notify("the engine does not answer: look whether it arrived", severity="warning")
        else:
            app.notify(said, severity="information" if said.startswith("test sent") else "warning")
