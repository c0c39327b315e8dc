"""Web vitals and the status pages with shapes of their own, for the shared suites."""

from providers.base import SourceKind
from providers.clock import SystemClock
from providers.http import Api
from providers.statuspage import StatusPageOptions, StatusPageSource
from providers.web_vitals import FieldSource, LabSource, Page, VitalsOptions
from tests import vendor_data_outside as data
from tests.vendor_rig import Rig, by_path, rig_of, spec_of

HOME = Page(title="Home", url="https://localloop.com/")
CLOCK = SystemClock()


def vitals(api: Api, *pages: Page) -> FieldSource:
    options = VitalsOptions(title="Web vitals", pages=pages or (HOME,))
    return FieldSource(spec_of("CrUX", SourceKind.SYSTEM), options, api, CLOCK)


def lab(api: Api, *pages: Page) -> LabSource:
    options = VitalsOptions(title="Web vitals", pages=pages or (HOME,))
    return LabSource(spec_of("PageSpeed", SourceKind.SYSTEM), options, api, CLOCK)


def shaped(api: Api, name: str, *components: str) -> StatusPageSource:
    options = StatusPageOptions(
        vendor=name.title(), components=components, format=name, page=f"https://{name}.example"
    )
    return StatusPageSource(spec_of(name.title(), SourceKind.VENDOR_STATUS), options, api)


def _page(vendor: str, name: str, path: str, body: object) -> Rig:
    bodies = ((path, body),)
    return Rig(
        vendor=vendor,
        build=lambda api: shaped(api, name),
        healthy=by_path(bodies),
        credential=False,
        bodies=bodies,
    )


OUTSIDE_RIGS = (
    rig_of("Web vitals", vitals, ("/v1/records:queryRecord", data.crux())),
    rig_of("PageSpeed", lab, ("/pagespeedonline/v5/runPagespeed", data.lighthouse())),
    _page("Google status", "google", "/incidents.json", [data.google_incident()]),
    _page("Slack status", "slack", "/api/v2.0.0/current", data.slack(data.slack_incident())),
)
