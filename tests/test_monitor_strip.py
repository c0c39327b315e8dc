"""One entry a vendor: page and account together, the worse told, what is awaited not."""

from msgspec.structs import replace

from monitor.snapshot import PaneState, PaneStatus
from monitor.states import Freshness
from monitor.strip import strip
from providers.base import Area
from providers.system_readings import Condition
from providers.vendor_readings import VendorState
from tests.values_database import incident_database
from tests.values_lists import vendor
from tests.values_systems import stripe, system


def test_an_account_that_is_worse_than_its_page_is_told_under_its_name() -> None:
    page = vendor("Stripe", VendorState.OPERATIONAL)
    (entry,) = strip((page,), (stripe(),))
    assert (entry.name, entry.state) == ("Stripe", VendorState.PARTIAL_OUTAGE)
    assert entry.reading is not None
    assert entry.reading.description.text == "live mode, 2 webhooks, 1 disabled"


def test_a_page_that_is_worse_stays() -> None:
    page = vendor("Stripe", VendorState.MAJOR_OUTAGE)
    assert strip((page,), (stripe(),)) == (page,)


def test_a_system_without_a_page_stands_behind_the_pages() -> None:
    page = vendor("Vercel", VendorState.OPERATIONAL)
    entries = strip((page,), (system("Domains", Area.NETWORK, Condition.DEGRADED),))
    assert [(one.name, one.state) for one in entries] == [
        ("Vercel", VendorState.OPERATIONAL),
        ("Domains", VendorState.DEGRADED),
    ]


def test_what_was_read_in_depth_says_nothing_of_a_database_that_is_silent() -> None:
    deep = system("PostgreSQL", Area.DATABASE)
    answering = incident_database()
    silent = replace(answering, status=PaneStatus(state=PaneState.FAILED, message="refused"))
    states = [strip((), (deep,), (one,))[0].state for one in (answering, silent)]
    assert states == [VendorState.OPERATIONAL, VendorState.UNKNOWN]


def test_several_systems_of_one_vendor_are_one_entry() -> None:
    fine = system("Supabase", Area.DATABASE)
    paused = system("Supabase", Area.SECURITY, Condition.PAUSED)
    (entry,) = strip((), (fine, paused))
    assert entry.state is VendorState.MAINTENANCE


def test_what_is_awaited_hides_nothing_and_what_is_not_known_is_not_green() -> None:
    page = vendor("Stripe", VendorState.OPERATIONAL)
    awaited = replace(stripe(), freshness=Freshness.LOADING, condition=Condition.UNKNOWN)
    assert strip((page,), (awaited,)) == (page,)
    silent = replace(stripe(), freshness=Freshness.UNKNOWN, condition=Condition.UNKNOWN)
    (entry,) = strip((page,), (silent,))
    assert entry.state is VendorState.UNKNOWN
