"""SPF, DKIM and DMARC by their RFCs: what receivers make of a domain's records."""

import base64
from collections.abc import Mapping, Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from providers.mail_records import (
    dkim_verdict,
    dmarc_verdict,
    read_spf,
    spf_verdict,
    tags_of,
)
from providers.system_readings import Condition

FINE, NOTABLE = Condition.FINE, Condition.NOTABLE
DEGRADED, BROKEN, UNKNOWN = Condition.DEGRADED, Condition.BROKEN, Condition.UNKNOWN

Inner = Mapping[str, Sequence[str] | None]


def chain(count: int) -> Inner:
    """Domains that include each other in a row, `count` of them."""
    inner = {f"d{n}": [f"v=spf1 include:d{n + 1} ~all"] for n in range(1, count)}
    return {**inner, f"d{count}": ["v=spf1 ip4:192.0.2.0/24 -all"]}


@pytest.mark.parametrize(
    ("texts", "inner", "condition", "state"),
    [
        ([], {}, DEGRADED, "missing"),
        (["google-site-verification=x"], {}, DEGRADED, "missing"),
        (["v=spf10 -all"], {}, DEGRADED, "missing"),
        (["v=spf1 -all"], {}, FINE, "present"),
        (["V=SPF1 ~ALL"], {}, FINE, "present"),
        (["v=spf1 ip4:192.0.2.1 ip6:2001:db8::/32 a mx:lma.com -all"], {}, FINE, "present"),
        (["v=spf1 -all", "v=spf1 ~all"], {}, BROKEN, "permerror"),
        (["v=spf1 ipv4:192.0.2.1 -all"], {}, BROKEN, "permerror"),
        (["v=spf1 include -all"], {}, BROKEN, "permerror"),
        (["v=spf1 +all"], {}, BROKEN, "open"),
        (["v=spf1 all"], {}, BROKEN, "open"),
        (["v=spf1 ?all"], {}, NOTABLE, "neutral"),
        (["v=spf1 mx"], {}, NOTABLE, "neutral"),
        (["v=spf1 include:b -all"], {"b": ["v=spf1 ip4:192.0.2.1 -all"]}, FINE, "present"),
        (["v=spf1 include:b -all"], {"b": []}, BROKEN, "permerror"),
        (["v=spf1 include:b -all"], {"b": ["v=spf1 a", "v=spf1 b"]}, BROKEN, "permerror"),
        (["v=spf1 include:b -all"], {"b": None}, UNKNOWN, "unknown"),
        (["v=spf1 include:b -all"], {"b": ["v=spf1 nonsense -all"]}, BROKEN, "permerror"),
        (["v=spf1 redirect=b"], {"b": ["v=spf1 -all"]}, FINE, "present"),
        (["v=spf1 -all redirect=gone"], {}, FINE, "present"),
        (["v=spf1 include:d1 -all"], chain(10), FINE, "present"),
        (["v=spf1 include:d1 -all"], chain(11), BROKEN, "permerror"),
        (["v=spf1 include:a -all"], {"a": ["v=spf1 include:a -all"]}, BROKEN, "permerror"),
        (["v=spf1 exp=why.lma.com -all"], {}, FINE, "present"),
    ],
)
def test_spf(texts: list[str], inner: Inner, condition: Condition, state: str) -> None:
    verdict = spf_verdict(texts, inner)

    assert (verdict.condition, verdict.state) == (condition, state), verdict.why


def test_spf_counts_every_term_that_costs_a_look_up() -> None:
    record = read_spf("v=spf1 a mx ptr exists:%{i}.lma.com include:b ip4:192.0.2.1 -all")

    assert (record.lookups, record.includes, record.catch_all) == (5, ("b",), "-")


def test_spf_of_eleven_look_ups_says_how_many() -> None:
    terms = " ".join(f"a:h{n}.lma.com" for n in range(11))

    assert "11 look-ups, receivers stop at 10" in spf_verdict([f"v=spf1 {terms} -all"], {}).why


def rsa_key(bits: int) -> str:
    key = rsa.RSAPublicNumbers(65537, 2 ** (bits - 1) + 1).public_key()
    encoded = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(encoded).decode()


STRONG, SHORT = rsa_key(2048), rsa_key(1024)
EDWARDS = base64.b64encode(
    ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw()
).decode()


@pytest.mark.parametrize(
    ("texts", "condition", "state"),
    [
        ([], DEGRADED, "missing"),
        (["hello"], DEGRADED, "missing"),
        ([f"v=DKIM1; k=rsa; p={STRONG}"], FINE, "present"),
        ([f"p={STRONG[:100]} {STRONG[100:]}"], FINE, "present"),
        ([f"v=DKIM1; k=ed25519; p={EDWARDS}"], FINE, "present"),
        ([f"p={SHORT}"], NOTABLE, "short"),
        ([f"v=DKIM1; t=y; p={STRONG}"], NOTABLE, "testing"),
        (["v=DKIM1; p="], BROKEN, "revoked"),
        (["v=DKIM1; p=%%%"], BROKEN, "malformed"),
        (["v=DKIM1; p=aGVsbG8="], BROKEN, "malformed"),
        (["v=DKIM2; p=aGVsbG8="], BROKEN, "malformed"),
        ([f"p={STRONG}", f"p={SHORT}"], DEGRADED, "ambiguous"),
    ],
)
def test_dkim(texts: list[str], condition: Condition, state: str) -> None:
    verdict = dkim_verdict(texts)

    assert (verdict.condition, verdict.state) == (condition, state), verdict.why


@pytest.mark.parametrize(
    ("texts", "condition", "state"),
    [
        ([], DEGRADED, "missing"),
        (["v=spf1 -all"], DEGRADED, "missing"),
        (["v=DMARC1; p=reject; rua=mailto:d@lma.com"], FINE, "p=reject"),
        (["v=DMARC1;p=quarantine;rua=mailto:d@lma.com"], FINE, "p=quarantine"),
        (["v=DMARC1; p=reject"], NOTABLE, "p=reject"),
        (["v=DMARC1; p=none; rua=mailto:d@lma.com"], NOTABLE, "p=none"),
        (["v=DMARC1; p=reject; pct=20; rua=mailto:d@lma.com"], NOTABLE, "p=reject"),
        (["v=DMARC1; p=block"], BROKEN, "malformed"),
        (["v=DMARC1; rua=mailto:d@lma.com"], BROKEN, "malformed"),
        (["v=DMARC1; p=reject; p=none"], BROKEN, "malformed"),
        (["v=DMARC1; p=reject", "v=DMARC1; p=none"], BROKEN, "ambiguous"),
    ],
)
def test_dmarc(texts: list[str], condition: Condition, state: str) -> None:
    verdict = dmarc_verdict(texts)

    assert (verdict.condition, verdict.state) == (condition, state), verdict.why


@given(
    texts=st.lists(st.text(alphabet="v=spf1DMARCKI;pinclude: -all~+/.", max_size=60), max_size=3),
    tail=st.text(max_size=40),
)
def test_any_text_gets_a_verdict(texts: list[str], tail: str) -> None:
    marked = [*texts, f"v=spf1 {tail}", f"v=DMARC1; {tail}", f"p={tail}"]

    for verdict in (spf_verdict(marked, {}), dkim_verdict(marked), dmarc_verdict(marked)):
        assert verdict.state
    assert tags_of(tail) is None or isinstance(tags_of(tail), dict)
