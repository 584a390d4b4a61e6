"""The same text once more as HTML: nothing to load, nothing of an applicant's to click, the plain text first."""

import email
import email.policy
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest
from lxml import html as parser

from outbox.compose import compose, render, render_html
from outbox.html import html_of, links_in
from outbox.sample import sample
from outbox.texts import template_names
from tests.outbox.samples import CASES, NOW, call, letter


def words(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("name", template_names("uk"))
@pytest.mark.parametrize("language", ["uk", "bg", "en"])
def test_it_says_what_the_plain_text_says_and_loads_nothing(language: str, name: str) -> None:
    local = call(language)
    facts = sample(name, local)
    document = render_html(name, facts, local)
    tree = parser.document_fromstring(document)
    plain = render(name, facts, local)[1]
    body = tree.body
    # The signs of a list are the browser's business.
    said = re.sub(r"^(?:- |\d+\. )", "", plain, flags=re.MULTILINE)
    assert words(" ".join(body.itertext())).replace(" .", ".") == words(said).replace(" .", ".")
    assert {element.tag for element in tree.iter()} <= {
        "html", "head", "meta", "title", "body", "p", "br", "table", "tr", "td", "ol", "ul", "li", "a",
    }  # fmt: skip
    assert tree.get("lang") == language
    links = {element.get("href") for element in tree.iter("a")}
    assert links <= {local.replies.form_url, local.replies.news_url, f"mailto:{local.replies.address}"}
    assert {name for element in tree.iter() for name in element.attrib} <= {
        "lang",
        "charset",
        "style",
        "href",
    }


def test_what_an_applicant_wrote_is_shown_and_leads_nowhere() -> None:
    facts = replace(
        CASES["subject_unrecognised_alike"][1],
        subject_received="<img src=x> https://evil.example & a@evil.example",
    )
    document = render_html("subject_unrecognised", facts, call())
    assert "«&lt;img src=x&gt; https://evil.example &amp; a@evil.example»" in document
    assert re.findall(r'href="[^"]*evil', document) == []
    assert '<a href="mailto:intake@merezha.org.ua">intake@merezha.org.ua</a>' in document


def test_rows_items_and_links_have_their_own_form() -> None:
    text = "Номер:   14\nЧас:  12:00\nДва:\n1. а\n2. б\n\n- в\nhttps://a.example/?x=1&y=2.\n    відступ"
    made = html_of(text, title="<т>", language="uk", links=links_in("https://a.example/?x=1&y=2"))
    assert made.partition('40em">\n')[2] == (
        "<table>\n<tr><td>Номер:</td><td>14</td></tr>\n<tr><td>Час:</td><td>12:00</td></tr>\n</table>\n<p>Два:</p>\n"
        "<ol>\n<li>а</li>\n<li>б</li>\n</ol>\n<ul>\n<li>в</li>\n</ul>\n"
        '<p><a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a>.<br>\n'
        "&nbsp;&nbsp;&nbsp;&nbsp;відступ</p>\n</body>\n</html>\n"
    )
    assert "<title>&lt;т&gt;</title>" in made


def test_a_message_has_both_the_plain_one_first() -> None:
    template, facts, _ = CASES["accepted"]
    made = compose(
        template,
        facts,
        call(html=True),
        letter=letter(),
        recipient="iryna@ukr.net",
        now=NOW,
        domain="merezha.org.ua",
    )
    assert made.octets.isascii()
    assert made.octets.count(b"\n") == made.octets.count(b"\r\n")
    assert max(map(len, made.octets.split(b"\r\n"))) <= 78
    whole = email.message_from_bytes(made.octets, policy=email.policy.default)
    assert isinstance(whole, EmailMessage)
    assert whole.get_content_type() == "multipart/alternative"
    parts = [part for part in whole.iter_parts() if isinstance(part, EmailMessage)]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().replace("\r\n", "\n") for part in parts] == [
        render(template, facts, call())[1],
        render_html(template, facts, call()),
    ]
    assert [part.defects for part in (whole, *parts)] == [[], [], []]
    plain = compose(
        template, facts, call(), letter=letter(), recipient="iryna@ukr.net", now=NOW, domain="merezha.org.ua"
    )
    assert plain.message_id == made.message_id
