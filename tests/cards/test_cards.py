"""The card of an application: everything in one page that runs nothing, written only when its story changed."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import insert
from sqlalchemy import update as sql_update

from intake import cards
from intake.archive import Archive
from intake.cards.words import CARDS
from intake.database import decisions, revisions
from intake.workbook.card_names import card_name
from outbox.words import Language
from rules.answer import Fault
from tests.workbook.desk import Desk, answers

ONE, TWO = "КЗ-2023-001", "КЗ-2023-002"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7*7 }}\u202etxt.exe"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.engine.dispose()


def update(desk: Desk) -> cards.Cards:
    folder = desk.path.parent
    return cards.update(
        desk.engine,
        desk.call,
        folder / "cards",
        archive=Archive(folder / "archive"),
        attachments=folder / "files",
        now=desk.now,
    )


def page(desk: Desk, number: str = ONE) -> str:
    return (desk.path.parent / "cards" / card_name(number)).read_text(encoding="utf-8")


def texts(html: str) -> str:
    """Return what a reader sees, by way of a strict parser: a page that is not well formed would not even be read."""
    closed = re.sub(r"<(meta|col|img|br)\b([^>]*)>", r"<\1\2/>", html.removeprefix("<!DOCTYPE html>"))
    return "".join(ElementTree.fromstring(closed).itertext())


def test_a_name_is_ascii() -> None:
    assert card_name("КЗ-2023-014") == "KZ-2023-014.html"
    assert card_name("ЩЄ_ґанок/../x") == "SHCHIE_ganok_.._x.html"
    assert card_name("Бургас-7") == "Burhas-7.html"


def test_a_card_says_what_the_ledger_knows(desk: Desk) -> None:
    late = {"code": "late", "disposition": "reject", "facts": {"by_seconds": 460}}
    desk.application(
        1,
        status="incomplete",
        faults=[{"key": "p2_name", "code": "missing", "found": ""}],
        findings=[late],
        clocks=[
            {"name": "INTERNALDATE", "at": "2023-03-06T07:30:00+00:00", "by": ""},
            {"name": "Date", "at": "2023-03-06T07:29:00+00:00", "by": ""},
        ],
    )
    desk.reply(ONE, state="failed")
    assert update(desk) == cards.Cards(1, 1)
    seen = texts(page(desk))
    for expected in (
        "КЗ-2023-001 · Звягельська міська територіальна громада",
        "Потрібні уточнення",
        "Учасник 2: Прізвище, власне ім’я, по батькові (за наявності): не заповнено",
        "надійшов після строку; запізнення: 7 хвилин",
        "скринька отримала (INTERNALDATE): 06.03.2023 09:30:00 EET ← за цим судимо",
        "годинник відправника (Date): 06.03.2023 09:29:00 EET",
        "не доставлено",
        "Заявка.docx",
    ):
        assert expected in seen


@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_every_fault_of_an_answer_has_words(language: Language) -> None:
    codes = set(re.findall(r"`([a-z_]+)`", str(Fault.__doc__).partition("`code`:")[2])) - {"found"}
    assert len(codes) > 10
    assert codes - CARDS[language].fault_codes.keys() == set()


def test_letters_read_off_a_scan_are_never_told_to_be_sure(desk: Desk) -> None:
    finding = {"code": "draft", "disposition": "hold", "facts": {"file": "скан.pdf"}}
    desk.application(1, findings=[finding])
    with desk.engine.begin() as tx:
        read = {"raw": "x", "value": "Їжак Іван", "where": "page 1, row 3", "confidence": 1.0}
        typed = {"raw": "x", "value": "учитель", "where": "table 2, row 1", "confidence": 1.0}
        tx.execute(sql_update(revisions).values(values={"p1_name": read, "change": typed}))
    update(desk)
    seen = " ".join(texts(re.sub(r"<(?=/t[dh])", " <", page(desk))).split())
    assert "Їжак Іван x стор. 1, рядок 3 зі скану: звірте" in seen
    assert "учитель x таблиця 2, рядок 1 100 %" in seen


def test_what_an_applicant_wrote_is_only_ever_text(desk: Desk) -> None:
    values = dict.fromkeys(answers(1, desk.call), HOSTILE)
    desk.application(
        1,
        values=values,
        subject=HOSTILE,
        from_name=HOSTILE,
        from_address=HOSTILE,
        files=[{"name": HOSTILE, "sha256": "0" * 64, "size": 1, "type": "html", "status": HOSTILE}],
        findings=[{"code": "place_unknown", "disposition": "hold", "facts": {"text": HOSTILE}}],
    )
    update(desk)
    html = page(desk)
    assert re.findall(r"<\s*/?\s*(\w+)", html).count("script") == 0
    assert set(re.findall(r"<\s*(\w+)", html)) <= {
        "html", "head", "meta", "title", "style", "body", "p", "h1", "h2", "h3", "span", "table", "thead", "tbody",
        "tr", "th", "td", "small", "section", "a", "pre", "footer", "colgroup", "col", "br",
    }  # fmt: skip
    assert texts(html).count("<script>alert(1)</script>") > 5
    assert "{{ 7*7 }}" in html
    # A page of an applicant's is never opened as one.
    assert re.findall(r'href="([^"]*)"', html) == [f"../files/{desk_folder(html)}/01.bin"]


def desk_folder(html: str) -> str:
    found = re.search(r"\.\./files/([0-9a-f]{16})/", html)
    assert found is not None
    return found[1]


def test_the_policy_of_a_card_admits_no_script_and_only_its_own_style(desk: Desk) -> None:
    desk.application(1)
    update(desk)
    html = page(desk)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert ("<script" in html, " style=" in html, " on" + "click" in html) == (False, False, False)


def test_a_card_is_written_only_when_its_story_changed(desk: Desk) -> None:
    desk.application(1)
    desk.application(2)
    assert update(desk) == cards.Cards(2, 2)
    assert update(desk) == cards.Cards(2, 0)
    desk.reply(TWO)
    assert update(desk) == cards.Cards(2, 1)
    (desk.path.parent / "cards" / card_name(ONE)).unlink()
    desk.letter("another", call_id=None)
    assert update(desk) == cards.Cards(2, 1)


def test_a_torn_index_only_costs_writing_them_again(desk: Desk) -> None:
    desk.application(1)
    update(desk)
    (desk.path.parent / "cards" / f".{desk.call.id}.index.json").write_text("{", encoding="utf-8")
    desk.letter("another", call_id=None)
    assert update(desk) == cards.Cards(1, 1)


def test_revisions_and_decisions_are_a_history(desk: Desk) -> None:
    desk.application(1, values={"p1_name": "Було", "population": "5"})
    digest = desk.letter("second", number=ONE, disposition="accept")
    with desk.engine.begin() as tx:
        tx.execute(
            insert(revisions).values(
                number=ONE, revision=2, digest=digest, form=digest, received_at=datetime(2023, 3, 7, 8, tzinfo=UTC),
                sender="rada@korosten.example", faults=[], unknown_labels=["Зайвий рядок"],
                values={
                    "p1_name": {"raw": "СТАЛО ", "value": "Стало", "where": "table 3, row 1", "confidence": 0.9},
                    "population": {"value": "5"},
                    "contact_name": {"raw": "учасник 1", "value": "Стало", "where": "table 2, row 1 = p1_name", "confidence": 1},
                    "contact_phone": {"raw": "1", "value": "1", "where": "letter, line 3", "confidence": 1},
                },
            )
        )  # fmt: skip
        tx.execute(
            insert(decisions).values(
                digest=digest, made_by="rules", made_at=datetime(2023, 3, 7, 9, tzinfo=UTC), disposition="accept",
                findings=[], rules_digest="abc", note="<b>",
            )
        )  # fmt: skip
    update(desk)
    seen = re.sub(r"<(?=/t[dh]|br)", " <", page(desk))
    seen = " ".join(texts(seen).split())
    assert "Стало СТАЛО таблиця 3, рядок 1 90 %" in seen
    assert "таблиця 2, рядок 1 = 3.1 Учасник 1: Прізвище, власне ім’я" in seen
    assert "лист, рядок 3" in seen
    assert "Звідки відома громада форма" in seen
    assert "Що змінилося: редакція 2 Поле Було Стало" in seen
    assert "Учасник 1: Прізвище, власне ім’я, по батькові (за наявності) Було Стало" in seen
    assert "вирішено: зараховано (програма · правила abc) <b>" in seen
    assert "Зайвий рядок" in seen


def test_the_letter_is_shown_as_received_when_the_archive_has_it(desk: Desk) -> None:
    octets = "From: a@b.example\nSubject: x\nContent-Type: text/plain; charset=utf-8\n\nДобрий день, <i>надсилаємо</i>".encode()
    kept = Archive(desk.path.parent / "archive").keep([octets])
    desk.application(1)
    with desk.engine.begin() as tx:
        tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        old = tx.exec_driver_sql("SELECT digest FROM letters").scalar()
        tx.exec_driver_sql("UPDATE revisions SET digest = ?", (kept.digest,))
        tx.exec_driver_sql("UPDATE letters SET digest = ? WHERE digest = ?", (kept.digest, old))
    update(desk)
    assert "Добрий день, <i>надсилаємо</i>" in texts(page(desk))
