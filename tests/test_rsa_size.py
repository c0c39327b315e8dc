"""The length of an RSA key as `cryptography` tells it, and nothing else for anything else."""

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from hypothesis import given
from hypothesis import strategies as st

from providers.rsa_size import rsa_bits

SIZES = (1024, 1536, 2048, 3072)
KEYS = {
    # Of so many bits; that it is no product of two primes is nothing that its length tells.
    size: rsa.RSAPublicNumbers(65537, 2 ** (size - 1) + 1)
    .public_key()
    .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for size in SIZES
}


@pytest.mark.parametrize("size", SIZES)
def test_the_length_of_a_key(size: int) -> None:
    assert rsa_bits(KEYS[size]) == size


def test_other_keys_are_none() -> None:
    for key in (ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()):
        encoded = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert rsa_bits(encoded) is None


@given(st.integers(0, 160))
def test_a_cut_key_is_none(at: int) -> None:
    whole = KEYS[1024]
    assert rsa_bits(whole[:at]) is None or at >= len(whole)
    assert rsa_bits(whole + b"\x00") is None


@given(st.integers(0, 161), st.integers(0, 255))
def test_a_changed_key_is_what_cryptography_says_or_none(place: int, octet: int) -> None:
    changed = bytearray(KEYS[1024])
    changed[place] = octet
    found = rsa_bits(bytes(changed))
    try:
        known = load_der_public_key(bytes(changed))
    except (ValueError, UnsupportedAlgorithm):
        return
    if isinstance(known, rsa.RSAPublicKey) and found is not None:
        assert found == known.key_size


@given(st.binary(max_size=200))
def test_noise_never_raises(noise: bytes) -> None:
    rsa_bits(noise)
