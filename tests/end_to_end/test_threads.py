"""Conversations over real IMAP and SMTP: what leaves, to whom, and that each answer stands in its thread (RFC 5322, 3.6.4).

Each is had twice: with the embedded SMTP server, and through Postfix into a Maildir.
"""

from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.demo.servers import ImapServer, SmtpServer
from tests.end_to_end.applicant import Applicant, Post
from tests.end_to_end.place import ROOT, Installation
from tests.end_to_end.test_worker import account
from tests.replay.desk import at
from tests.servers.postfix import Postfix

RADA, OTHER = "rada@olevsk.example", "kovalenko@poshta.example"


@pytest.fixture(params=["aiosmtpd", "postfix"])
def way(request: pytest.FixtureRequest) -> tuple[int, Post]:
    """The port of an SMTP server, and how to see what it took."""
    if request.param == "postfix":
        postfix: Postfix = request.getfixturevalue("postfix")
        return postfix.port, postfix.arrived
    server: SmtpServer = request.getfixturevalue("smtp_server")

    def taken(ids: list[str]) -> list[EmailMessage]:
        heads = [message_from_bytes(one.octets, policy=policy.default) for one in server.received]
        by_id = {str(head["Message-ID"]): head for head in heads if isinstance(head, EmailMessage)}
        assert len(by_id) == len(heads)
        return [by_id[one] for one in ids]

    return server.port, taken


@pytest.fixture
def applicant(tmp_path: Path, imap_server: ImapServer, way: tuple[int, Post]) -> Iterator[Applicant]:
    port, post = way
    installation = Installation(tmp_path, account(imap_server), port).write()
    subject = "Комунікація змін/Олевська громада, Житомирська область"
    place = ("Олевська міська територіальна громада", "Житомирська область")
    with closing(Applicant(installation, post, RADA, subject, place)) as one:
        yield one


@pytest.fixture
def bulgarian(tmp_path: Path, imap_server: ImapServer, way: tuple[int, Post]) -> Iterator[Applicant]:
    """Somebody who writes for the call of `examples/burgas.toml`, all of whose answers are really sent."""
    port, post = way
    installation = Installation(tmp_path, account(imap_server), port).write()
    example = (ROOT / "examples/burgas.toml").read_text(encoding="utf-8")
    # What takes weeks is said within a second of the worker's clock here.
    sending = 'replies.mode = "send"\nreplies.max_per_day = 9\nreplies.off = []'
    (tmp_path / "burgas.toml").write_text(
        example.replace('replies.mode = "draft"', sending), encoding="utf-8"
    )
    installation.change("include = []", 'include = ["burgas.toml"]')
    subject = "Обучение комуникация/Община Созопол, област Бургас"
    place = ("Община Созопол", "Бургас")
    made = Applicant(installation, post, "kultura@sozopol.example", subject, place, call_number=1)
    with closing(made) as one:
        yield one


def references(message: EmailMessage) -> list[str]:
    return str(message["References"]).split()


def body(message: EmailMessage) -> str:
    return " ".join(message.get_content().replace("\u00a0", " ").split())


def test_a_conversation_from_the_first_letter_to_the_complete_application(applicant: Applicant) -> None:
    first = applicant.write("Заявка.", at("07.03 10:00"), form=applicant.form(p2_phone="", p2_position=""))
    (asked,) = applicant.cycle()
    assert "Потрібні уточнення" in asked["Subject"]
    assert (asked["In-Reply-To"], references(asked)) == (first["Message-ID"], [first["Message-ID"]])

    second = applicant.write("Доповнили.", at("07.03 11:00"), to=asked, form=applicant.form(p2_position=""))
    (corrected,) = applicant.cycle()
    assert "[КЗ-2023-001] Дякуємо, уточнення отримано" in corrected["Subject"]
    chain = [first["Message-ID"], asked["Message-ID"], second["Message-ID"]]
    assert (corrected["In-Reply-To"], references(corrected)) == (second["Message-ID"], chain)

    third = applicant.write("3.8 — головний спеціаліст", at("07.03 12:00"), to=corrected)
    (completed,) = applicant.cycle(publish=True)
    assert references(completed) == [*chain, corrected["Message-ID"], third["Message-ID"]]
    assert "Тепер у заявці є все потрібне." in completed.get_content()
    (row,) = applicant.installation.rows("Заявки")
    assert (row["№ заявки"], row["Статус"]) == ("КЗ-2023-001", "Повна")


def test_a_replacement_says_so_in_its_thread(applicant: Applicant) -> None:
    first = applicant.write("Заявка.", at("07.03 10:00"), form=applicant.form())
    (accepted,) = applicant.cycle()
    assert "Заявку отримано" in accepted["Subject"]
    second = applicant.write(
        "Нова редакція.", at("07.03 11:00"), to=accepted, form=applicant.form(p2_position="директорка")
    )
    (replaced,) = applicant.cycle()
    assert "Оновлену заявку прийнято" in replaced["Subject"]
    assert references(replaced) == [first["Message-ID"], accepted["Message-ID"], second["Message-ID"]]


def test_a_duplicate_is_told_to_both_and_each_in_a_thread_of_their_own(applicant: Applicant) -> None:
    applicant.write("Заявка.", at("07.03 10:00"), form=applicant.form())
    applicant.cycle()
    other = applicant.write(
        "Заявка.", at("07.03 11:00"), sender=OTHER, form=applicant.form(p1_name="Коваленко Петро Іванович")
    )
    sent = {str(message["To"]): message for message in applicant.cycle(publish=True)}
    assert set(sent) == {RADA, OTHER}
    assert references(sent[OTHER]) == [other["Message-ID"]]
    assert sent[RADA]["References"] is None
    assert {str(message["Auto-Submitted"]) for message in sent.values()} == {"auto-replied", "auto-generated"}
    shown = [row for row in applicant.installation.rows("Листування") if row["Напрям"] == "вихідний"]
    assert len(shown) == 3


def test_a_late_letter_hears_so_and_the_extension_too(applicant: Applicant) -> None:
    late = applicant.write("Заявка.", at("10.03 18:07"), form=applicant.form())
    (told,) = applicant.cycle()
    assert "після завершення прийому" in told["Subject"]
    assert references(told) == [late["Message-ID"]]
    for old, new in (
        ("deadline = 2023-03-10T18:00:00", "deadline = 2023-03-17T18:00:00"),
        ("extended_from = []", "extended_from = [2023-03-10T18:00]"),
        ("cure_until = 2023-03-14", "cure_until = 2023-03-21"),
    ):
        applicant.installation.change(old, new)
    applicant.close()
    assert applicant.installation.intake("replay", "--apply").returncode in {0, 1}
    (extended,) = applicant.cycle()
    assert "[КЗ-2023-001]" in extended["Subject"]
    assert "17 березня 2023 року" in body(extended)
    assert (extended["In-Reply-To"], references(extended)) == (late["Message-ID"], [late["Message-ID"]])
    assert extended["Auto-Submitted"] == "auto-generated"
    assert applicant.cycle() == []


def test_a_bulgarian_conversation_from_the_first_letter_to_the_withdrawal(bulgarian: Applicant) -> None:
    own = dict.fromkeys(("hromada_email", "contact_email", "p1_email"), bulgarian.address)
    gaps = own | {"p1_phone": "", "p1_position": ""}
    first = bulgarian.write("Изпращаме заявка.", at("07.03 10:00"), form=bulgarian.form(**gaps))
    (asked,) = bulgarian.cycle()
    assert asked["Subject"] == "[ОК-2023-001] Необходими са уточнения по заявката — община Созопол"
    assert "7 март 2023 г., 10:00 ч." in body(asked)
    thread = [first["Message-ID"], asked["Message-ID"]]

    second = bulgarian.write(
        "Уважаеми колеги,\nпопълнихме длъжността.\nПоздрави,\nМария",
        at("07.03 11:00"),
        to=asked,
        form=bulgarian.form(**own, p1_phone=""),
    )
    assert second["Subject"].startswith("Отг: [ОК-2023-001] ")
    (corrected,) = bulgarian.cycle()
    thread += [second["Message-ID"], corrected["Message-ID"]]
    assert corrected["Subject"] == "[ОК-2023-001] Благодарим, получихме уточненията — община Созопол"

    third = bulgarian.write(
        "Здравейте,\nТелефон на участника: 0888 123 456\n\nПоздрави\nМария Иванова\n\n"
        "От: Обучение <intake@example.org>\nИзпратено: вторник, 7 март 2023 г. 13:05\nДо: kultura@sozopol.example\n"
        f"Относно: {corrected['Subject']}\n\n{corrected.get_content()}",
        at("07.03 12:00"),
        to=corrected,
    )
    (completed,) = bulgarian.cycle()
    assert references(completed) == [*thread, third["Message-ID"]]
    assert "в заявката има всичко необходимо" in body(completed)

    bulgarian.write("Кога започва обучението?", at("08.03 12:30"), to=completed)
    (acknowledged,) = bulgarian.cycle(publish=True)
    assert acknowledged["Subject"] == f"Re: {completed['Subject']}"
    assert "Въпросът ви е получен" in body(acknowledged)

    bulgarian.decide("За преглед", decision="отговорено ръчно", taken="Мария")
    assert bulgarian.cycle(publish=True) == []

    bulgarian.decide("Заявки", decision="избрана")
    bulgarian.announce()
    (selected,) = bulgarian.cycle()
    assert (selected["In-Reply-To"], selected["Auto-Submitted"]) == (third["Message-ID"], "auto-generated")
    thread += [third["Message-ID"], selected["Message-ID"]]
    assert references(selected) == thread[:-1]
    yes = bulgarian.write("Здравейте, потвърждаваме участието си.", at("20.03 10:00"), to=selected)
    (confirmed,) = bulgarian.cycle(publish=True)
    assert confirmed["Subject"] == "[ОК-2023-001] Участието е потвърдено — община Созопол"
    (row,) = bulgarian.rows("Заявки")
    assert (row["Статус"], bool(row["Участие потвърдено"])) == ("Пълна", True)

    last = bulgarian.write("За съжаление оттегляме заявката си.", at("21.03 10:00"), to=confirmed)
    assert bulgarian.cycle(publish=True) == []
    bulgarian.decide("За преглед", decision="оттегляне на заявката", taken="Мария")
    (withdrawn,) = bulgarian.cycle(publish=True)
    thread += [yes["Message-ID"], confirmed["Message-ID"], last["Message-ID"]]
    assert (withdrawn["In-Reply-To"], references(withdrawn)) == (last["Message-ID"], thread)
    (row,) = bulgarian.rows("Заявки")
    assert row["Статус"] == "Оттеглена"
