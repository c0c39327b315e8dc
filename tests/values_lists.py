"""Made-up deploys, alerts, events and vendors."""

from monitor.events import Event, EventKind
from monitor.snapshot import AlertView, DeployView, VendorView
from monitor.states import Freshness
from monitor.verdicts import Level, Phase
from monitor.workspace import (
    ServiceSpec,
)
from providers.deploy_readings import DeployReading, DeployState
from providers.readings import SourceId
from providers.text import Foreign
from providers.vendor_readings import VendorReading, VendorState
from tests.values_common import PROD, STG, ago, at, source


def service(name: str, title: str) -> ServiceSpec:
    return ServiceSpec(name=name, title=title)


def deploy(
    number: int,
    environment: str,
    name: str,
    commit: str,
    state: DeployState,
    author: str,
    message: str,
    age_s: float,
    *,
    title: str = "",
    onset: str = "",
) -> DeployView:
    return DeployView(
        deploy=DeployReading(
            vendor="Render" if name == "api" else "Vercel",
            id=f"dep-{number}",
            target=name,
            environment=environment,
            state=state,
            vendor_state=Foreign(state.value),
            commit=Foreign(commit + "0" * 33),
            message=Foreign(message),
            author=Foreign(author),
            trigger=Foreign("push"),
            created_at=at(age_s + 90),
            live_at=at(age_s),
        ),
        source=source(environment, f"deploys/{name}"),
        service=service(name, title or name),
        live=state is DeployState.LIVE,
        at=at(age_s),
        onset=onset,
    )


def incident_deploys() -> tuple[DeployView, ...]:
    live, copy = DeployState.LIVE, "checkout copy"
    return (
        deploy(1, PROD, "api", "7d20b5e", live, "maria", "pool: raise max to 40", 320,
               title="API", onset="onset −40s"),
        deploy(2, PROD, "web", "a1f3c9e", live, "deniz", copy, 1860, title="Customer Web"),
        deploy(3, PROD, "merchant", "a1f3c9e", live, "deniz", copy, 1870, title="Merchant Admin"),
        deploy(4, PROD, "admin", "a1f3c9e", live, "deniz", copy, 1880, title="Super Admin"),
        deploy(5, STG, "api", "c44e1f0", live, "maria", "pool: raise max to 40", 3700, title="API"),
        deploy(6, PROD, "api", "51b9a02", DeployState.PREVIOUS, "ivan", "refund webhook retry",
               10_900, title="API"),
        deploy(7, STG, "web", "9be0d44", DeployState.FAILED, "deniz", "tailwind bump", 18_100,
               title="Customer Web"),
    )  # fmt: skip


def alert(
    key: str,
    title: str,
    why: str,
    *,
    level: Level = Level.WARNING,
    phase: Phase = Phase.FIRING,
    severity: str = "SEV2",
    environment: str = PROD,
    since_s: float = 60,
    required_s: float = 0,
    failures: int = 0,
    runbook: str = "A:275",
) -> AlertView:
    return AlertView(
        key=key,
        title=title,
        level=level,
        phase=phase,
        severity=severity,
        environment=environment,
        since=ago(since_s),
        subject=title,
        fact=why.partition(" ×")[0],
        needed=3 if " ×" in why else 0,
        why=why,
        elapsed_s=since_s,
        required_s=required_s,
        failures=failures,
        runbook=runbook,
        source=source(environment, key),
    )


def incident_alerts() -> tuple[AlertView, ...]:
    return (
        alert("api-health", "API /health", "503 ×19", level=Level.CRITICAL, severity="SEV1",
              since_s=280, failures=19, runbook="B:141"),
        alert("db-connect", "DB connect", "4 failures in 5m", level=Level.CRITICAL,
              severity="SEV1", since_s=238, failures=4, runbook="B:160"),
        alert("errors", "Error rate", "2.4 % > 2 %", phase=Phase.PENDING, since_s=372,
              required_s=900, runbook="A:292"),
        alert("query", "DB query avg", "212 ms > 200 ms", phase=Phase.PENDING, severity="SEV3",
              since_s=480, required_s=900, runbook=""),
    )  # fmt: skip


def event(
    seconds: float, kind: EventKind, level: Level, text: str, key: str, environment: str = PROD
) -> Event:
    return Event(
        at=at(seconds), kind=kind, level=level, text=text, environment=environment, key=key
    )


def incident_timeline() -> tuple[Event, ...]:
    alert_, ok, w, c = EventKind.ALERT, Level.OK, Level.WARNING, Level.CRITICAL
    return (
        event(109, EventKind.VENDOR, w, "Supabase status: pooler latency", "e1", ""),
        event(189, EventKind.OPERATOR, ok, "dana acked API /health", "e2", ""),
        event(238, alert_, c, "DB connect failures 4/5m", "e3"),
        event(280, alert_, c, "API /health 503", "e4"),
        event(320, EventKind.DEPLOY, ok, "deploy 7d20b5e live (maria)", "e5"),
        event(372, alert_, w, "Error rate > 2 %", "e6"),
        event(724, alert_, w, "pid 15136 idle in tx", "e7"),
        event(1969, EventKind.OPERATOR, ok, "shift start: dana from ivan", "e8", ""),
    )


def vendor(
    name: str,
    state: VendorState = VendorState.OPERATIONAL,
    description: str = "",
    *,
    updated_s: float = 40,
    freshness: Freshness = Freshness.LIVE,
) -> VendorView:
    return VendorView(
        name=name,
        source=SourceId(f"lma/-/status/{name.lower()}"),
        state=state,
        freshness=freshness,
        reading=VendorReading(
            vendor=name,
            state=state,
            description=Foreign(description),
            updated_at=at(updated_s),
        ),
        failure=None,
        at=ago(40),
    )


def incident_vendors() -> tuple[VendorView, ...]:
    names = ("Vercel", "Render", "Supabase", "Stripe", "Resend", "GitHub", "Sentry", "PagerDuty",
             "Google")  # fmt: skip
    return tuple(
        vendor(name, VendorState.DEGRADED, "pooler latency", updated_s=120)
        if name == "Supabase"
        else vendor(name)
        for name in names
    )
