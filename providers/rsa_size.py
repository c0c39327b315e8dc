"""How long an RSA key is, out of its public key in DER: all that a DKIM record has to be read for.

`cryptography` would say the same for 8 MB of memory.
"""

from typing import Final

_SEQUENCE: Final = 0x30
_BITS: Final = 0x03
_INTEGER: Final = 0x02
_RSA: Final = bytes.fromhex("06092a864886f70d010101")
"""The identifier rsaEncryption (RFC 8017, appendix C) as it stands in DER."""


def rsa_bits(encoded: bytes) -> int | None:
    """Bits of the modulus of a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7); None when it is none.

    Args:
        encoded: DER, as in the `p=` of a DKIM record.
    """
    try:
        info, rest = _element(encoded, _SEQUENCE)
        algorithm, keyed = _element(info, _SEQUENCE)
        bits, after = _element(keyed, _BITS)
        key, behind = _element(bits[1:], _SEQUENCE)
        modulus, exponent = _element(key, _INTEGER)
        _, end = _element(exponent, _INTEGER)
    except ValueError:
        return None
    whole = not (rest or after or behind or end) and bits[:1] == b"\x00"
    size = int.from_bytes(modulus, "big", signed=True).bit_length()
    sound = whole and algorithm.startswith(_RSA) and modulus[:1] < b"\x80" and size > 1
    return size if sound else None


def _element(data: bytes, tag: int) -> tuple[bytes, bytes]:
    """The content of the first element, which has to be of this kind, and what comes after it.

    Raises:
        ValueError: It is of another kind, or cut.
    """
    if len(data) < 2 or data[0] != tag:
        raise ValueError("another kind of element")
    length, start = data[1], 2
    if length >= 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4 or len(data) < 2 + octets:
            raise ValueError("no length")
        length, start = int.from_bytes(data[2 : 2 + octets], "big"), 2 + octets
    if len(data) < start + length:
        raise ValueError("cut")
    return data[start : start + length], data[start + length :]
