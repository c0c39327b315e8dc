"""What a world has besides HTTP services: a name server, certificates, folders with backups."""

from pathlib import Path
from typing import Final

from demo.backups import seed
from demo.faults import Faults
from demo.names import CERTIFICATES, zone
from demo.serve import Port
from demo.vendors.dns import SERVICE, DnsServer
from demo.vendors.tls_site import TlsSite
from providers.clock import Clock

PRODUCTS: Final = ("lma", "localloop")


def surroundings(folder: Path, faults: Faults, clock: Clock) -> dict[str, Port]:
    """Ports by name, not open yet; the folders are there afterwards.

    Args:
        folder: Of the world, ours alone.
        faults: What is wrong; names are the paths of the name server's.
        clock: When it is.
    """
    now = clock.now().at
    for product in PRODUCTS:
        seed(folder / f"backups-{product}", now)
    place = folder / "certificates"
    place.mkdir(mode=0o700)
    return {SERVICE: DnsServer(zone(), faults), "tls": TlsSite(CERTIFICATES, place, now)}
