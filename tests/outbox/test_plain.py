from hypothesis import given
from hypothesis import strategies as st

from outbox.plain import WIDTH, clean, fill, unbroken


def test_controls_breaks_and_surrogates_become_blanks_and_invisible_marks_go() -> None:
    assert clean("a\r\nBcc: x\x00\tb\u2028c\ud800d") == "a Bcc: x b c d"
    assert clean("за\u202eявка\u200b.docx\ufeff") == "заявка.docx"
    assert clean("  ї  ") == "ї"


def test_a_long_text_is_shortened() -> None:
    assert clean("щ" * 20, 10) == "щ" * 9 + "…"


def test_a_row_and_an_item_continue_under_their_value() -> None:
    row = "Файли:          " + ", ".join([unbroken("Заявка громади остаточна.docx")] * 3)
    assert fill(row) == (
        "Файли:          Заявка громади остаточна.docx,\n"
        "                Заявка громади остаточна.docx,\n"
        "                Заявка громади остаточна.docx"
    )
    assert fill("- " + "слово " * 13) == "- " + " ".join(["слово"] * 11) + "\n  слово слово"


def test_an_unbroken_phrase_moves_whole_to_the_next_line_unless_no_line_could_hold_it() -> None:
    assert (
        fill("а" * 60 + " " + unbroken("Коростенська міська громада"))
        == "а" * 60 + "\nКоростенська міська громада"
    )
    assert max(map(len, fill(unbroken("довга назва " * 20).strip()).splitlines())) <= WIDTH


def test_no_line_begins_with_a_dash() -> None:
    assert fill("а" * 70 + " — б") == "а" * 70 + "\n— б" or fill("а" * 70 + " б — в") == "а" * 70 + "\nб — в"
    assert fill("а" * 66 + " слово — далі") == "а" * 66 + "\nслово — далі"


def test_empty_lines_do_not_pile_up() -> None:
    assert fill("\n\n а\n\n\n\nб\n\n") == " а\n\nб"


@given(st.text(alphabet=st.sampled_from("аб .,:—-1 \n\u00a0"), max_size=400))
def test_every_line_fits_unless_it_is_one_long_word(text: str) -> None:
    for line in fill(text).splitlines():
        assert len(line) <= WIDTH or " " not in line.strip().removeprefix("- ")


@given(st.text(max_size=300))
def test_whatever_comes_in_one_encodable_line_goes_out(text: str) -> None:
    line = clean(text)
    line.encode()
    assert len(line) <= 200
    assert line.splitlines() in ([], [line])
