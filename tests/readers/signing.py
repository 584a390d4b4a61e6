"""Signatures as КЕП programs make them, but for the signing itself: nobody checks them, and neither do we."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime

from asn1crypto import cms, core, keys, x509

from tests.forms.word import package

# The Ukrainian national standard (DSTU 4145-2002, little-endian, polynomial basis), which no common library knows.
DSTU = "1.2.804.2.1.1.1.1.3.1.1"
# The key's algorithm is put in at the end: asn1crypto builds none that it does not know.
_RSA, _DSTU_KEY = (
    core.ObjectIdentifier(oid).contents for oid in ("1.2.840.113549.1.1.1", "1.2.804.2.1.1.1.1.3")
)


def certificate(serial: int, *, authority: bool = False, **subject: str) -> x509.Certificate:
    """Return a certificate of these names, e.g. surname="Коваль", given_name="Іван Михайлович"."""
    name = x509.Name.build(subject)
    issuer = x509.Name.build({"common_name": "Кваліфікований надавач"})
    key = keys.PublicKeyInfo.wrap(keys.RSAPublicKey({"modulus": 3, "public_exponent": 3}), "rsa")
    times = x509.Validity(
        {
            "not_before": x509.Time({"utc_time": datetime(2022, 1, 1, tzinfo=UTC)}),
            "not_after": x509.Time({"utc_time": datetime(2024, 1, 1, tzinfo=UTC)}),
        }
    )
    body = x509.TbsCertificate(
        {
            "version": "v3", "serial_number": serial, "signature": {"algorithm": DSTU}, "issuer": issuer, "validity": times,
            "subject": name, "subject_public_key_info": key,
            "extensions": [{"extn_id": "basic_constraints", "critical": True, "extn_value": x509.BasicConstraints({"ca": authority})}],
        }
    )  # fmt: skip
    whole = x509.Certificate(
        {
            "tbs_certificate": body,
            "signature_algorithm": {"algorithm": DSTU},
            "signature_value": core.OctetBitString(b"\x00"),
        }
    )
    return x509.Certificate.load(whole.dump().replace(_RSA, _DSTU_KEY))


def signed(document: bytes | None, *signers: Mapping[str, str], chain: bool = True) -> bytes:
    """Return a CMS SignedData (RFC 5652) around a document, or detached; DER."""
    own = [certificate(100 + at, **names) for at, names in enumerate(signers)]
    authority = (
        [certificate(1, authority=True, common_name="Центральний засвідчувальний орган")] if chain else []
    )
    infos = [
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {"issuer_and_serial_number": {"issuer": one.issuer, "serial_number": one.serial_number}}
            ),
            "digest_algorithm": {"algorithm": "1.2.804.2.1.1.1.1.2.1"},
            "signature_algorithm": {"algorithm": DSTU},
            "signature": b"\x00" * 64,
        }
        for one in own
    ]
    held: dict[str, object] = {"content_type": "data"}
    if document is not None:
        held["content"] = document
    return cms.ContentInfo(
        {
            "content_type": "signed_data",
            "content": cms.SignedData(
                {
                    "version": "v1",
                    "digest_algorithms": [{"algorithm": "1.2.804.2.1.1.1.1.2.1"}],
                    "encap_content_info": held,
                    "certificates": [*authority, *own],
                    "signer_infos": infos,
                }
            ),
        }
    ).dump()


def indefinite(document: bytes, *signers: Mapping[str, str]) -> bytes:
    """Return the same in BER with indefinite lengths, the document in pieces, as some programs stream it."""
    whole = cms.ContentInfo.load(signed(document, *signers))["content"]

    def until_end(tag: int, *parts: bytes) -> bytes:
        return bytes([tag]) + b"\x80" + b"".join(parts) + b"\x00\x00"

    pieces = [core.OctetString(document[at : at + 1000]).dump() for at in range(0, len(document), 1000)]
    content = until_end(0xA0, until_end(0x24, *pieces))
    held = until_end(0x30, core.ObjectIdentifier("1.2.840.113549.1.7.1").dump(), content)
    rest = [whole[name].dump() for name in ("version", "digest_algorithms")]
    tail = [whole[name].dump() for name in ("certificates", "signer_infos")]
    return until_end(
        0x30,
        core.ObjectIdentifier("1.2.840.113549.1.7.2").dump(),
        until_end(0xA0, until_end(0x30, *rest, held, *tail)),
    )


def asice(files: Mapping[str, bytes], signature: bytes, *, xml: bool = False) -> bytes:
    """Return an ASiC-E container; its signature is CAdES or XAdES."""
    name = "META-INF/signatures001." + ("xml" if xml else "p7s")
    return package(
        {
            "mimetype": b"application/vnd.etsi.asic-e+zip",
            **files,
            "META-INF/ASiCManifest001.xml": b"<m/>",
            name: signature,
        }
    )


def xades(*certificates: x509.Certificate) -> bytes:
    """Return an XML signature with certificates in it (XMLDSig, 4.5.4)."""
    held = "".join(
        f"<ds:X509Certificate>{base64.b64encode(one.dump()).decode()}</ds:X509Certificate>"
        for one in certificates
    )
    return (
        '<?xml version="1.0"?><asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#">'
        '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:KeyInfo><ds:X509Data>'
        f"{held}</ds:X509Data></ds:KeyInfo></ds:Signature></asic:XAdESSignatures>"
    ).encode()
