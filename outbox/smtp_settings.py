"""What the way out must be told of its server: a shape that the configuration fits. Pure."""

import ipaddress
from pathlib import Path
from typing import Literal, Protocol


class SmtpSettings(Protocol):
    """What the transport must be told; `intake.config.SmtpSettings` fits."""

    @property
    def host(self) -> str:
        """Name of the server; it must stand in its certificate."""

    @property
    def port(self) -> int:
        """Its port."""

    @property
    def tls(self) -> Literal["implicit", "starttls", "none"]:
        """How the connection is protected; "none" is allowed on this machine only."""

    @property
    def ca_file(self) -> Path | None:
        """Certificates to trust besides the system's."""

    @property
    def user(self) -> str:
        """Login name; empty: no login."""

    @property
    def token_file(self) -> Path | None:
        """File with an access token, read at each login, which is then by XOAUTH2; None: the password serves."""

    @property
    def envelope_from(self) -> str:
        """Reverse-path: an address, "<>" for the null path (RFC 3834), empty for the address in From."""

    @property
    def timeout_seconds(self) -> int:
        """Longest wait for one answer of the server."""


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
