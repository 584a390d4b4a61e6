"""A letter as a mail program writes it and as servers deliver it. The same arguments give the same octets."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.utils import format_datetime

from intake.demo.applicants import Applicant, signed
from intake.demo.octets import (
    Headers,
    Naming,
    Transfer,
    attachment,
    mailbox,
    message,
    multipart,
    received,
    text,
    words,
)
from rules.call import Call
from rules.verdict import Disposition

# The server that receives for us: the only one whose trace lines count.
OUR_SERVER = "mx.example.org"


@dataclass(frozen=True, slots=True)
class DemoLetter:
    """One letter of the demo.

    `title` says in English what is odd about it; `octets` are the whole message; `received_at` is aware, in the
    call's zone, and what the IMAP server is to give as INTERNALDATE. `expect` says in a line what should happen;
    `disposition` is what the shipped policy makes of it.
    """

    title: str
    octets: bytes = field(repr=False)
    received_at: datetime
    expect: str
    disposition: Disposition = Disposition.ACCEPT


@dataclass(frozen=True, slots=True)
class Agent:
    """A mail program: how it names itself and how it writes what is not ASCII."""

    header: str
    value: str
    charset: str = "utf-8"
    transfer: Transfer = "base64"
    naming: Naming = "rfc2231"
    html: bool = False


THUNDERBIRD = Agent(
    "User-Agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:102.0) Thunderbird/102.8.0", transfer="8bit"
)
OUTLOOK = Agent("X-Mailer", "Microsoft Outlook 16.0", "windows-1251", "quoted-printable", "rfc2047")
GMAIL = Agent("", "", naming="rfc2047", html=True)
ROUNDCUBE = Agent("User-Agent", "Roundcube Webmail/1.4.13", transfer="8bit")
ZIMBRA = Agent(
    "X-Mailer", "Zimbra 8.8.15_GA_4508 (ZimbraWebClient - GC110 (Win)/8.8.15_GA_4508)", naming="rfc2047"
)
IPHONE = Agent("X-Mailer", "iPhone Mail (20D67)", transfer="quoted-printable", naming="rfc2047")
UKRAINIAN_WEBMAIL = Agent("X-Mailer", "Webmail 5.0")
KOI8 = Agent("X-Mailer", "Evolution 3.46.4", "koi8-u", "8bit")
# It writes headers and file names as bare windows-1251 octets, against RFC 5322.
THE_BAT = Agent("X-Mailer", "The Bat! (v3.99.29) Professional", "windows-1251", "8bit", "raw-1251")

AGENTS = (THUNDERBIRD, OUTLOOK, GMAIL, ROUNDCUBE, ZIMBRA, IPHONE, UKRAINIAN_WEBMAIL, KOI8)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, with what, and through which server."""

    name: str
    address: str
    agent: Agent = THUNDERBIRD
    host_address: str = "192.0.2.10"

    @property
    def domain(self) -> str:
        """The mail domain."""
        return self.address.rpartition("@")[2]

    @property
    def host(self) -> str:
        """The server the letter leaves from."""
        return f"mail.{self.domain}"


@dataclass(frozen=True, slots=True)
class File:
    """An attached file: what it is called and its content."""

    name: str
    content: bytes = field(repr=False)


def office(applicant: Applicant, agent: Agent) -> Sender:
    """Return the hromada's official mailbox as a sender."""
    return Sender(f"{applicant.place.name} {applicant.place.type} рада", applicant.office, agent)


def moment(call: Call, days: int, clock: str) -> datetime:
    """Return an aware instant: so many days before the deadline's day, at `clock` ("18:00:30") in the call's zone."""
    day = call.deadline.date() - timedelta(days=days)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=call.zone)


def subject(call: Call, rest: str) -> str:
    """Return a subject as announced: topic, separator, `rest`."""
    return f"{call.subject.topic}{call.subject.separator}{rest}"


def identifier(seed: str, length: int = 20) -> str:
    """Return a name of hexadecimal digits that belongs to `seed`."""
    return hashlib.sha256(seed.encode()).hexdigest()[:length]


def delivery(call: Call, sender: str, host: str, address: str, at: datetime) -> Headers:
    """Return what our server puts on top: Return-Path and its Received line."""
    queue = identifier(f"{sender} {at.isoformat()}", 10).upper()
    trace = received(OUR_SERVER, host, address, queue, at, recipient=call.replies.address)
    return [("Return-Path", f"<{sender}>"), ("Received", trace)]


def write(
    call: Call,
    sender: Sender,
    title: str,
    body: str,
    received_at: datetime,
    *,
    files: Iterable[File] = (),
    sent_at: datetime | None = None,
    to: str = "",
    hops: Headers = (),
) -> bytes:
    """Return a letter whose subject is `title`, as it lies in our mailbox.

    `sent_at` is the sender's clock (the Date header), a few seconds before `received_at` if not given; `hops`
    are the trace lines of servers before ours, newest first.
    """
    agent = sender.agent
    sent = sent_at or received_at - timedelta(seconds=9)
    seed = f"{sender.address} {title} {sent.isoformat()}"
    content = text(body, agent.charset, agent.transfer)
    if agent.html:
        html = "<div>" + body.replace("\n", "<br>\n") + "</div>"
        content = multipart(
            f"000000000000{identifier(seed, 16)}", content, text(html, subtype="html"), subtype="alternative"
        )
    attached = [attachment(file.content, file.name, naming=agent.naming) for file in files]
    if attached:
        content = multipart(f"------------{identifier(seed, 24)}", content, *attached)
    raw = agent.naming == "raw-1251"
    headers: Headers = [
        *delivery(call, sender.address, sender.host, sender.host_address, received_at),
        *hops,
        ("Date", format_datetime(sent)),
        (
            "From",
            f"{sender.name} <{sender.address}>".encode(agent.charset)
            if raw
            else mailbox(sender.name, sender.address, agent.charset),
        ),
        ("To", to or call.replies.address),
        ("Subject", title.encode(agent.charset) if raw else words(title, agent.charset, before="Subject")),
        ("Message-ID", f"<{identifier(seed)}@{sender.domain}>"),
        *([(agent.header, agent.value)] if agent.header else []),
    ]
    return message(headers, content)


def polite(applicant: Applicant) -> str:
    """Return the text people write around a form, signed by the second participant."""
    return (
        "Доброго дня!\n\n"
        f"Надсилаємо заявку на участь у Мережі. Громада: {applicant.place.full}.\n"
        "Просимо підтвердити отримання.\n\n"
        f"З повагою\n{signed(applicant.second.name)}\nтел. {applicant.second.phone}\n"
    )
