"""How addresses an admin writes must look: of a person's mailbox, of a page, of a server. Pure; no name server is asked.

`intake.mistakes` says in words what each of these wants; a slip that only a person can judge (`zayavky@hromada`) is no
mistake here, and is shown by `intake check`.
"""

from typing import Annotated, Final

from pydantic import Field

_PART: Final = r'[^\s@<>()\[\],;:"\\]+'
_LABEL: Final = r'[^\s@<>()\[\],;:"\\.]+'
_MAILBOX: Final = rf"{_PART}@{_LABEL}(\.{_LABEL})*"

EMAIL: Final = rf"^{_MAILBOX}$"
REVERSE_PATH: Final = rf"^({_MAILBOX}|<>)?$"
WEB: Final = r"^(https?://[^\s/]+\S*)?$"
HOST: Final = r"^([\w-]+(\.[\w-]+)*|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)$"

# One mailbox, bare: no name before it, no second one after it (RFC 5322, addr-spec, in the form people have).
EmailAddress = Annotated[str, Field(pattern=EMAIL)]
# Where reports go: a mailbox, the null path «<>» (RFC 3834), or nothing.
ReversePath = Annotated[str, Field(pattern=REVERSE_PATH)]
# A page, with its scheme: without it no mail program makes a link of it. Or nothing.
WebAddress = Annotated[str, Field(pattern=WEB)]
# The name of a server or its IP address: no scheme, no port.
HostName = Annotated[str, Field(pattern=HOST)]
