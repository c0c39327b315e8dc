"""What Render remembers: services, their deploys, instances and events.

A roll back is a *new* deploy of an old build and leaves autodeploy on; a second deploy while one
runs waits; restart and scale show as events, not as deploys (vendor-apis §2).
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from msgspec import Struct, field
from msgspec.structs import replace

from demo import ids
from demo.agenda import Agenda
from demo.commits import Commit
from demo.vendors.render_models import (
    Deploy,
    DeployStatus,
    Event,
    Instance,
    RenderService,
    Timing,
    ended_event,
    started_event,
)
from demo.vendors.wire import Refusal

Ended = Callable[[Deploy], None]


class Render(Struct):
    """All services of the demo world's Render.

    Args:
        agenda: When things happen.
        timing: How long its steps take.
    """

    agenda: Agenda
    timing: Timing = field(default_factory=Timing)
    services: dict[str, RenderService] = field(default_factory=dict)
    deploys: dict[str, Deploy] = field(default_factory=dict)
    instances: dict[str, tuple[Instance, ...]] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    watches: list[Callable[[], None]] = field(default_factory=list)
    """Look after the services whenever somebody asks for their feed."""

    _serial: int = 0

    def service(self, id_: str) -> RenderService:
        """One service by id.

        Raises:
            Refusal: There is none.
        """
        if id_ not in self.services:
            raise Refusal(404, "not_found", f"service not found: {id_}")
        return self.services[id_]

    def deploy(self, service: RenderService, id_: str) -> Deploy:
        """One deploy of one service.

        Raises:
            Refusal: The service has none of that id.
        """
        found = self.deploys.get(id_)
        if found is None or found.service_id != service.id:
            raise Refusal(404, "not_found", f"deploy not found: {id_}")
        return found

    def of(self, service_id: str) -> list[Deploy]:
        """A service's deploys, newest first."""
        found = [each for each in self.deploys.values() if each.service_id == service_id]
        return sorted(found, key=lambda each: (each.created_at, each.serial), reverse=True)

    def live(self, service_id: str) -> Deploy | None:
        """What serves now; None while nothing ever went live."""
        live = (each for each in self.of(service_id) if each.status is DeployStatus.LIVE)
        return next(live, None)

    def running(self, service_id: str) -> Deploy | None:
        """The deploy under way, if any."""
        return next((each for each in self.of(service_id) if each.status.running), None)

    def add(self, service: RenderService, deploys: Iterable[Deploy]) -> None:
        """Put in a service with its past; the past has its events too."""
        self.services[service.id] = service
        for deploy in deploys:
            self.deploys[deploy.id] = deploy
            self._note(started_event(deploy), deploy)
            if deploy.status.over:
                self._note(ended_event(deploy), deploy)
        live = self.live(service.id)
        self._start_instances(service, live.finished_at if live else None)

    def _note(self, event: Event, deploy: Deploy | None = None) -> None:
        serial = len(self.events)
        about = deploy.id if deploy else event.service_id
        self.events.append(replace(event, id=ids.render("evt", about, event.type, serial)))

    def note(self, service_id: str, type_: str, details: dict[str, object]) -> None:
        """An event that happens now."""
        at = self.agenda.now
        self._note(Event(service_id=service_id, type=type_, at=at, details=details))

    def _start_instances(self, service: RenderService, at: datetime | None = None) -> None:
        self._serial += 1
        self.instances[service.id] = tuple(
            Instance(
                id=f"{service.id}-{ids.token(service.id, self._serial, number, length=5)}",
                created_at=at or self.agenda.now,
            )
            for number in range(service.instance_count)
        )

    def begin(
        self, service: RenderService, commit: Commit, trigger: str, on_end: Ended | None = None
    ) -> Deploy:
        """Deploy a commit: built now, or queued behind the one that runs."""
        self._require_running(service)
        self._serial += 1
        now = self.agenda.now
        waits = self.running(service.id) is not None
        deploy = Deploy(
            id=ids.render("dep", service.id, commit.sha, self._serial, now),
            serial=self._serial,
            service_id=service.id,
            commit=commit,
            trigger=trigger,
            created_at=now,
            updated_at=now,
            status=DeployStatus.QUEUED if waits else DeployStatus.CREATED,
            on_end=on_end,
        )
        self.deploys[deploy.id] = deploy
        if not waits:
            self._start(deploy.id)
        return deploy

    @staticmethod
    def _require_running(service: RenderService) -> None:
        if service.suspended:
            raise Refusal(409, "conflict", "service is suspended")

    def _create(self, id_: str) -> str:
        return self._set(id_, DeployStatus.CREATED).id

    def _start(self, id_: str) -> None:
        now = self.agenda.now
        deploy = replace(self.deploys[id_], started_at=now, updated_at=now)
        self.deploys[id_] = deploy
        self._note(started_event(deploy), deploy)
        build_s = 0.0 if deploy.trigger == "rollback" else self.timing.build_s
        start_s = self.timing.create_s
        if build_s:
            self.agenda.after(start_s, lambda: self._step(id_, DeployStatus.BUILDING))
        self.agenda.after(start_s + build_s, lambda: self._step(id_, DeployStatus.UPDATING))
        end_s = start_s + build_s + self.timing.update_s
        self.agenda.after(end_s, lambda: self._finish(id_))

    def _step(self, id_: str, status: DeployStatus) -> None:
        if self.deploys[id_].status.running:
            self._set(id_, status)

    def _set(self, id_: str, status: DeployStatus) -> Deploy:
        now = self.agenda.now
        changed = replace(self.deploys[id_], status=status, updated_at=now)
        if status.over and changed.finished_at is None:
            changed = replace(changed, finished_at=now)
        self.deploys[id_] = changed
        return changed

    def _finish(self, id_: str) -> None:
        if not self.deploys[id_].status.running:
            return
        service_id = self.deploys[id_].service_id
        if (old := self.live(service_id)) is not None:
            self._set(old.id, DeployStatus.DEACTIVATED)
        self._close(self._set(id_, DeployStatus.LIVE))
        self._start_instances(self.services[service_id])
        self._touch(service_id)

    def _close(self, deploy: Deploy) -> None:
        self._note(ended_event(deploy), deploy)
        if deploy.on_end is not None:
            deploy.on_end(deploy)
        waiting = [
            each for each in self.of(deploy.service_id) if each.status is DeployStatus.QUEUED
        ]
        if waiting and self.running(deploy.service_id) is None:
            self._start(self._create(waiting[-1].id))

    def _touch(self, service_id: str) -> None:
        service = self.services[service_id]
        self.services[service_id] = replace(service, updated_at=self.agenda.now)

    def cancel(self, deploy: Deploy) -> Deploy:
        """Stop a deploy that is not over.

        Raises:
            Refusal: It is over.
        """
        if deploy.status.over:
            raise Refusal(409, "conflict", "deploy is not in a cancelable state")
        canceled = self._set(deploy.id, DeployStatus.CANCELED)
        self._close(canceled)
        return canceled

    def roll_back(self, service: RenderService, to: Deploy) -> Deploy:
        """Deploy an old build again; autodeploy stays as it is.

        Raises:
            Refusal: That build never served, or serves now.
        """
        if to.status is not DeployStatus.DEACTIVATED:
            raise Refusal(400, "bad_request", "cannot roll back to this deploy")
        return self.begin(service, to.commit, "rollback")

    def restart(self, service: RenderService) -> None:
        """Replace the instances; not possible for cron jobs and static sites.

        Raises:
            Refusal: It cannot be restarted.
        """
        self._require_running(service)
        if service.type in {"cron_job", "static_site"}:
            raise Refusal(400, "bad_request", f"cannot restart a {service.type}")
        self.agenda.after(self.timing.restart_s, lambda: self._restarted(service.id))

    def _restarted(self, service_id: str) -> None:
        self._start_instances(self.services[service_id])
        self.note(service_id, "server_restarted", {"triggeredByUser": "quarterdeck"})

    def scale(self, service: RenderService, count: int) -> None:
        """Change the number of instances; accepted and ignored while autoscaling is on."""
        if service.autoscaling or count == service.instance_count:
            return
        self.agenda.after(self.timing.scale_s, lambda: self._scaled(service.id, count))

    def _scaled(self, service_id: str, count: int) -> None:
        before = self.services[service_id]
        self.services[service_id] = replace(before, instance_count=count)
        details = {"fromInstances": before.instance_count, "toInstances": count}
        self.note(service_id, "instance_count_changed", dict(details))
        self._start_instances(self.services[service_id])

    def suspend(self, service: RenderService) -> None:
        """Take the service down, a moment later."""
        self.agenda.after(self.timing.suspend_s, lambda: self._suspend(service.id, suspended=True))

    def resume(self, service: RenderService) -> None:
        """Bring it back; the live commit is deployed again."""
        self.agenda.after(self.timing.suspend_s, lambda: self._suspend(service.id, suspended=False))

    def _suspend(self, service_id: str, *, suspended: bool) -> None:
        service = self.services[service_id]
        if service.suspended == suspended:
            return
        self.services[service_id] = replace(service, suspended=suspended)
        word = "service_suspended" if suspended else "service_resumed"
        self.note(service_id, word, {"actor": "user"})
        live = self.live(service_id)
        if not suspended and live is not None:
            self.begin(self.services[service_id], live.commit, "service_resumed")

    def set_auto_deploy(self, service: RenderService, *, on: bool) -> RenderService:
        """Let pushes deploy, or not."""
        changed = replace(service, auto_deploy=on, updated_at=self.agenda.now)
        self.services[service.id] = changed
        if on != service.auto_deploy:
            details: dict[str, object] = {"newTrigger": "commit"} if on else {"reason": "user"}
            self.note(service.id, "auto_deploy_enabled" if on else "auto_deploy_disabled", details)
        return changed

    def push(self, service_id: str, commit: Commit) -> Deploy | None:
        """What a push to the branch does: a deploy while autodeploy is on."""
        service = self.services[service_id]
        return self.begin(service, commit, "new_commit") if service.auto_deploy else None

    def instances_up_s(self, service_id: str) -> float:
        """Seconds since the youngest instance started."""
        started = [each.created_at for each in self.instances.get(service_id, ())]
        return (self.agenda.now - max(started)) / timedelta(seconds=1) if started else 0.0
