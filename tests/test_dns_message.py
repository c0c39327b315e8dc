"""DNS messages, held against dnspython."""

import time

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rrset
import pytest
from hypothesis import example, given, reject, settings
from hypothesis import strategies as st

from providers.dns_message import KINDS, PAYLOAD_BYTES, Record, canonical, question, read_reply
from tests.either import either
from tests.examples import examples

CALM = settings(max_examples=examples(150))
"""A busy machine is no failure."""

NAMES = st.lists(
    st.from_regex(r"[A-Za-z0-9_*-]{1,12}", fullmatch=True), min_size=1, max_size=5
).map(".".join)
TEXTS = st.dictionaries(
    st.sampled_from(sorted(KINDS)), st.lists(st.integers(0, 255), max_size=4, unique=True)
)


def record_text(kind: str, number: int) -> str:
    """A record of that kind, as it stands in a zone file."""
    return {
        "A": f"192.0.2.{number}",
        "AAAA": f"2001:db8::{number + 1:x}",
        "TXT": f'"part {number}" "; more"',
    }.get(kind, f"Host{number}.example.com.")


def kept(kind: str, numbers: list[int]) -> list[int]:
    """Of aliases there is one, says dnspython."""
    return numbers[:1] if kind == "CNAME" else numbers


def reply_to(wire: bytes, records: dict[str, list[int]], rcode: int = 0) -> dns.message.Message:
    """Another library's reply, with names that are compressed."""
    asked = dns.message.from_wire(wire)
    reply = dns.message.make_response(asked, recursion_available=True)
    reply.set_rcode(dns.rcode.Rcode(rcode))
    name = asked.question[0].name
    for kind, numbers in records.items():
        if numbers:
            texts = [record_text(kind, each) for each in kept(kind, numbers)]
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *texts))
    return reply


@CALM
@given(name=NAMES, kind=st.sampled_from(sorted(KINDS)), number=st.integers(0, 65_535))
def test_a_question_is_read_by_the_other_library_as_meant(
    name: str, kind: str, number: int
) -> None:
    asked = dns.message.from_wire(question(number, name, kind))
    assert (asked.id, asked.payload, asked.edns) == (number, PAYLOAD_BYTES, 0)
    assert asked.flags == dns.flags.RD
    assert [str(each) for each in asked.question] == [f"{name}. IN {kind}"]
    assert canonical(name) == name.lower()


@CALM
@given(name=NAMES, records=TEXTS, rcode=st.sampled_from([0, 2, 3, 5, 16]))
def test_a_reply_is_read_as_it_was_written(
    name: str, records: dict[str, list[int]], rcode: int
) -> None:
    wire = question(7, name, "A")
    reply = read_reply(reply_to(wire, records, rcode).to_wire())
    assert reply.answers(7, name, "A")
    assert not reply.answers(8, name, "A")
    assert not reply.answers(7, name, "TXT")
    assert not reply.answers(7, f"other.{name}", "A")
    assert (reply.rcode, reply.truncated) == (rcode, False)
    meant = {
        (name.lower(), kind, text)
        for kind, numbers in records.items()
        for text in (
            f"part {each}; more" if kind == "TXT" else record_text(kind, each)
            for each in kept(kind, numbers)
        )
    }
    plain = {(a, b, c if b == "TXT" else c.lower().removesuffix(".")) for a, b, c in meant}
    assert {(each.owner, each.kind, each.text) for each in reply.records} == plain


@CALM
@given(
    at=st.integers(0, 120),
    put=st.binary(min_size=1, max_size=4),
    records=TEXTS,
)
def test_what_is_read_of_a_spoilt_reply_the_other_library_reads_alike(
    at: int, put: bytes, records: dict[str, list[int]]
) -> None:
    whole = reply_to(question(7, "www.example.com", "A"), records).to_wire()
    spoilt = whole[:at] + put + whole[at + len(put) :]
    try:
        ours = read_reply(spoilt)
    except ValueError:
        return
    if ours.truncated:
        return
    try:
        theirs = dns.message.from_wire(spoilt, ignore_trailing=True, one_rr_per_rrset=True)
    except dns.exception.DNSException:
        reject()  # it judges records of other kinds too, which ours passes over
    found = [
        (each.name.to_text(omit_final_dot=each.name != dns.name.root).lower(), record)
        for each in theirs.answer
        if each.rdclass == 1 and each.rdtype in KINDS.values()
        for record in each
    ]
    assert ours.id == theirs.id
    assert len(ours.records) == len(found)
    for mine, (owner, record) in zip(ours.records, found, strict=True):
        assert (mine.owner or ".") == owner
        strings = getattr(record, "strings", None)
        text = b"".join(strings).decode("utf-8", "replace") if strings else record.to_text()
        assert mine.text == text or mine.text.lower() == text.lower().removesuffix(".")


@CALM
@given(st.binary(max_size=80))
@example(b"")
@example(b"\0" * 8)
def test_any_bytes_are_a_reply_or_none(wire: bytes) -> None:
    reply = either(lambda: read_reply(b"\0\7\x81\x80" + wire), ValueError)
    if isinstance(reply, ValueError):
        assert str(reply)
    else:
        assert reply.id == 7
        assert not reply.truncated
        assert reply.rcode & 0xF == 0
        assert {one.kind for one in reply.records} <= set(KINDS)


@pytest.mark.parametrize("name", ["", ".", "a..b", f"{'x' * 64}.com", ".".join(["abc"] * 64)])
def test_what_is_no_name_is_not_asked_for(name: str) -> None:
    with pytest.raises(ValueError, match=r"name|label"):
        question(1, name, "A")


def test_a_name_in_other_letters_is_asked_for_as_the_registries_write_it() -> None:
    assert canonical("Bücher.example") == "xn--bcher-kva.example"


def test_a_dot_inside_a_label_divides_no_name() -> None:
    head = b"\0\7\x81\x80\0\1\0\1\0\0\0\0" + b"\1a\0\0\2\0\1"
    record = b"\xc0\x0c\0\2\0\1\0\0\0\0\0\7" + b"\3b.c\1d\0"
    assert read_reply(head + record).records == (Record(owner="a", kind="NS", text="b\\.c.d"),)


@pytest.mark.parametrize(
    "tail",
    [
        b"\xc0\x0c" + b"\0\1\0\1",
        b"\1a\xc0\xff" + b"\0\1\0\1",
        b"\x80a\0" + b"\0\1\0\1",
        b"\x3f" + b"a" * 62,
        b"\x3f" + b"a" * 63 + (b"\x3f" + b"a" * 63) * 4 + b"\0\0\1\0\1",
    ],
)
def test_a_name_that_leads_nowhere(tail: bytes) -> None:
    with pytest.raises(ValueError, match=r"name|cut"):
        read_reply(b"\0\7\x81\x80\0\1\0\0\0\0\0\0" + tail)


def test_a_message_of_pointers_takes_little_time() -> None:
    hops = b"\0\0" + b"".join((0xC000 | 12 + 2 * at).to_bytes(2, "big") for at in range(8_000))
    owner = (0xC000 | 12 + 2 * 7_999).to_bytes(2, "big")
    records = (owner + b"\0\1\0\1\0\0\0\0\0\0") * 3_000
    wire = b"\0\7\x81\x80\0\0\x0b\xb8\0\0\0\0" + hops + records
    began = time.process_time()
    with pytest.raises(ValueError, match=r"name|cut"):
        read_reply(wire)
    assert time.process_time() - began < 0.5
