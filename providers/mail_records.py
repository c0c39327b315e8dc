"""What the records of a domain say about who may send its mail; pure.

SPF is RFC 7208, DKIM keys RFC 6376, DMARC RFC 7489. A record that receivers ignore is as bad as
none, so what is malformed is told as such, with the rule that it breaks.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from providers.rsa_size import rsa_bits
from providers.system_readings import Condition

MOST_LOOKUPS: Final = 10
"""RFC 7208, 4.6.4: one more and receivers answer permerror."""

WEAK_KEY_BITS: Final = 2048
REFUSED_KEY_BITS: Final = 1024
"""RFC 8301: shorter keys are not to be accepted; 2048 bits are what it recommends."""

_SPF_TERM: Final = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?P<value>[:/][!-~]+)?",
    re.IGNORECASE,
)
_SPF_MODIFIER: Final = re.compile(r"(?P<name>[a-z][a-z0-9._-]*)=(?P<value>[!-~]*)", re.IGNORECASE)
_COUNTED: Final = frozenset({"include", "a", "mx", "ptr", "exists"})
_NEEDS_VALUE: Final = frozenset({"include", "ip4", "ip6", "exists"})
_DMARC_POLICIES: Final = frozenset({"none", "quarantine", "reject"})


class Verdict(Struct, frozen=True, kw_only=True):
    """What to think of a record."""

    condition: Condition
    state: str
    """In a few words: `present`, `missing`, `permerror`."""

    why: str = ""
    """What is wrong or worth knowing; may hold words of the record, so draw it as foreign."""


class SpfRecord(Struct, frozen=True, kw_only=True):
    """One SPF record taken apart."""

    includes: tuple[str, ...]
    """Domains of `include:`, and of `redirect=` at the end: their records count too."""

    lookups: int
    """Terms of this record alone that cost a look-up."""

    catch_all: str
    """The qualifier of `all`, `+` written out; empty without one."""

    redirected: bool
    problem: str = ""
    """The term that receivers do not understand."""


def spf_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The SPF records among the TXT records of a name."""
    return tuple(each for each in texts if re.match(r"v=spf1(?: |$)", each, re.IGNORECASE))


def read_spf(record: str) -> SpfRecord:
    """Take one record apart; the first term that is not understood makes all of it void."""
    includes: list[str] = []
    lookups, catch_all, redirect, problem = 0, "", "", ""
    for term in record.split()[1:]:
        found, modifier = _SPF_TERM.fullmatch(term), _SPF_MODIFIER.fullmatch(term)
        if found is None and modifier is None:
            problem = problem or term
        elif modifier is not None and modifier["name"].lower() == "redirect":
            redirect = modifier["value"].lower()
        elif found is not None:
            name, value = found["name"].lower(), (found["value"] or "")
            if name in _NEEDS_VALUE and not value.startswith(":"):
                problem = problem or term
            lookups += name in _COUNTED
            if name == "include":
                includes.append(value[1:].lower())
            if name == "all" and not catch_all:
                catch_all = found["qualifier"] or "+"
    redirected = bool(redirect) and not catch_all
    if redirected:
        includes.append(redirect)
    return SpfRecord(
        includes=tuple(includes),
        lookups=lookups + redirected,
        catch_all=catch_all,
        redirected=redirected,
        problem=problem,
    )


def spf_verdict(texts: Sequence[str], inner: Mapping[str, Sequence[str] | None]) -> Verdict:
    """What receivers make of a domain's SPF.

    Args:
        texts: The domain's TXT records.
        inner: The TXT records of every domain that is included, however deep; None for one that
            could not be asked.
    """
    records = list(spf_of(texts))
    if not records:
        return Verdict(condition=Condition.DEGRADED, state="missing", why="no v=spf1 record")
    if len(records) > 1:
        why = f"{len(records)} SPF records: receivers take none of them (RFC 7208, 3.2)"
        return Verdict(condition=Condition.BROKEN, state="permerror", why=why)
    lookups, broken, unasked = _walk(records[0], inner)
    if broken:
        return Verdict(condition=Condition.BROKEN, state="permerror", why=broken)
    if lookups > MOST_LOOKUPS:
        why = f"{lookups} look-ups, receivers stop at {MOST_LOOKUPS} (RFC 7208, 4.6.4)"
        return Verdict(condition=Condition.BROKEN, state="permerror", why=why)
    if unasked:
        why = f"could not ask for {unasked}"
        return Verdict(condition=Condition.UNKNOWN, state="unknown", why=why)
    return _spf_strength(read_spf(records[0]), lookups)


def _spf_strength(record: SpfRecord, lookups: int) -> Verdict:
    told = f"{lookups} of {MOST_LOOKUPS} look-ups"
    if record.redirected:
        return Verdict(condition=Condition.FINE, state="present", why=f"redirected, {told}")
    if record.catch_all == "+":
        why = "ends in +all: anybody may send in this name"
        return Verdict(condition=Condition.BROKEN, state="open", why=why)
    if record.catch_all in {"", "?"}:
        why = f"says nothing of other senders: end it in ~all or -all; {told}"
        return Verdict(condition=Condition.NOTABLE, state="neutral", why=why)
    return Verdict(condition=Condition.FINE, state="present", why=f"{record.catch_all}all, {told}")


def _walk(record: str, inner: Mapping[str, Sequence[str] | None]) -> tuple[int, str, str]:
    """Look-ups of a record with all it includes, what breaks it, and what could not be asked."""
    # A loop ends too: every turn costs a look-up.
    pending, lookups = [record], 0
    while pending and lookups <= MOST_LOOKUPS:
        parsed = read_spf(pending.pop())
        if parsed.problem:
            return lookups, f"{parsed.problem!r} is no term of SPF", ""
        lookups += parsed.lookups
        for domain in parsed.includes:
            texts = inner.get(domain)
            if texts is None:
                return lookups, "", domain
            found = spf_of(texts)
            if len(found) != 1:
                return lookups, f"{domain} has {len(found)} SPF records instead of one", ""
            pending.append(found[0])
    return lookups, "", ""


def tags_of(record: str) -> dict[str, str] | None:
    """The `tag=value` list of DKIM and DMARC; None when it is none."""
    tags: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in record.split(";"))):
        name, sign, value = part.partition("=")
        if not sign or not name.strip() or name.strip().lower() in tags:
            return None
        tags[name.strip().lower()] = "".join(value.split())
    return tags


def dkim_verdict(texts: Sequence[str]) -> Verdict:
    """What receivers make of the key at one selector."""
    candidates = [tags_of(each) for each in texts if "p=" in each]
    if not candidates:
        return Verdict(condition=Condition.DEGRADED, state="missing", why="no key at the selector")
    if len(candidates) > 1:
        why = f"{len(candidates)} keys at one selector: which is taken is chance"
        return Verdict(condition=Condition.DEGRADED, state="ambiguous", why=why)
    tags = candidates[0]
    if tags is None or tags.get("v", "DKIM1") != "DKIM1" or "p" not in tags:
        return Verdict(condition=Condition.BROKEN, state="malformed", why="no list of tags")
    if not tags["p"]:
        return Verdict(condition=Condition.BROKEN, state="revoked", why="its key is empty")
    return _dkim_key(tags)


def _dkim_key(tags: Mapping[str, str]) -> Verdict:
    try:
        encoded = base64.b64decode(tags["p"], validate=True)
    except (binascii.Error, ValueError):
        return Verdict(condition=Condition.BROKEN, state="malformed", why="the key is no base64")
    kind = tags.get("k", "rsa")
    bits = rsa_bits(encoded) if kind == "rsa" else 256 if len(encoded) == 32 else None
    if bits is None:
        return Verdict(condition=Condition.BROKEN, state="malformed", why=f"no {kind[:16]} key")
    told = f"{kind} {bits} bits"
    if kind == "rsa" and bits < REFUSED_KEY_BITS:
        return Verdict(condition=Condition.BROKEN, state="too short", why=told)
    if "y" in tags.get("t", "").split(":"):
        why = f"{told}, marked as a test: receivers may ignore it (t=y)"
        return Verdict(condition=Condition.NOTABLE, state="testing", why=why)
    if kind == "rsa" and bits < WEAK_KEY_BITS:
        why = f"{told}, {WEAK_KEY_BITS} are recommended"
        return Verdict(condition=Condition.NOTABLE, state="short", why=why)
    return Verdict(condition=Condition.FINE, state="present", why=told)


def dmarc_verdict(texts: Sequence[str]) -> Verdict:
    """What receivers make of a domain's DMARC policy."""
    records = [each for each in texts if re.match(r"v\s*=\s*DMARC1\s*(;|$)", each)]
    if not records:
        return Verdict(condition=Condition.DEGRADED, state="missing", why="no v=DMARC1 record")
    if len(records) > 1:
        why = f"{len(records)} records: receivers take none of them (RFC 7489, 6.6.3)"
        return Verdict(condition=Condition.BROKEN, state="ambiguous", why=why)
    tags = tags_of(records[0])
    policy = (tags or {}).get("p", "").lower()
    if tags is None or policy not in _DMARC_POLICIES:
        why = f"p={policy[:20]} is no policy" if policy else "no policy in it (p=)"
        return Verdict(condition=Condition.BROKEN, state="malformed", why=why)
    return _dmarc_strength(policy, tags)


def _dmarc_strength(policy: str, tags: Mapping[str, str]) -> Verdict:
    if policy == "none":
        why = "p=none: forged mail is delivered; go on to quarantine when the reports look well"
        return Verdict(condition=Condition.NOTABLE, state="p=none", why=why)
    percent = tags.get("pct", "100")
    if percent != "100":
        why = f"only {percent[:4]} % of forged mail (pct)"
        return Verdict(condition=Condition.NOTABLE, state=f"p={policy}", why=why)
    if not tags.get("rua"):
        why = "nobody gets the reports (rua is missing)"
        return Verdict(condition=Condition.NOTABLE, state=f"p={policy}", why=why)
    return Verdict(condition=Condition.FINE, state=f"p={policy}", why="with reports")
