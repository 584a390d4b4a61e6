"""The letters of the demo: what a call's mailbox really gets in its last days, with invented people.

`demo_letters` has one letter for each kind of trouble; `many_letters` gives any number of good applications. Both give
the same octets each time. Nothing here may know how letters are judged.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from intake.blank import form_docx
from intake.demo import hostile, machines
from intake.demo import people as of
from intake.demo.applicants import Applicant, answers
from intake.demo.many import many_letters
from intake.demo.octets import Headers, received
from intake.demo.post import (
    GMAIL,
    IPHONE,
    KOI8,
    OUR_SERVER,
    OUTLOOK,
    ROUNDCUBE,
    THE_BAT,
    THUNDERBIRD,
    UKRAINIAN_WEBMAIL,
    ZIMBRA,
    Agent,
    DemoLetter,
    File,
    Sender,
    moment,
    office,
    polite,
    subject,
    write,
)
from rules.call import Call
from rules.verdict import Disposition

__all__ = ["OUR_SERVER", "DemoLetter", "demo_letters", "many_letters"]

ACCEPT, HOLD, REJECT, DISCARD = Disposition.ACCEPT, Disposition.HOLD, Disposition.REJECT, Disposition.DISCARD
_LINK = "https://drive.google.com/file/d/0000000000000000000000000demo/view?usp=sharing"


def demo_letters(call: Call) -> tuple[DemoLetter, ...]:
    """Return the letters of the demo in the order they reach the server, for a Ukrainian call.

    Times are counted back from the call's deadline, so that the last ones fall on either side of it.
    """
    letters = (
        *_wordings(call),
        *_without_form(call),
        *_same_hromada(call),
        *_machines(call),
        *_troubled_files(call),
        *_deadline(call),
    )
    return tuple(sorted(letters, key=lambda letter: letter.received_at))


def _wordings(call: Call) -> Iterable[DemoLetter]:
    at = moment(call, 9, "10:12:00")
    exact = subject(call, _named(of.OLEVSK))
    first = _application(
        call, "Exact subject, complete form", of.OLEVSK, at, exact,
        agent=THUNDERBIRD, expect="accepted: a row of its own, confirmed by letter",
    )  # fmt: skip
    yield first
    again = at + timedelta(seconds=48)
    alias = received(OUR_SERVER, "lists.example.org", "192.0.2.77", "5F1A2B3C4D", again)
    yield DemoLetter(
        "The same letter by another route",
        b"Received: " + alias.encode() + b"\r\n" + first.octets,
        again,
        "a copy: no second row, no second answer",
        DISCARD,
    )
    yield _application(
        call, "Sloppy subject", of.OVRUCH, moment(call, 8, "15:40:21"),
        f"{call.subject.topic.lower()}\\ Овруцька громада  Житомирської обл.",
        agent=ZIMBRA, expect="accepted, with one friendly line about the subject",
    )  # fmt: skip
    yield _application(
        call, "Subject copied from the sample", of.BERDYCHIV, moment(call, 7, "09:05:33"),
        subject(call, call.subject.placeholder or "Назва громади та область"),
        agent=GMAIL, expect="accepted: the form names the hromada",
    )  # fmt: skip
    yield _application(
        call, "Bare windows-1251 headers", of.RADOMYSHL, moment(call, 7, "16:48:02"),
        subject(call, "Радомишльська громада, Житомирська обл."),
        agent=THE_BAT, expect="accepted: every letter of the names is right",
    )  # fmt: skip
    yield _application(
        call, "Bulgarian reply prefix, KOI8-U", of.BUCHACH, moment(call, 6, "11:20:45"),
        "Отг: " + subject(call, "Бучацька міська територіальна громада, Тернопільська область"),
        agent=KOI8, expect="accepted: «Отг:» is a prefix, not a word of the name",
    )  # fmt: skip
    yield _application(
        call, "Unknown hromada", of.UNKNOWN, moment(call, 1, "15:20:00"),
        subject(call, _named(of.UNKNOWN)),
        agent=ROUNDCUBE, expect="held: no hromada has this name, and none is guessed", disposition=HOLD,
    )  # fmt: skip


def _without_form(call: Call) -> Iterable[DemoLetter]:
    yield _plain(
        call, "Polite text, no form",
        Sender("Коростишівська рада", "inbox@korostyshiv.example", UKRAINIAN_WEBMAIL),
        moment(call, 4, "12:31:10"), subject(call, "Коростишівська громада, Житомирська область"),
        body="Наша громада дуже хоче взяти участь у Мережі. Форму надсилаємо у вкладенні.\n\nЗ повагою\nМаксим ДЯЧЕНКО",
        expect="asked to send the form; no application yet", disposition=REJECT,
    )  # fmt: skip
    yield _plain(
        call, "A question to the coordinators", Sender("Марина Лозова", "m.lozova@example.com", GMAIL),
        moment(call, 4, "14:02:57"), "Запитання щодо навчання",
        body="Підкажіть, будь ласка, чи може взяти участь староста і чи будуть записи занять?\n\nДякую!\nМарина Лозова",
        expect="left to a person, no automatic answer", disposition=HOLD,
    )  # fmt: skip
    yield _plain(
        call, "A link to cloud storage", office(of.POPILNIA, GMAIL), moment(call, 1, "12:15:00"),
        subject(call, _named(of.POPILNIA)), body=f"Заявка за посиланням:\n{_LINK}\n\nЗ повагою\nІлона СТАСЮК",
        expect="held: the link is not followed, the file is asked for", disposition=HOLD,
    )  # fmt: skip


def _same_hromada(call: Call) -> Iterable[DemoLetter]:
    yield _application(
        call, "Incomplete form", of.CHUDNIV, moment(call, 3, "10:15:00"),
        subject(call, _named(of.CHUDNIV)),
        changed={"p1_email": "komunikacii.chudniv.example", "p2_phone": "", "p2_consent": ""},
        agent=OUTLOOK, expect="accepted: a phone, an e-mail address and a consent are asked for",
    )  # fmt: skip
    yield _application(
        call, "Corrected form, same sender", of.CHUDNIV, moment(call, 3, "16:52:40"),
        subject(call, "Чуднівська міська територіальна громада, Житомирська область"),
        agent=OUTLOOK, expect="the same row, second revision; the first receipt time is kept",
    )  # fmt: skip
    culture = Sender("Людмила Іванчук", "kultura.ovruch@example.net", ROUNDCUBE)
    others = answers(call, of.OVRUCH) | {
        "p1_name": "Іванчук Людмила Гнатівна",
        "p1_email": culture.address,
        "p2_name": "Собко Кирило Артемович",
        "p2_email": "k.sobko@example.net",
    }
    yield _plain(
        call, "Second sender of the same hromada", culture, moment(call, 2, "13:10:05"),
        subject(call, _named(of.OVRUCH)), body="Надсилаємо заявку від відділу культури.\n\nЛюдмила ІВАНЧУК",
        files=[File("Заявка від відділу культури.docx", form_docx(call, others))],
        expect="held: the hromada has applied already, a person decides", disposition=HOLD,
    )  # fmt: skip
    raion = Sender("Загальний відділ Звягельської районної ради", "zagal@zviahel-raion.example", OUTLOOK)
    at, title = moment(call, 1, "08:47:19"), subject(call, _named(of.BRONYKY))
    original = _application(
        call,
        "",
        of.BRONYKY,
        moment(call, 2, "17:03:11"),
        title,
        agent=THUNDERBIRD,
        expect="",
        to=raion.address,
    ).octets
    # What our server wrote on top was not there yet when the raion council forwarded the letter.
    original = original[original.index(b"Date: ") :]
    yield DemoLetter(
        "Forwarded by the raion council",
        machines.forwarded(call, raion, title, original, at),
        at,
        "accepted: the form inside the forwarded letter counts",
    )


def _machines(call: Call) -> Iterable[DemoLetter]:
    junk, away, failed = moment(call, 2, "03:12:44"), moment(call, 2, "09:00:14"), moment(call, 2, "09:31:00")
    clerk = Sender("Дяченко Максим", "m.diachenko@korostyshiv.example", OUTLOOK)
    right = subject(call, "Коростишівська громада, Житомирська область")
    yield DemoLetter(
        "Spam", machines.spam(call, junk), junk, "never answered; kept for a person to glance at", HOLD
    )
    yield DemoLetter(
        "Out of office",
        machines.out_of_office(call, clerk, right, away),
        away,
        "never answered, no row, though the subject is right",
        DISCARD,
    )
    yield DemoLetter(
        "Delivery report with a form inside",
        machines.bounce(call, _form(call, of.LUHYNY), failed),
        failed,
        "never answered: the form inside is no application",
        DISCARD,
    )


def _troubled_files(call: Call) -> Iterable[DemoLetter]:
    dtd = hostile.entities_docx(call, answers(call, of.LUHYNY))
    for title, applicant, agent, clock, content, expect in (
        (
            "Attachment that unpacks to 256 MiB", of.LIUBAR, IPHONE, "10:00:01", hostile.zip_bomb(call),
            "held: refused before it is unpacked; another copy is asked for",
        ),
        (
            "Attachment with a hostile DTD", of.LUHYNY, OUTLOOK, "10:44:08", dtd,
            "held: nothing is expanded or fetched; another copy is asked for",
        ),
        (
            "Form under a password", of.ROMANIV, OUTLOOK, "11:30:30", hostile.locked_docx(),
            "held: a copy without a password is asked for",
        ),
    ):  # fmt: skip
        at, file = moment(call, 1, clock), File(f"Заявка {applicant.place.centre}.docx", content)
        yield _application(
            call, title, applicant, at, subject(call, _named(applicant)),
            file=file, agent=agent, expect=expect, disposition=HOLD,
        )  # fmt: skip


def _deadline(call: Call) -> Iterable[DemoLetter]:
    def seconds(after: float) -> datetime:
        return call.deadline_at + timedelta(seconds=after)

    yield _application(
        call, "Exactly on time", of.NARODYCHI, seconds(30), subject(call, _named(of.NARODYCHI)),
        agent=ROUNDCUBE, expect="accepted: the minute of the deadline is included",
    )  # fmt: skip
    yield _application(
        call, "Late by one minute", of.PULYNY, seconds(60), subject(call, _named(of.PULYNY)),
        sent_at=seconds(60), agent=THUNDERBIRD, expect="refused as late, both times shown", disposition=REJECT,
    )  # fmt: skip
    relay = received("relay.example.net", "mail.khoroshiv.example", "192.0.2.10", "7C0FFEE123", seconds(-431))
    yield _application(
        call, "Sent in time, arrived late", of.KHOROSHIV, seconds(1029), subject(call, _named(of.KHOROSHIV)),
        sent_at=seconds(-440), hops=[("Received", relay)],
        agent=ZIMBRA, expect="held: a person decides whose delay it was", disposition=HOLD,
    )  # fmt: skip


def _named(applicant: Applicant) -> str:
    return f"{applicant.place.name} громада, {applicant.place.oblast}"


def _form(call: Call, applicant: Applicant, changed: dict[str, str] | None = None) -> File:
    values = answers(call, applicant) | (changed or {})
    return File(f"Заявка {applicant.place.name} громада.docx", form_docx(call, values))


def _application(
    call: Call,
    title: str,
    applicant: Applicant,
    at: datetime,
    line: str,
    *,
    agent: Agent,
    expect: str,
    disposition: Disposition = ACCEPT,
    changed: dict[str, str] | None = None,
    file: File | None = None,
    sent_at: datetime | None = None,
    hops: Headers = (),
    to: str = "",
) -> DemoLetter:
    """Return an application from the hromada's office with the subject `line`; `changed` answers differ."""
    files = [file or _form(call, applicant, changed)]
    body = polite(applicant)
    octets = write(
        call, office(applicant, agent), line, body, at, files=files, sent_at=sent_at, hops=hops, to=to
    )
    return DemoLetter(title, octets, at, expect, disposition)


def _plain(
    call: Call,
    title: str,
    sender: Sender,
    at: datetime,
    line: str,
    *,
    body: str,
    files: Iterable[File] = (),
    expect: str,
    disposition: Disposition,
) -> DemoLetter:
    octets = write(call, sender, line, f"Доброго дня!\n\n{body}\n", at, files=files)
    return DemoLetter(title, octets, at, expect, disposition)
