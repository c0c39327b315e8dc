"""Bytes that cannot be PostgreSQL's messages are stopped before the driver sees them."""

import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.postgres.framing import Framing
from tests.postgres_fake_server import AUTHENTICATED, READY, VERSION, message


def request(code: int, body: bytes = b"") -> bytes:
    return message(b"R", struct.pack("!i", code) + body)


SCRAM = (
    request(10, b"SCRAM-SHA-256\0\0")
    + request(11, b"r=abc,s=c2FsdA==,i=4096")
    + request(12, b"v=c2ln")
    + AUTHENTICATED
)
GOOD = SCRAM + VERSION + READY + message(b"T", b"\0\0") + message(b"D", b"\0\0") + READY


@given(st.lists(st.integers(min_value=0, max_value=len(GOOD)), max_size=30))
def test_a_good_conversation_passes_in_pieces_of_any_size(cuts: list[int]) -> None:
    framing = Framing()

    for begin, end in pairwise([0, *sorted(cuts), len(GOOD)]):
        assert framing.permits(GOOD[begin:end])


@pytest.mark.parametrize(
    "talk",
    [AUTHENTICATED, request(3) + AUTHENTICATED, request(5, b"salt") + AUTHENTICATED, SCRAM],
    ids=["trust", "password", "md5", "scram"],
)
def test_every_way_in_that_we_know_passes(talk: bytes) -> None:
    assert Framing().permits(message(b"N", b"\0") + talk + READY)


@pytest.mark.parametrize(
    "talk",
    [
        request(11, b"r=a,s=b,i=4096"),
        request(12),
        request(10) + request(12),
        request(3) + request(3),
        request(7),
        request(8),
        request(2),
        request(-1),
        message(b"R", b""),
        message(b"R", b"\0\0"),
        b"R" + struct.pack("!ii", -1, 0),
        READY,
        b"HTTP/1.1 400",
        b"E" + struct.pack("!i", 3),
        b"E" + struct.pack("!i", 2**31 - 1),
        AUTHENTICATED + AUTHENTICATED,
        AUTHENTICATED + b"D" + struct.pack("!i", -5),
        AUTHENTICATED + b"D" + struct.pack("!i", 2**30),
        AUTHENTICATED + message(b"G", b"\0"),
        AUTHENTICATED + b"\xff" * 8,
    ],
)
@given(st.integers(min_value=1, max_value=40))
def test_what_brings_the_driver_down_is_stopped(talk: bytes, step: int) -> None:
    framing = Framing()
    padded = talk + b"\0" * 16
    pieces = [padded[at : at + step] for at in range(0, len(padded), step)]

    assert not all(framing.permits(piece) for piece in pieces)


@pytest.mark.parametrize("rounds", [b"i=100001", b"i=2147483647", b"i=99999999999999", b"i=", b"x"])
def test_a_server_can_not_keep_us_hashing(rounds: bytes) -> None:
    framing = Framing()
    assert framing.permits(request(10, b"SCRAM-SHA-256\0\0"))

    assert not framing.permits(request(11, b"r=abc,s=c2FsdA==," + rounds))


PIECES = st.binary(max_size=40) | st.sampled_from([AUTHENTICATED, READY, request(3), b"N", b"\0"])


@given(st.lists(PIECES, max_size=8))
def test_however_it_is_cut_it_is_judged_alike(pieces: list[bytes]) -> None:
    framing, whole = Framing(), b"".join(pieces)

    permitted = all(framing.permits(piece) for piece in pieces)

    assert permitted == Framing().permits(whole)
    assert not permitted or len(whole) < 5 or whole[:1] in {b"R", b"E", b"N", b"v"}
