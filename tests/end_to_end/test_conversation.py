"""What applicants write back: each letter finds its application, and gets the right answer, once, in its thread."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from intake.config import Limits
from intake.database import reading
from intake.ledger.read import application_views, letter_views
from intake.pipeline import Settled
from intake.readers.pool import ReaderPool
from tests.end_to_end.conversation import RADA, Correspondent, correspondent
from tests.end_to_end.place import shipped_call
from tests.replay.desk import at

INCOMPLETE = {"p2_phone": "", "p2_position": ""}
PHONE = "+380671112233"


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


@pytest.fixture
def desk(tmp_path: Path, readers: ReaderPool) -> Iterator[Correspondent]:
    with correspondent(tmp_path, readers) as made:
        yield made


def text_of(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n").replace("\u00a0", " ")


def told(settled: Settled) -> tuple[str, tuple[str, ...], str | None]:
    assert settled.verdict is not None
    return str(settled.verdict.disposition), settled.verdict.codes, settled.verdict.template


def test_a_form_in_reply_corrects_what_was_asked_and_keeps_the_first_receipt_time(
    desk: Correspondent,
) -> None:
    first = desk.write("Надсилаємо заявку.", form=desk.form(**INCOMPLETE))
    asked = desk.answers()[-1][1]
    second = desk.write("Доповнили форму.", to=asked, form=desk.form())
    assert (first.number, second.number) == ("КЗ-2023-001", "КЗ-2023-001")
    assert told(second) == ("accept", ("corrects",), "corrected")
    assert desk.templates() == ["accepted_incomplete", "corrected"]
    answer = desk.answers()[-1][1]
    assert answer["References"].split() == [asked["References"], asked["Message-ID"], desk.last["Message-ID"]]
    assert "Тепер у заявці є все потрібне." in answer.get_content()
    assert desk.status() == {"КЗ-2023-001": "complete"}
    assert desk.row(second).evidence["known"] == "КЗ-2023-001"


def test_a_correction_that_leaves_something_open_says_what(desk: Correspondent) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(**INCOMPLETE))
    second = desk.write("Ось ще раз.", to=desk.answers()[-1][1], form=desk.form(p2_position=""))
    assert told(second) == ("accept", ("incomplete", "corrects"), "corrected")
    assert "Залишилося уточнити:\n\n- пункт 3.8" in text_of(desk.answers()[-1][1])


def test_the_same_form_once_more_is_asked_for_the_same(desk: Correspondent) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(**INCOMPLETE))
    second = desk.write("Надсилаємо ще раз.", to=desk.answers()[-1][1], form=desk.form(**INCOMPLETE))
    assert told(second) == ("accept", ("incomplete",), "accepted_incomplete")


def test_a_new_form_after_a_complete_one_replaces_it_and_says_what_changed(desk: Correspondent) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form())
    second = desk.write(
        "Оновлена заявка.", to=desk.answers()[-1][1], form=desk.form(p2_position="директорка")
    )
    assert told(second) == ("accept", ("replaces",), "replaced")
    answer = desk.answers()[-1][1]
    assert "Змінилося:\n- 3.8 «Посада і структурний підрозділ»" in text_of(answer)


@pytest.mark.parametrize(
    "text",
    [
        "Доброго дня!\nТелефон другого учасника: 067 111 22 33\nПосада: головний спеціаліст\n\nЗ повагою\nОлена Петренко\nтел. 050 000 00 00",
        "3.9 — 067 111 22 33\n3.8 — головний спеціаліст",
        "Вибачте, забули вказати.\nтелефон: 0671112233\nпосада другого учасника — головний спеціаліст",
        "Учасник 2:\nпосада: головний спеціаліст\nмоб. 067-111-22-33",
        "п. 3.8 головний спеціаліст; п. 3.9 +38 (067) 111-22-33\n\nНадіслано з мого iPhone",
        "В отговор на вашето писмо:\n3.8: головний спеціаліст\n3.9: 067 111 22 33\nПоздрави,\nМария",
        "Hello,\nhere are the missing details:\n3.8: головний спеціаліст\n3.9: +380671112233\nBest regards\nOlena",
    ],
)
def test_answers_written_into_the_letter_complete_the_application(desk: Correspondent, text: str) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(**INCOMPLETE))
    second = desk.write(text, to=desk.answers()[-1][1])
    assert told(second) == ("accept", ("corrects",), "corrected")
    assert (desk.value("p2_phone"), desk.value("p2_position")) == (PHONE, "головний спеціаліст")
    assert desk.value("p1_name") != ""
    assert desk.status() == {"КЗ-2023-001": "complete"}


def test_answers_beneath_our_quoted_questions_complete_the_application(desk: Correspondent) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(**INCOMPLETE))
    asked = desk.answers()[-1][1]
    lines = ["пт, 10 бер. 2023 р. о 12:01 Мережа <intake@example.org> пише:", ""]
    for line in asked.get_content().splitlines():
        lines.append(f"> {line}")
        lines += ["головний спеціаліст"] if "3.8" in line else ["067 111 22 33"] if "3.9" in line else []
    assert told(desk.write("\n".join(lines), to=asked)) == ("accept", ("corrects",), "corrected")
    assert (desk.value("p2_phone"), desk.value("p2_position")) == (PHONE, "головний спеціаліст")


WAYS = {
    "a reply": ("щось інше", True, False),
    "only its references": ("", False, True),
    "only the number in its subject": ("FW: [КЗ-2023-001] уточнення", False, False),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_letter_finds_its_application_whatever_else_its_subject_says(desk: Correspondent, way: str) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(contact_phone=""))
    ours = desk.answers()[-1][1]["Message-ID"]
    subject, replies, refers = WAYS[way]
    headers = {"In_Reply_To": ours} if replies else {"References": ours} if refers else {}
    settled = desk.write("Мобільний телефон: 067 123 45 67", subject=subject, **headers)
    assert (desk.row(settled).number, desk.status()) == ("КЗ-2023-001", {"КЗ-2023-001": "complete"})
    assert desk.templates() == ["accepted_incomplete", "corrected"]


def test_a_number_that_a_stranger_writes_changes_nothing_and_waits_for_a_person(desk: Correspondent) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(contact_phone=""))
    settled = desk.write(
        "Мобільний телефон: 067 123 45 67", subject="Re: [КЗ-2023-001]", sender="x@other.example"
    )
    assert (desk.row(settled).disposition, desk.status()) == ("hold", {"КЗ-2023-001": "incomplete"})
    assert (desk.value("contact_phone"), desk.templates("x@other.example")) == ("", [])


def test_what_is_quoted_answers_nothing(desk: Correspondent) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(**INCOMPLETE))
    asked = desk.answers()[-1][1]
    quoted = "\n".join(f"> {line}" for line in ("Телефон другого учасника: 067 111 22 33", "Чи все гаразд?"))
    assert told(desk.write(f"Дякуємо!\n\n10.03.2023 12:00, Рада пише:\n{quoted}", to=asked)) == (
        "accept",
        ("thanks",),
        None,
    )


@pytest.mark.parametrize(
    "text",
    [
        "телефон: 067 111 22 33",
        "067 111 22 33",
        "телефон: 067 111 22 33 або 050 111 22 33, ще не вирішили",
        "Телефон другого учасника 067 111 22 33. Просимо також замінити першого учасника.",
        "Телефон учасника 3: 067 111 22 33",
        "Телефон другого учасника: 067-12",
    ],
)
def test_what_is_not_sure_waits_for_a_person(desk: Correspondent, text: str) -> None:
    desk.write("Надсилаємо заявку.", form=desk.form(p1_phone="", p2_phone=""))
    second = desk.write(text, to=desk.answers()[-1][1])
    assert second.verdict is not None
    assert (str(second.verdict.disposition), second.verdict.template) == ("hold", None)
    assert "conversation" in second.verdict.codes
    assert (desk.revisions(), desk.status()) == (1, {"КЗ-2023-001": "incomplete"})


def test_nobody_consents_for_a_colleague(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form(p1_consent="", p2_consent="", p2_email="second@olevsk.example"))
    asked = desk.answers()[-1][1]
    assert told(desk.write("6.1 — так\n6.2 — так", to=asked))[0] == "hold"
    own = desk.write("6.2 — згоду надаю", to=asked, sender="second@olevsk.example")
    assert told(own) == ("accept", ("incomplete", "corrects"), "corrected")


def test_a_different_value_replaces_a_good_one_only_in_answer_to_our_letter(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    answer = desk.answers()[-1][1]
    before = desk.value("contact_phone")
    text = "Телефон контактної особи: 067 111 22 33"
    for sender in (RADA, "stranger@example.org"):
        claimed = desk.write(text, to=answer, references=False, sender=sender)
        assert told(claimed) == ("hold", ("conversation", "values_suggested"), None)
        assert claimed.number == "КЗ-2023-001"
    assert desk.value("contact_phone") == before
    assert told(desk.write(text, to=answer)) == ("accept", ("corrects",), "corrected")
    assert desk.value("contact_phone") == PHONE
    assert "2.3 «Мобільний телефон»" in text_of(desk.answers()[-1][1])


def test_after_the_deadline_what_was_asked_may_come_until_the_end_of_the_cure_period(
    desk: Correspondent,
) -> None:
    desk.write("Заявка.", form=desk.form(p2_phone=""))
    asked = desk.answers()[-1][1]
    cured = desk.write("3.9: 067 111 22 33", to=asked, when=at("14.03 17:00"))
    assert told(cured) == ("accept", ("corrects",), "corrected")
    late = desk.write("3.9: 067 111 22 34", to=desk.answers()[-1][1], when=at("15.03 10:00"))
    assert told(late) == ("hold", ("late_update", "corrects"), "replaced")
    assert (desk.value("p2_phone"), desk.status()) == (PHONE, {"КЗ-2023-001": "complete"})


def test_a_hromada_named_on_one_line_settles_where_a_letter_comes_from(desk: Correspondent) -> None:
    subject = "Комунікація змін/Миколаївська громада"
    held = desk.write("Заявка.", subject=subject, form=desk.form(hromada="Миколаївська", oblast=""))
    assert (held.number, desk.templates()) == (None, ["subject_unrecognised"])
    asked = desk.answers()[-1][1]
    vague = desk.write("Миколаївська громада", to=asked)
    assert (told(vague)[0], vague.number) == ("hold", None)
    named = desk.write("Добрий день! Миколаївська міська громада, Миколаївська область", to=asked)
    assert (told(named), named.number) == (("accept", ("place_named",), None), "КЗ-2023-001")
    row = desk.row(held)
    assert (row.number, row.disposition, row.evidence["place_by"]) == ("КЗ-2023-001", "accept", "reply")
    assert desk.templates() == ["subject_unrecognised", "accepted"]
    answer = desk.answers()[-1][1]
    assert answer["In-Reply-To"] == desk.last["Message-ID"]
    # The application has the receipt time of its first letter.
    assert "7 березня 2023 року, 12:01" in text_of(answer)


@pytest.mark.parametrize(
    "around",
    [
        "{}. Вибачте за помилку!\n\nОксана Мельник, 0671112233",
        "Наша громада — {}. Перепрошуємо за непорозуміння.\nОксана Мельник\nначальниця відділу, 067 111 22 33",
        "Доброго дня! {}. Щиро дякую!\n\nМельник О. І., начальниця відділу цифрового розвитку",
    ],
)
def test_a_friendly_word_and_a_signature_keep_nobody_from_naming_a_hromada(
    desk: Correspondent, around: str
) -> None:
    subject = "Комунікація змін/Миколаївська громада"
    desk.write("Заявка.", subject=subject, form=desk.form(hromada="Миколаївська", oblast=""))
    place = "Миколаївська міська громада, Миколаївська область"
    named = desk.write(around.format(place), to=desk.answers()[-1][1])
    assert (told(named), named.number) == (("accept", ("place_named",), None), "КЗ-2023-001")
    assert desk.templates() == ["subject_unrecognised", "accepted"]


@pytest.mark.parametrize("chain", [True, False])
def test_an_answer_that_leaves_fewer_places_is_asked_about_once_more(
    desk: Correspondent, *, chain: bool
) -> None:
    subject = "Комунікація змін/Миколаївська громада"
    held = desk.write(
        "Заявка.", subject=subject, form=desk.form(hromada="Миколаївська", oblast="", raion="", katottg="")
    )
    first = desk.answers()[-1][1]
    assert text_of(first).count("- Миколаївська") == 8
    vague = desk.write("Миколаївська громада, Сумська область\n\nДякую, Оксана Іваненко", to=first)
    assert told(vague) == ("accept", ("place_narrowed",), None)
    second = desk.answers()[-1][1]
    if not chain:
        # Some programs name only the letter they answer.
        del second["References"]
    assert [line for line in text_of(second).splitlines() if line.startswith("- ")] == [
        "- Миколаївська селищна територіальна громада, Сумська область",
        "- Миколаївська сільська територіальна громада, Сумська область",
    ]
    with reading(desk.engine) as tx:
        (waiting,) = [one for one in letter_views(tx, desk.call.id) if one.disposition == "hold"]
    assert waiting.suggestion.count("Сумська область") == 2
    assert "Дніпропетровська" not in waiting.suggestion
    # The same answer leaves nothing to ask about: a person goes on.
    again = desk.write("Миколаївська громада, Сумська область", to=second)
    assert (told(again)[0], desk.templates()) == ("hold", ["subject_unrecognised", "subject_unrecognised"])
    copied = "> - Миколаївська сільська територіальна громада, Сумська область\nМиколаївська сільська територіальна громада, Сумська область"
    named = desk.write(copied, to=second)
    assert (told(named), named.number) == (("accept", ("place_named",), None), "КЗ-2023-001")
    assert desk.row(held).disposition == "accept"


@pytest.mark.parametrize(
    "text", ["Олевська громада, Житомирська область", "Миколаївська громада. А коли результати?", "Дякуємо!"]
)
def test_a_place_the_form_leaves_no_room_for_and_other_words_settle_nothing(
    desk: Correspondent, text: str
) -> None:
    subject = "Комунікація змін/Миколаївська громада"
    desk.write("Заявка.", subject=subject, form=desk.form(hromada="Миколаївська", oblast=""))
    answered = desk.write(text, to=desk.answers()[-1][1])
    assert (answered.number, desk.status()) == (None, {})


@pytest.mark.parametrize("in_thread", [True, False])
def test_a_form_sent_once_more_with_its_place_counts_from_the_first_letter(
    desk: Correspondent, *, in_thread: bool
) -> None:
    form = desk.form(hromada="Миколаївська", oblast="")
    held = desk.write("Заявка.", subject="Комунікація змін/Миколаївська громада", form=form)
    to = desk.answers()[-1][1] if in_thread else None
    subject = "Комунікація змін/Миколаївська громада, Миколаївська область"
    whole = desk.form(hromada="Миколаївська міська територіальна громада", oblast="Миколаївська область")
    again = desk.write("Ще раз.", subject=subject, to=to, form=whole, when=at("13.03 10:00"))
    assert (again.number, desk.row(held).number) == ("КЗ-2023-001", "КЗ-2023-001")
    assert desk.status() == {"КЗ-2023-001": "complete"}
    assert desk.templates() == ["subject_unrecognised", "accepted"]
    with reading(desk.engine) as tx:
        (view,) = application_views(tx, desk.call.id)
    assert (view.first_received_at, view.revision) == (at("07.03 12:01"), 2)
    assert "7 березня 2023 року, 12:01" in text_of(desk.answers()[-1][1])


def test_a_form_for_another_place_settles_nothing_of_the_first(desk: Correspondent) -> None:
    form = desk.form(hromada="Миколаївська", oblast="")
    held = desk.write("Заявка.", subject="Комунікація змін/Миколаївська громада", form=form)
    other = desk.write("Заявка.", form=desk.form())
    assert (desk.row(held).number, other.number) == (None, "КЗ-2023-001")
    assert desk.templates() == ["subject_unrecognised", "accepted"]


def test_a_withdrawal_goes_to_a_person_and_changes_nothing(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    second = desk.write(
        "На жаль, змушені відмовитися від участі. Чи потрібен лист?", to=desk.answers()[-1][1]
    )
    assert told(second) == ("hold", ("withdrawal",), None)
    assert desk.status() == {"КЗ-2023-001": "complete"}


def test_questions_go_to_a_person_and_are_acknowledged_once_a_day(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    answer = desk.answers()[-1][1]
    assert told(desk.write("Чи можна замінити учасника?", to=answer)) == (
        "hold",
        ("question",),
        "question_ack",
    )
    assert told(desk.write("Підкажіть ще, коли старт", to=answer))[1] == ("question", "told_today")
    elsewhere = desk.write("Маємо запитання: чи буде запис?", subject="Запитання")
    assert (elsewhere.number, told(elsewhere)[1]) == ("КЗ-2023-001", ("question", "told_today"))
    tomorrow = desk.write("Коли старт?", to=answer, when=at("08.03 14:00"))
    assert told(tomorrow)[1] == ("question",)
    assert desk.templates() == ["accepted", "question_ack", "question_ack"]


def test_thanks_are_noted_and_not_answered(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    assert told(desk.write("Дякуємо, отримали! Гарного дня!", to=desk.answers()[-1][1])) == (
        "accept",
        ("thanks",),
        None,
    )
    assert desk.templates() == ["accepted"]


def test_a_confirmation_counts_only_after_the_selection(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    early = desk.write("Підтверджуємо участь", to=desk.answers()[-1][1])
    assert told(early) == ("hold", ("conversation",), None)
    selected = desk.tell("selected")
    confirmed = desk.write("Доброго дня! Підтверджуємо.", to=selected)
    assert told(confirmed) == ("accept", ("confirmed",), "confirmed")
    assert "Участь підтверджено" in desk.answers()[-1][1]["Subject"]
    with reading(desk.engine) as tx:
        (view,) = application_views(tx, desk.call.id)
    assert view.confirmed_at == desk.now
    but = desk.write("Підтверджуємо участь, але замість Бондаря буде Коваль", to=selected)
    assert told(but) == ("hold", ("conversation",), None)


def test_a_talk_about_a_late_application_leaves_it_late(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form(), when=at("10.03 18:05"))
    answer = desk.answers()[-1][1]
    assert told(desk.write("Не було світла, надіслали вчасно", to=answer)) == (
        "hold",
        ("conversation",),
        None,
    )
    assert told(desk.write("Дякуємо", to=answer)) == ("accept", ("thanks",), None)
    assert desk.status() == {"КЗ-2023-001": "late"}


def test_both_senders_of_one_place_are_told_with_masked_addresses(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    other = "kovalenko@gmail.com"
    second = desk.write("Заявка.", form=desk.form(p1_name="Коваленко Петро Іванович"), sender=other)
    assert told(second) == ("hold", ("duplicate",), "duplicate_new")
    (_, to_first), (_, to_new) = desk.answers()[-1], desk.answers(other)[-1]
    assert "ko…@gmail.com" in to_first.get_content()
    assert "ra…@olevsk.example" in to_new.get_content()
    assert [text for text in (RADA, other) if text in to_first.get_content() + to_new.get_content()] == []
    assert (to_first["In-Reply-To"], to_new["In-Reply-To"]) == (None, desk.last["Message-ID"])


def test_many_strangers_are_not_many_letters_to_the_first_sender(desk: Correspondent) -> None:
    desk.write("Заявка.", form=desk.form())
    for number in range(5):
        desk.write("Заявка.", form=desk.form(), sender=f"somebody{number}@example.org")
    assert desk.templates() == ["accepted", "duplicate_first", "duplicate_first"]


def test_a_copy_to_the_address_of_the_form_counts_for_that_address(
    tmp_path: Path, readers: ReaderPool
) -> None:
    call = shipped_call()
    call = call.model_copy(update={"replies": call.replies.model_copy(update={"copy_to_form": True})})
    official = "official@olevsk.example"
    with correspondent(tmp_path, readers, call=call) as desk:
        for number in range(5):
            form = desk.form(hromada_email=official, contact_email=official, p2_position=f"посада {number}")
            desk.write(
                "Заявка.",
                form=form,
                sender=f"somebody{number % 2}@olevsk.example",
                to=desk.answers(official)[0][1] if number else None,
            )
        assert desk.templates(official) == ["accepted", "replaced", "replaced"]
        ours, copy = desk.answers("somebody0@olevsk.example")[0][1], desk.answers(official)[0][1]
    assert (copy.get_content(), copy["Subject"]) == (ours.get_content(), ours["Subject"])
    assert copy["Message-ID"] != ours["Message-ID"]


def test_one_letter_has_one_answer_and_an_address_so_many_a_day(desk: Correspondent) -> None:
    for number in range(8):
        desk.write(f"Заявка {number}.", form=desk.form(p2_position=f"посада {number}"))
        assert len(desk.answers()) == min(number + 1, 3)
    assert desk.call.replies.max_per_day == 3


def test_the_cap_counts_the_address_that_is_answered(desk: Correspondent) -> None:
    box = "office@olevsk.example"
    for number in range(5):
        desk.write("Заявка.", form=desk.form(p2_position=f"посада {number}"), Reply_To=box)
    assert (len(desk.answers(box)), desk.answers()) == (3, [])
