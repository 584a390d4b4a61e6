"""Who signed a file, by the certificates that lie in its signatures (CMS, XAdES, PAdES).

A name found here is what a certificate says of itself: nothing is verified, no chain, no time, no revocation. Algorithms
need not be known, DSTU 4145 among them, since only names are read.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from asn1crypto import cms, core, x509

from intake.readers.guard import Refused, parse_xml

# Said of a signature whose certificate shows no name.
UNNAMED = "?"
MAX_SIGNERS = 20
# What broken DER makes asn1crypto raise.
BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)
# A PDF keeps a signature as a string of hexadecimal digits (ISO 32000-1, 12.8.1), with zeros up to its reserved length.
_IN_PDF = re.compile(rb"/Contents\s*<\s*(30[0-9A-Fa-f\s]{200,})>")
_LONGEST = 200


def of_cms(signed: cms.SignedData) -> tuple[str, ...]:
    """Return the names of those who signed a CMS SignedData (RFC 5652, 5.3), `UNNAMED` for who is not named.

    The certificates of authorities that come along are nobody's signature.
    """
    certificates = _certificates(signed["certificates"])
    wanted: list[object] = []
    with suppress(*BROKEN):
        wanted = [_serial(info) for info in signed["signer_infos"]][:MAX_SIGNERS]
    by_serial = {serial: name for serial, name, _ in certificates}
    named = [by_serial[serial] for serial in wanted if serial in by_serial]
    return _told(named or [name for _, name, authority in certificates if not authority][:1])


def of_xml(data: bytes) -> tuple[str, ...]:
    """Return the names in the certificates of an XML signature (XMLDSig, 4.5.4), the signer's alone."""
    try:
        root = parse_xml(data)
    except Refused:
        return (UNNAMED,)
    names: list[str] = []
    for holder in root.iter("{*}X509Data"):
        found = [_of_base64(element.text or "") for element in holder.iter("{*}X509Certificate")]
        own = [name for name, authority in found if not authority]
        names += own[:1]
    return _told(names)


def of_pdf(content: bytes) -> tuple[str, ...]:
    """Return the names of those who signed a PDF, () when nobody did."""
    if b"/ByteRange" not in content:
        return ()
    names: list[str] = []
    signatures = 0
    for found in _IN_PDF.finditer(content):
        signatures += 1
        with suppress(*BROKEN, binascii.Error):
            digits = re.sub(rb"\s", b"", found.group(1))
            info = cms.ContentInfo.load(bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")))
            if info["content_type"].native == "signed_data":
                names += of_cms(info["content"])
        if signatures >= MAX_SIGNERS:
            break
    return _told(names) if signatures else ()


def _certificates(choices: Iterable[Any] | core.Void) -> list[tuple[object, str, bool]]:
    """Return serial number, name and whether it is an authority's of each certificate that can be read."""
    out: list[tuple[object, str, bool]] = []
    for choice in () if isinstance(choices, core.Void) else choices:
        with suppress(*BROKEN):
            certificate = choice.chosen
            if isinstance(certificate, x509.Certificate):
                out.append((certificate.serial_number, _name(certificate), _authority(certificate)))
    return out


def _serial(info: cms.SignerInfo) -> object:
    sid = info["sid"]
    return sid.chosen["serial_number"].native if sid.name == "issuer_and_serial_number" else None


def _of_base64(text: str) -> tuple[str, bool]:
    try:
        certificate = x509.Certificate.load(base64.b64decode("".join(text.split())))
        return _name(certificate), _authority(certificate)
    except (*BROKEN, binascii.Error):
        return "", False


def _authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.ca is True
    except BROKEN:
        return False


def _name(certificate: x509.Certificate) -> str:
    """Return the person's surname and given names, else the common name."""
    subject = certificate.subject.native

    def part(kind: str) -> str:
        value = subject.get(kind, "")
        value = value[0] if isinstance(value, list) and value else value
        return " ".join(value.split()) if isinstance(value, str) else ""

    person = f"{part('surname')} {part('given_name')}".strip() if part("given_name") else ""
    return (person or part("common_name"))[:_LONGEST]


def _told(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name)) or (UNNAMED,)
