"""The museum: one function for each way a form is laid out or filled in. Each takes the answers and returns a .docx."""

import unicodedata
from collections.abc import Callable

from tests.forms import word
from tests.forms.applicants import Answers
from tests.forms.call import HEAD, LABELS, PERSON_KEYS, PERSON_LABELS, PERSONS, RUSSIAN, TAIL
from tests.forms.word import checkbox, document, p, paragraphs, r, sdt, tbl, tc, tr

INTRO = (
    p(r("ЗАЯВКА", "<w:b/>"))
    + p(r("на участь у Мережі з обміну досвідом «Створення плану комунікації змін у громаді»", "<w:b/>"))
    + p(r("Заповнену заявку надішліть до 18:00 10 березня 2023 року на електронну адресу merezha@example.org, у темі листа "
          "вкажіть «Назва громади та область». Контактна особа організатора: Левицька Марія, тел. (044) 000-00-00."))
)  # fmt: skip
Render = Callable[[str], str]


def _label(key: str) -> str:
    return LABELS.get(key) or PERSON_LABELS[key.partition("_")[2]]


def _rows(answers: Answers, row: Callable[[str, str, str], str], head: Callable[[str], str]) -> str:
    out = [row(key, _label(key), answers[key]) for key in HEAD]
    for number, person in enumerate(PERSONS, start=1):
        out.append(head(f"Учасник {number}"))
        out += [
            row(f"{person}_{suffix}", PERSON_LABELS[suffix], answers[f"{person}_{suffix}"])
            for suffix in PERSON_KEYS
        ]
    out += [row(key, _label(key), answers[key]) for key in TAIL]
    return "".join(out)


def _wide(text: str) -> str:
    return tr(tc(p(r(text, "<w:b/>")), 2))


def _table(answers: Answers, value: Render = paragraphs, label: Render = paragraphs) -> bytes:
    return document(
        INTRO + tbl(_rows(answers, lambda _, name, text: tr(tc(label(name)), tc(value(text))), _wide))
    )


def right(answers: Answers) -> bytes:
    """The answer in the cell to the right."""
    return _table(answers)


def one_character_runs(answers: Answers) -> bytes:
    """Word's spelling checker cuts text into runs of a letter."""
    return _table(answers, lambda text: "".join(p(*(r(char) for char in line)) for line in text.split("\n")))


def labels_in_pieces(answers: Answers) -> bytes:
    return _table(answers, label=lambda text: p(*(r(char) for char in text)))


def labels_with_noise(answers: Answers) -> bytes:
    """Decomposed letters, zero-width spaces, soft hyphens, no-break spaces, a colon, an asterisk."""

    def noisy(text: str) -> str:
        text = unicodedata.normalize("NFD", text).replace(" ", "\u00a0")
        return p(r(text[:3] + "\u200b" + text[3:5] + "\u00ad" + text[5:] + "*:"))

    return _table(answers, label=noisy)


def latin_letters_in_labels(answers: Answers) -> bytes:
    """Latin letters that look Cyrillic."""
    return _table(
        answers,
        label=lambda text: p(r(text.translate(str.maketrans("аеіосрАЕІОСРТНКМ", "aeiocpAEIOCPTHKM")))),
    )


def capital_labels(answers: Answers) -> bytes:
    return _table(answers, label=lambda text: p(r(text.upper())))


def typing_slips(answers: Answers) -> bytes:
    """One letter doubled in each long label."""
    return _table(answers, label=lambda text: p(r(text[:4] + text[3] + text[4:] if len(text) > 8 else text)))


def bilingual(answers: Answers) -> bytes:
    return _table(answers, label=lambda text: p(r(f"{text} / Name of field")))


def numbered_labels(answers: Answers) -> bytes:
    """Numbers the blank does not have: typed by the applicant."""
    return _table(answers, label=lambda text: p(r(f"7. {text}")))


def russian(answers: Answers) -> bytes:
    names = dict(
        zip(PERSON_KEYS, ("ФИО", "Должность", "Контактный телефон", "Электронный адрес"), strict=True)
    )
    rows = _rows(
        answers,
        lambda key, _, text: tr(
            tc(p(r(RUSSIAN.get(key) or names[key.partition("_")[2]]))), tc(paragraphs(text))
        ),
        lambda text: _wide(text.replace("Учасник", "Участник")),
    )
    return document(INTRO + tbl(rows))


def number_column(answers: Answers) -> bytes:
    """№ | field | answer."""
    rows = _rows(
        answers,
        lambda key, name, text: tr(tc(p(r("1."))), tc(p(r(name))), tc(paragraphs(text))),
        lambda text: tr(tc(p(r(text)), 3)),
    )
    return document(INTRO + tbl(rows))


def hints_under_labels(answers: Answers) -> bytes:
    """Grey words under the label, in its own cell; the answer to the right."""
    return _table(
        answers,
        label=lambda text: p(r(text)) + p(r("наприклад: Коростенська громада, 067 123 45 67", "<w:i/>")),
    )


def below_paragraph(answers: Answers) -> bytes:
    """One cell: the label, the answer in the paragraphs under it."""
    return document(
        INTRO + tbl(_rows(answers, lambda _, name, text: tr(tc(p(r(name)) + paragraphs(text), 2)), _wide))
    )


def below_break(answers: Answers) -> bytes:
    """The answer typed under the label in the left cell; the right one left empty."""

    def row(key: str, name: str, text: str) -> str:
        if key in {"address", "experience", "change", "motivation"} and text:
            return tr(tc(p(r(f"{name}\n{text}"))), tc(""))
        return tr(tc(p(r(name))), tc(paragraphs(text)))

    return document(INTRO + tbl(_rows(answers, row, _wide)))


def row_under_row(answers: Answers) -> bytes:
    """A row with the label alone, a row with the answer."""
    return document(
        INTRO
        + tbl(
            _rows(answers, lambda _, name, text: tr(tc(p(r(name)), 2)) + tr(tc(paragraphs(text), 2)), _wide)
        )
    )


def label_and_colon_in_cell(answers: Answers) -> bytes:
    return document(
        INTRO + tbl(_rows(answers, lambda _, name, text: tr(tc(paragraphs(f"{name}: {text}"), 2)), _wide))
    )


def underscores(answers: Answers) -> bytes:
    """Plain paragraphs: the label, a colon, an underscored place that was filled in."""

    def row(_: str, name: str, text: str) -> str:
        first, *others = text.split("\n")
        return p(r(f"{name}: "), r(f"__{first}____________", '<w:u w:val="single"/>')) + "".join(
            p(r(line, '<w:u w:val="single"/>')) for line in others
        )

    return document(INTRO + _rows(answers, row, lambda text: p(r(text + ":", "<w:b/>"))))


def dashes_and_tabs(answers: Answers) -> bytes:
    def row(key: str, name: str, text: str) -> str:
        return paragraphs(f"{name} – {text}" if key.startswith("p1") else f"{name}\t{text}")

    return document(INTRO + _rows(answers, row, lambda text: p(r(text))))


def paragraph_under_paragraph(answers: Answers) -> bytes:
    return document(
        INTRO + _rows(answers, lambda _, name, text: p(r(name)) + paragraphs(text), lambda text: p(r(text)))
    )


def controls(answers: Answers) -> bytes:
    """Content controls in the run, and the placeholder where nothing was entered."""

    def value(text: str) -> str:
        if not text:
            return p(word.placeholder())
        if text[0] in "☐☒":
            return p(checkbox(checked=text[0] == "☒"), r(text[1:]))
        return "".join(p(sdt(r(line), "<w:text/>")) for line in text.split("\n"))

    return _table(answers, value)


def block_controls(answers: Answers) -> bytes:
    return _table(
        answers,
        lambda text: (
            sdt(paragraphs(text)) + "<w:p/>" if text else sdt(p(r("Виберіть елемент.")), "<w:showingPlcHdr/>")
        ),
    )


def cell_and_row_controls(answers: Answers) -> bytes:
    def row(key: str, name: str, text: str) -> str:
        if not text:
            return tr(tc(p(r(name))), sdt(tc(p(r("Введіть текст"))), "<w:showingPlcHdr/>"))
        made = tr(tc(p(r(name))), sdt(tc(paragraphs(text))))
        return sdt(made) if key.startswith("p2") else made

    return document(INTRO + tbl(_rows(answers, row, _wide)))


def legacy_fields(answers: Answers) -> bytes:
    def value(text: str) -> str:
        if text[:1] in {"☐", "☒"}:
            return p(word.legacy_checkbox(checked=text[0] == "☒"), r(text[1:]))
        return "".join(p(word.legacy_text(line or "     ")) for line in text.split("\n"))

    return _table(answers, value)


def wingdings(answers: Answers) -> bytes:
    def value(text: str) -> str:
        if text[:1] in {"☐", "☒"}:
            return p(word.symbol("F0FE" if text[0] == "☒" else "F0A8"), r(text[1:]))
        return paragraphs(text)

    return _table(answers, value)


def tracked(answers: Answers) -> bytes:
    """Written with changes tracked: old text deleted, new inserted, a paragraph moved, a row deleted."""

    def value(text: str) -> str:
        return "".join(p(word.deleted("СТАРЕ"), word.inserted(r(line))) for line in text.split("\n"))

    gone = tr(tc(p(r("Посада"))), tc(p(r("видалена посада"))), properties='<w:del w:id="9" w:author="x"/>')
    rows = _rows(answers, lambda _, name, text: tr(tc(p(r(name))), tc(value(text))), _wide)
    moved = f'<w:p><w:moveFrom w:id="3" w:author="x">{r("Район: переміщений")}</w:moveFrom></w:p>'
    return document(INTRO + moved + tbl(gone + rows))


def hidden_and_crossed_out(answers: Answers) -> bytes:
    return _table(
        answers,
        lambda text: "".join(
            p(r("приховане", "<w:vanish/>"), r("закреслене", "<w:strike/>"), r(line))
            for line in text.split("\n")
        ),
    )


def wrapped_runs(answers: Answers) -> bytes:
    """Hyperlinks, smart tags, simple fields, proofing marks around the answer."""

    def value(text: str) -> str:
        return "".join(
            p("<w:proofErr/>", f'<w:hyperlink r:id="x"><w:smartTag>{r(line)}</w:smartTag></w:hyperlink>')
            if at == 0
            else p(f'<w:fldSimple w:instr=" DOCPROPERTY x ">{r(line)}</w:fldSimple>')
            for at, line in enumerate(text.split("\n"))
        )

    return _table(answers, value)


def text_boxes(answers: Answers) -> bytes:
    """The answers in floating boxes, as in forms drawn rather than typed."""

    def row(key: str, name: str, text: str) -> str:
        box = word.vml_box if key.startswith("p2") else word.text_box
        return p(box(paragraphs(f"{name}: {text}")))

    return document(INTRO + _rows(answers, row, lambda text: p(r(text))))


def matrix(answers: Answers) -> bytes:
    """A row for each participant under a header."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key)))), tc(paragraphs(answers[key])))

    header = tr(tc(p(r("№"))), *(tc(p(r(PERSON_LABELS[suffix]))) for suffix in PERSON_KEYS))
    people = "".join(
        tr(tc(p(r(str(number)))), *(tc(paragraphs(answers[f"{person}_{suffix}"])) for suffix in PERSON_KEYS))
        for number, person in enumerate(PERSONS, start=1)
    )
    return document(
        INTRO
        + tbl(*map(simple, HEAD))
        + p(r("Інформація про учасників:"))
        + tbl(header, people)
        + tbl(*map(simple, TAIL))
    )


def matrix_in_one_table(answers: Answers) -> bytes:
    """The same, but in one table, with spanned cells above and below, and the person named at the row's start."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key))), 2), tc(paragraphs(answers[key]), 3))

    header = tr(tc(""), *(tc(p(r(PERSON_LABELS[suffix]))) for suffix in PERSON_KEYS))
    people = "".join(
        tr(
            tc(p(r(f"Учасник {number}"))),
            *(tc(paragraphs(answers[f"{person}_{suffix}"])) for suffix in PERSON_KEYS),
        )
        for number, person in enumerate(PERSONS, start=1)
    )
    return document(INTRO + tbl(*map(simple, HEAD), header, people, *map(simple, TAIL)))


def transposed(answers: Answers) -> bytes:
    """A column for each participant."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key)))), tc(paragraphs(answers[key]), 2))

    header = tr(tc(p(r("Дані"))), tc(p(r("Учасник 1"))), tc(p(r("Учасник 2"))))
    people = "".join(
        tr(
            tc(p(r(PERSON_LABELS[suffix]))),
            *(tc(paragraphs(answers[f"{person}_{suffix}"])) for person in PERSONS),
        )
        for suffix in PERSON_KEYS
    )
    return document(INTRO + tbl(*map(simple, HEAD), header, people, *map(simple, TAIL)))


def four_columns(answers: Answers) -> bytes:
    """The two participants side by side, each with labels of their own."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key))), 2), tc(paragraphs(answers[key]), 2))

    header = tr(tc(p(r("Учасник 1")), 2), tc(p(r("Учасник 2")), 2))
    people = "".join(
        tr(
            *(
                cell
                for person in PERSONS
                for cell in (tc(p(r(PERSON_LABELS[s]))), tc(paragraphs(answers[f"{person}_{s}"])))
            )
        )
        for s in PERSON_KEYS
    )
    return document(INTRO + tbl(*map(simple, HEAD), header, people, *map(simple, TAIL)))


def merged_heading_column(answers: Answers) -> bytes:
    """«Учасник 1» in a vertically merged cell at the left."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key))), 2), tc(paragraphs(answers[key])))

    rows = []
    for number, person in enumerate(PERSONS, start=1):
        for at, suffix in enumerate(PERSON_KEYS):
            merge = (
                tc(p(r(f"Учасник {number}")), 1, '<w:vMerge w:val="restart"/>')
                if at == 0
                else tc("", 1, "<w:vMerge/>")
            )
            rows.append(
                tr(merge, tc(p(r(PERSON_LABELS[suffix]))), tc(paragraphs(answers[f"{person}_{suffix}"])))
            )
    return document(INTRO + tbl(*map(simple, HEAD), *rows, *map(simple, TAIL)))


def nested(answers: Answers) -> bytes:
    """A table in the cell of another."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key)))), tc(paragraphs(answers[key])))

    people = "".join(
        tr(
            tc(p(r(f"Учасник {number}"))),
            tc(
                tbl(
                    *(
                        tr(tc(p(r(PERSON_LABELS[s]))), tc(paragraphs(answers[f"{person}_{s}"])))
                        for s in PERSON_KEYS
                    )
                )
            ),
        )
        for number, person in enumerate(PERSONS, start=1)
    )
    return document(INTRO + tbl(*map(simple, HEAD), people, *map(simple, TAIL)))


def all_in_a_frame(answers: Answers) -> bytes:
    """The whole form inside one cell of a table used as a border."""
    inner = tbl(_rows(answers, lambda _, name, text: tr(tc(p(r(name))), tc(paragraphs(text))), _wide))
    return document(INTRO + tbl(tr(tc(p(r("Заявка")) + inner))))


def people_in_one_cell(answers: Answers) -> bytes:
    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key)))), tc(paragraphs(answers[key])))

    lines = "".join(
        p(r(f"Учасник {number}"))
        + "".join(p(r(f"{PERSON_LABELS[s]}: {answers[f'{person}_{s}']}")) for s in PERSON_KEYS)
        for number, person in enumerate(PERSONS, start=1)
    )
    return document(INTRO + tbl(*map(simple, HEAD), tr(tc(p(r("Учасники"))), tc(lines)), *map(simple, TAIL)))


def head_has_a_phone_too(answers: Answers) -> bytes:
    """The head's own phone and address stand before the participants, under the same words."""

    def simple(key: str) -> str:
        return tr(tc(p(r(_label(key)))), tc(paragraphs(answers[key])))

    own = tr(tc(p(r("Контактний телефон"))), tc(p(r("+380440000000")))) + tr(
        tc(p(r("Електронна адреса"))), tc(p(r("head@test.gov.ua")))
    )
    people = "".join(
        _wide(f"Учасник {number}")
        + "".join(
            tr(tc(p(r(PERSON_LABELS[s]))), tc(paragraphs(answers[f"{person}_{s}"]))) for s in PERSON_KEYS
        )
        for number, person in enumerate(PERSONS, start=1)
    )
    return document(INTRO + tbl(*map(simple, HEAD), own, people, *map(simple, TAIL)))


def person_in_the_label(answers: Answers) -> bytes:
    """No headings: «ПІБ учасника 1», «Учасник 2: посада»."""

    def row(key: str, name: str, text: str) -> str:
        if key.startswith("p1"):
            name = f"{name} учасника 1"
        if key.startswith("p2"):
            name = f"Учасник 2: {name.lower()}"
        return tr(tc(p(r(name))), tc(paragraphs(text)))

    return document(INTRO + tbl(_rows(answers, row, lambda _: "")))


def described_headings(answers: Answers) -> bytes:
    """«Учасник 1 — керівник або керівниця, до чиїх посадових обов’язків належить …»."""
    said = {"Учасник 1": " — керівник або керівниця, до чиїх посадових обов’язків належить координація комунікації",
            "Учасник 2": " (спеціаліст або спеціалістка, що веде напрям комунікацій)"}  # fmt: skip
    rows = _rows(
        answers,
        lambda _, name, text: tr(tc(p(r(name))), tc(paragraphs(text))),
        lambda text: _wide(text + said[text]),
    )
    return document(INTRO + tbl(rows))


def merged_answer(answers: Answers) -> bytes:
    """The label merged over several rows; each paragraph of the answer in a row of its own."""

    def row(_: str, name: str, text: str) -> str:
        first, *others = text.split("\n")
        out = tr(tc(p(r(name)), 1, '<w:vMerge w:val="restart"/>'), tc(p(r(first))))
        return out + "".join(tr(tc("", 1, "<w:vMerge/>"), tc(p(r(line)))) for line in others)

    return document(INTRO + tbl(_rows(answers, row, _wide)))


def strict(answers: Answers) -> bytes:
    """Saved as «Strict Open XML»."""
    return document(
        INTRO + tbl(_rows(answers, lambda _, name, text: tr(tc(p(r(name))), tc(paragraphs(text))), _wide)),
        namespace=word.STRICT,
    )


def oddly_named_part(answers: Answers) -> bytes:
    return document(
        INTRO + tbl(_rows(answers, lambda _, name, text: tr(tc(p(r(name))), tc(paragraphs(text))), _wide)),
        part="word/document2.xml",
    )


LAYOUTS = (
    right, one_character_runs, labels_in_pieces, labels_with_noise, latin_letters_in_labels, capital_labels,
    typing_slips, bilingual, numbered_labels, russian, number_column, hints_under_labels, below_paragraph, below_break,
    row_under_row, label_and_colon_in_cell, underscores, dashes_and_tabs, paragraph_under_paragraph, controls,
    block_controls, cell_and_row_controls, legacy_fields, wingdings, tracked, hidden_and_crossed_out, wrapped_runs,
    text_boxes, matrix, matrix_in_one_table, transposed, four_columns, merged_heading_column, nested, all_in_a_frame,
    people_in_one_cell, head_has_a_phone_too, person_in_the_label, described_headings, merged_answer, strict,
    oddly_named_part,
)  # fmt: skip
