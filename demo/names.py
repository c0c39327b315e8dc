"""The domains of both products as their resolver knows them, and their certificates.

Addresses are on loopback, where the certificates are shown; names on the way are as in reality.
"""

from datetime import timedelta
from typing import Final

from demo.vendors.dns import Zone

_KEY: Final = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0cu1w58wylXa1xp/wUxifZHy1nJgSCvR"
    "BzCJoOmyZr7ovtHTXlZuYnjpXKTt0eBXmSn5OzeRYjo+rdeTu9Ck/CzNfVNN57PVQ9WIRh+h6gEk"
    "eG6xaDZqgsMl8zz1K8mWiscxG2J44FVvAqSxy6HI1OBO8ckFdkLDeR8matyD9QoNd6M9SVoHhM+G"
    "DpYhbaMSRTCJJMwhP5MA6zi3nrTW4Qmh3KJq27jFe2vn+jtVN+on9fNS7GBYTCKKSMgOpscizJY0"
    "bhE//vMo53Mx3loTKnmqn0L9cDJNnnDAGZ+dwLvq+jFJ9dAHn5jmgsG8MVYKulKw7azS+U52DB+I"
    "zjV0pQIDAQAB"
)
"""A public key that nobody has the private one of any more."""

_VERCEL: Final = "cname.vercel-dns.com"
_RENDER: Final = "lma-api-production.onrender.com"


def _text(value: str) -> str:
    """A TXT record as a zone file holds it: in strings of 255 characters at most."""
    return " ".join(f'"{value[at : at + 250]}"' for at in range(0, len(value), 250))


def _alias(target: str) -> dict[str, list[str]]:
    return {"CNAME": [f"{target}."]}


def _mail(policy: str) -> dict[str, list[str]]:
    return {"TXT": [_text(policy)]}


def zone() -> Zone:
    """What the resolver of a new world knows."""
    return {
        "lma.com": {
            "A": ["127.0.0.1"],
            "NS": ["ns1.vercel-dns.com.", "ns2.vercel-dns.com."],
            "TXT": [
                _text("v=spf1 include:amazonses.com include:_spf.google.com ~all"),
                _text("google-site-verification=6aFh2s"),
            ],
        },
        "www.lma.com": _alias(_VERCEL),
        "merchant.lma.com": _alias(_VERCEL),
        "admin.lma.com": _alias(_VERCEL),
        "api.lma.com": _alias(_RENDER),
        "_dmarc.lma.com": _mail("v=DMARC1; p=quarantine; rua=mailto:dmarc@lma.com"),
        "resend._domainkey.lma.com": _mail(f"v=DKIM1; k=rsa; p={_KEY}"),
        "localloop.com": {
            "A": ["127.0.0.1"],
            "NS": ["ns1.vercel-dns.com.", "ns2.vercel-dns.com."],
            "TXT": [_text("v=spf1 include:amazonses.com ~all")],
        },
        "www.localloop.com": _alias(_VERCEL),
        "_dmarc.localloop.com": _mail("v=DMARC1; p=none; rua=mailto:ops@localloop.com"),
        "resend._domainkey.localloop.com": _mail(f"p={_KEY}"),
        _VERCEL: {"A": ["127.0.0.1"]},
        _RENDER: {"A": ["127.0.0.1"]},
        "amazonses.com": {"TXT": [_text("v=spf1 ip4:199.255.192.0/22 ip4:54.240.0.0/18 -all")]},
        "_spf.google.com": {"TXT": [_text("v=spf1 include:_netblocks.google.com ~all")]},
        "_netblocks.google.com": {"TXT": [_text("v=spf1 ip4:35.190.247.0/24 ~all")]},
    }


CERTIFICATES: Final = {
    "www.lma.com": timedelta(days=71, hours=5),
    "merchant.lma.com": timedelta(days=71, hours=5),
    "admin.lma.com": timedelta(days=26, hours=9),
    "api.lma.com": timedelta(days=58, hours=2),
    "localloop.com": timedelta(days=44, hours=7),
    "www.localloop.com": timedelta(days=44, hours=7),
}
"""How long each still holds; the wall warns from 21 days on (A:113)."""
