"""A mistake in config.toml answers with file, line, key, what was found, what is wanted."""

from pathlib import Path

import pytest

from intake.config import Config, ConfigMistake, StorageSettings, load
from intake.mistakes import SHAPES
from tests.config.shipped import changed, line_of

DEADLINE = "deadline = 2023-03-10T18:00:00"
PORT = "port = 993"
IMAP_HOST = 'host = "imap.example.org"'


def told(path: Path, **known: set[str]) -> list[str]:
    """Return the lines an admin reads, with the folder cut off."""
    with pytest.raises(ConfigMistake) as caught:
        load(path, **known)
    return [line.removeprefix(f"{path.parent}/") for line in str(caught.value).split("\n")]


# What is changed in the shipped file, the beginning of the line that is complained about, and the complaint.
ONE_MISTAKE = {
    "a blank for the @": (
        ('replies.address = "intake@example.org"', 'replies.address = "zayavky hromada.test"'),
        "replies.address",
        (
            'calls[0].replies.address: found "zayavky hromada.test"; one e-mail address alone is wanted,'
            ' e.g. "zayavky@hromada.gov.ua" (the address applicants write to)'
        ),
    ),
    "a name with the address": (
        ('envelope_from = ""', 'envelope_from = "Заявки <zayavky@hromada.test>"'),
        "envelope_from",
        (
            'smtp.envelope_from: found "Заявки <zayavky@hromada.test>"; one e-mail address alone is wanted,'
            ' e.g. "zayavky@hromada.gov.ua", or "<>", or "" (address bounces go to; "<>" is the null path of'
            " RFC 3834; empty: our own address)"
        ),
    ),
    "a name for an address in a list": (
        ("to = []", 'to = ["boss@hromada.test", "coord"]'),
        "to = ",
        (
            'alarms.to[1]: found "coord"; one e-mail address alone is wanted, e.g. "zayavky@hromada.gov.ua"'
            " (addresses; empty: nobody is written to, `intake status` shows all)"
        ),
    ),
    "a web address without its beginning": (
        ('replies.news_url = "https://', 'replies.news_url = "'),
        "replies.news_url",
        (
            'calls[0].replies.news_url: found "decentralization.ua"; a web address is wanted,'
            ' e.g. "https://decentralization.ua", or "" (where the next calls are announced)'
        ),
    ),
    "a port with the server": (
        (IMAP_HOST, 'host = "imap.example.org:993"'),
        "host",
        (
            'mailbox.host: found "imap.example.org:993"; the name of a server alone is wanted, e.g. "imap.ukr.net"'
            " (name of the IMAP server)"
        ),
    ),
    "number out of range in a list": (
        ("remind_hours_before = [48]", "remind_hours_before = [48, 0]"),
        "replies.remind",
        (
            "calls[0].replies.remind_hours_before[1]: found 0; a whole number from 1 to 1440 is wanted (how many hours"
            " before the deadline those are reminded whose application lacks something)"
        ),
    ),
    "an admitted oblast that there is not": (
        ("policy.oblasts = []", 'policy.oblasts = ["Жытомирська"]'),
        "policy.oblasts",
        'calls[0].policy.oblasts[0]: found "Жытомирська"; did you mean "Житомирська область"?',
    ),
    "text for a number": (
        (PORT, 'port = "abc"'),
        "port",
        'mailbox.port: found "abc" (text); a whole number from 1 to 65535 is wanted',
    ),
    "number in quotes": (
        (PORT, 'port = "993"'),
        "port",
        'mailbox.port: found "993" (text); a whole number from 1 to 65535 is wanted',
    ),
    "number out of range": (
        (PORT, "port = 70000"),
        "port",
        "mailbox.port: found 70000; a whole number from 1 to 65535 is wanted",
    ),
    "true for a number": (
        (PORT, "port = true"),
        "port",
        "mailbox.port: found true; a whole number from 1 to 65535 is wanted",
    ),
    "fraction for a number": (
        ("poll_seconds = 60", "poll_seconds = 7.5"),
        "poll_seconds",
        (
            "mailbox.poll_seconds: found 7.5 (a number with a fraction); a whole number from 5 to 3600 is wanted"
            " (how often the mailbox is looked at)"
        ),
    ),
    "text for true": (
        ("idle = true", 'idle = "yes"'),
        "idle",
        (
            'mailbox.idle: found "yes" (text); true or false, without quotes, is wanted'
            " (be woken by the server between polls (RFC 2177))"
        ),
    ),
    "number for text": (
        (IMAP_HOST, "host = 5"),
        "host",
        (
            'mailbox.host: found 5 (a whole number); the name of a server alone is wanted, e.g. "imap.ukr.net"'
            " (name of the IMAP server)"
        ),
    ),
    "empty text": (
        (IMAP_HOST, 'host = " "'),
        "host",
        (
            'mailbox.host: found " "; the name of a server alone is wanted, e.g. "imap.ukr.net"'
            " (name of the IMAP server)"
        ),
    ),
    "not one of the choices": (
        ('tls = "implicit"', 'tls = "ssl"'),
        "tls",
        (
            'mailbox.tls: found "ssl"; "implicit", "starttls" or "none" is wanted'
            ' ("implicit" (port 993), "starttls" (port 143), "none" only for a server on this machine)'
        ),
    ),
    "password in clear over the network": (
        ('tls = "implicit"', 'tls = "none"'),
        "tls",
        'mailbox.tls: found "none"; the password would cross the network in clear; "implicit" or "starttls" is wanted',
    ),
    "text for a list": (
        ('folders = ["INBOX"]', 'folders = "INBOX"'),
        "folders",
        (
            'mailbox.folders: found "INBOX" (text); a list of texts, not an empty one, is wanted'
            " (folders to read, names as people see them)"
        ),
    ),
    "empty list": (
        ('folders = ["INBOX"]', "folders = []"),
        "folders",
        (
            "mailbox.folders: found an empty list; a list of texts, not an empty one, is wanted"
            " (folders to read, names as people see them)"
        ),
    ),
    "number in a list of texts": (
        ('folders = ["INBOX"]', 'folders = [\n"INBOX",\n# the other\n5,\n]'),
        "5,",
        (
            "mailbox.folders[1]: found 5 (a whole number); text in quotes is wanted"
            " (folders to read, names as people see them)"
        ),
    ),
    "unknown name in a table": (
        ("move_to = {}", 'move_to = { accepted = "Заявки" }'),
        "move_to",
        'mailbox.move_to.accepted: found "accepted"; "accept", "hold", "reject" or "discard" is wanted',
    ),
    "misspelt option": (
        ("read_only = false", "readonly = false"),
        "readonly",
        "mailbox.readonly: found an unknown option; did you mean 'read_only'?",
    ),
    "misspelt option that may not be missing": (
        (DEADLINE, "dedline = 2023-03-10T18:00"),
        "dedline",
        "calls[0].dedline: found an unknown option; did you mean 'deadline'?",
    ),
    "option of another table": (
        ("idle = true", "attempts = 3"),
        "attempts",
        "mailbox.attempts: found an unknown option; 'attempts' belongs under [smtp]",
    ),
    "unknown option like no other": (
        ('archive = "var/archive"', 'unterwegs = 1\narchive = "var/archive"'),
        "unterwegs",
        f"storage.unterwegs: found an unknown option; allowed here: {', '.join(StorageSettings.model_fields)}",
    ),
    "misspelt table": (
        ("[storage]", "[storrage]"),
        "[storrage]",
        "storrage: found an unknown option; did you mean 'storage'?",
    ),
    "internal name at the top": (
        ("[mailbox]", 'base = "."\n[mailbox]'),
        "base",
        "base: found an unknown option; allowed here: mailbox, smtp, storage, limits, alarms, include, places, calls",
    ),
    "missing option": (
        (IMAP_HOST, ""),
        "[mailbox]",
        (
            'mailbox.host: found nothing; the name of a server alone is wanted, e.g. "imap.ukr.net"'
            " (name of the IMAP server)"
        ),
    ),
    "missing deadline": (
        (DEADLINE, ""),
        "[[calls]]",
        (
            "calls[0].deadline: found nothing; local date and time without quotes are wanted, e.g. 2023-03-10T18:00"
            " (the last moment, in the call's time zone)"
        ),
    ),
    "zone that is nearly one": (
        ('"Europe/Kyiv"', '"Europe/Kiyv"'),
        "time_zone",
        (
            'calls[0].time_zone: found "Europe/Kiyv"; an IANA time zone is wanted, e.g. Europe/Kyiv'
            ' (did you mean "Europe/Kiev" or "Europe/Kyiv"?)'
        ),
    ),
    "zone by its city": (
        ('"Europe/Kyiv"', '"Kyiv"'),
        "time_zone",
        (
            'calls[0].time_zone: found "Kyiv"; an IANA time zone is wanted, e.g. Europe/Kyiv'
            ' (did you mean "Europe/Kyiv"?)'
        ),
    ),
    "zone that is none": (
        ('"Europe/Kyiv"', '"київський час"'),
        "time_zone",
        'calls[0].time_zone: found "київський час"; an IANA time zone is wanted, e.g. Europe/Kyiv',
    ),
    "deadline with an offset": (
        (DEADLINE, "deadline = 2023-03-10T18:00:00+02:00"),
        "deadline",
        (
            "calls[0].deadline: found 2023-03-10T18:00+02:00; local time without an offset is wanted,"
            " e.g. 2023-03-10T18:00; the zone stands in time_zone (the last moment, in the call's time zone)"
        ),
    ),
    "deadline without its time": (
        (DEADLINE, "deadline = 2023-03-10"),
        "deadline",
        (
            "calls[0].deadline: found 2023-03-10; a date with its time is wanted, e.g. 2023-03-10T18:00"
            " (the last moment, in the call's time zone)"
        ),
    ),
    "deadline as people write it": (
        (DEADLINE, 'deadline = "10.03.2023 18:00"'),
        "deadline",
        (
            'calls[0].deadline: found "10.03.2023 18:00"; a date with its time is wanted, e.g. 2023-03-10T18:00'
            " (the last moment, in the call's time zone)"
        ),
    ),
    "cure before the deadline": (
        ("cure_until = 2023-03-14", "cure_until = 2023-03-04"),
        "replies.cure_until",
        (
            "calls[0].replies.cure_until: found 2023-03-04T18:00; a time not before the deadline is wanted"
            " (calls[0].deadline in line {})"
        ),
    ),
    "unknown kind": (
        ('label = "Код ЄДРПОУ", kind = "edrpou"', 'label = "Код ЄДРПОУ", kind = "code"'),
        '{ key = "edrpou"',
        (
            'calls[0].fields[5].kind: found "code"; "text", "long", "name", "phone", "email", "katottg", "edrpou",'
            ' "number", "date", "oblast", "raion", "hromada", "choice", "choices", "yesno", "consent", "signature",'
            ' "url" or "unit" is wanted (what kind of value it holds)'
        ),
    ),
    "true for required": (
        ('key = "head_name", number = "1.10"', 'key = "head_name", limit = 0, number = "1.10"'),
        '{ key = "head_name"',
        "calls[0].fields[9].limit: found 0; a whole number from 1 is wanted (longest value, in characters)",
    ),
    "field key used twice": (
        ('key = "raion"', 'key = "oblast"'),
        '{ key = "oblast", number = "1.2"',
        'calls[0].fields[1].key: found "oblast"; a value of its own is wanted (calls[0].fields[0].key in line {})',
    ),
    "item number used twice": (
        ('number = "1.2"', 'number = "1.1"'),
        '{ key = "raion"',
        'calls[0].fields[1].number: found "1.1"; a value of its own is wanted (calls[0].fields[0].number in line {})',
    ),
    "label of another field": (
        ('aliases = ["Назва району"', 'aliases = ["назва області:", "Назва району"'),
        '{ key = "raion"',
        (
            'calls[0].fields[1].aliases[0]: found "назва області:"; a wording that no other field of its section has'
            " is wanted (calls[0].fields[0].aliases[0] in line {})"
        ),
    ),
    "person who is no participant": (
        ('person = "p1"', 'person = "p3"'),
        '{ key = "p1_name"',
        'calls[0].fields[15].person: found "p3"; one of the participants is wanted: p1, p2',
    ),
    "choice without options": (
        (', options = ["пан", "пані"]', ""),
        '{ key = "p1_title"',
        'calls[0].fields[20].kind: found "choice"; a choice needs its options, e.g. options = ["так", "ні"]',
    ),
    "key in Cyrillic": (
        ('key = "raion"', 'key = "район"'),
        '{ key = "район"',
        (
            'calls[0].fields[1].key: found "район"; small Latin letters, digits and _, beginning with a letter, are wanted'
            " (its name in the ledger and exports)"
        ),
    ),
    "prefix with a blank": (
        ('prefix = "КЗ-2023"', 'prefix = "КЗ 2023"'),
        "prefix",
        (
            'calls[0].prefix: found "КЗ 2023"; letters, digits and hyphens without blanks are wanted'
            " (before the number: КЗ-2023 gives КЗ-2023-014)"
        ),
    ),
    "workbook in another folder": (
        ('workbook = "Заявки', 'workbook = "../Заявки'),
        "workbook =",
        (
            'calls[0].workbook: found "../Заявки_КЗ-2023.xlsx"; a file name that ends in .xlsx, without a folder and'
            ' without / \\ : * ? " < > |, is wanted, e.g. "Заявки.xlsx" (file name of the call\'s spreadsheet)'
        ),
    ),
    "workbook of an old kind": (
        ('workbook = "Заявки_КЗ-2023.xlsx"', 'workbook = "Заявки.xls"'),
        "workbook =",
        (
            'calls[0].workbook: found "Заявки.xls"; a file name that ends in .xlsx, without a folder and'
            ' without / \\ : * ? " < > |, is wanted, e.g. "Заявки.xlsx" (file name of the call\'s spreadsheet)'
        ),
    ),
    "example of another topic": (
        ('example = "Комунікація змін/', 'example = "Веломережа/'),
        "subject.example",
        (
            'calls[0].subject.example: found "Веломережа/Коростенська громада, Житомирська область"; the topic, the'
            " separator and a place are wanted, e.g. «Комунікація змін/Назва громади та область»"
            " (calls[0].subject.topic in line 104)"
        ),
    ),
    "example with another separator": (
        ('subject.separator = "/"', 'subject.separator = ","'),
        "subject.example",
        (
            'calls[0].subject.example: found "Комунікація змін/Коростенська громада, Житомирська область"; the topic,'
            " the separator and a place are wanted, e.g. «Комунікація змін,Назва громади та область»"
            " (calls[0].subject.topic in line 104)"
        ),
    ),
    "port protected otherwise": (
        ("port = 587", "port = 465"),
        'tls = "starttls"',
        (
            'smtp.tls: found "starttls"; port 465 does not work so; 587 with tls = "starttls" or 465 with'
            ' tls = "implicit" is wanted'
        ),
    ),
    "port of the other protocol": (
        ("port = 993", "port = 587"),
        "port",
        (
            'mailbox.port: found 587; this is a port of smtp; 993 with tls = "implicit" or 143 with tls = "starttls"'
            " is wanted"
        ),
    ),
    "database of an unknown kind": (
        ('"sqlite:///var/ledger.db"', '"mysql://localhost/skrynka"'),
        "database",
        'storage.database: found "mysql://localhost/skrynka"; a URL that begins with "sqlite:///" or "postgresql://" is wanted',
    ),
    "password of the mailbox": (
        ("idle = true", 'password = "s3cr3t"'),
        "password",
        (
            "mailbox.password: found a secret (not shown); passwords never stand in this file: set SKRYNKA_IMAP_PASSWORD,"
            " or SKRYNKA_IMAP_PASSWORD_FILE to the file that holds it"
        ),
    ),
    "password of SMTP": (
        ("attempts = 12", 'smtp_password = "s3cr3t"'),
        "smtp_password",
        (
            "smtp.smtp_password: found a secret (not shown); passwords never stand in this file: set SKRYNKA_SMTP_PASSWORD,"
            " or SKRYNKA_SMTP_PASSWORD_FILE to the file that holds it"
        ),
    ),
    "password in the database's URL": (
        ('"sqlite:///var/ledger.db"', '"postgresql://intake:s3cr3t@db.example.org/skrynka"'),
        "database",
        (
            "storage.database: found a password (not shown); a URL without it is wanted; PostgreSQL takes it from"
            " PGPASSWORD or ~/.pgpass"
        ),
    ),
    "table for a list of tables": (
        ("\n[[calls]]", "\n[calls]"),
        "[calls]",
        "calls: found a table; a list of tables, not an empty one, is wanted",
    ),
}


@pytest.mark.parametrize("case", ONE_MISTAKE)
def test_one_mistake_is_told_in_one_line_with_its_place_and_cure(case: str, tmp_path: Path) -> None:
    change, beginning, complaint = ONE_MISTAKE[case]
    path = changed(tmp_path, change)
    if "{}" in complaint:
        other = DEADLINE[:8] if "deadline in line" in complaint else '{ key = "oblast"'
        complaint = complaint.format(line_of(path, other))
    assert told(path) == [f"config.toml:{line_of(path, beginning)}: {complaint}"]


SYNTAX = {
    "no value": ((PORT, "port = "), "port", "mailbox.port: a value is wanted: text in quotes; numbers, dates, true and false without; nothing stands after ="),
    "no equals sign": ((PORT, "port 993"), "port", "mailbox.port: a key is followed by = and its value"),
    "text without quotes": ((IMAP_HOST, "host = imap.example.org"), "host", "mailbox.host: a value is wanted: text in quotes; numbers, dates, true and false without"),
    "typographic quotes": ((IMAP_HOST, "host = «imap.example.org»"), "host", 'mailbox.host: a value is wanted: text in quotes; numbers, dates, true and false without; these are typographic quotes, straight ones are wanted: "…"'),
    "quotes not closed": ((IMAP_HOST, 'host = "imap.example.org'), "host", "mailbox.host: the text is not closed by its quotes"),
    "list not closed": (('folders = ["INBOX"]', 'folders = ["INBOX"\n'), "folders", "mailbox.folders: the list is not closed by ]"),
    "True": (("idle = true", "idle = True"), "idle", "mailbox.idle: a value is wanted: text in quotes; numbers, dates, true and false without; write true"),
    "Ukrainian no": (("idle = true", "idle = ні"), "idle", "mailbox.idle: a value is wanted: text in quotes; numbers, dates, true and false without; write false"),
    "comma at the end": (("idle = true", "idle = true,"), "idle", "mailbox.idle: the line should end after the value; a comma is only for lists"),
    "header not closed": (("[smtp]", "[smtp"), "[smtp", "the header of a table ends with ]"),
    "no such day": ((DEADLINE, "deadline = 2023-02-30T18:00"), "deadline", "calls[0].deadline: found 2023-02-30T18:00:00; there is no such date or time; one is written like 2023-03-10T18:00"),
    "day first": ((DEADLINE, "deadline = 10.12.2026 18:00"), "deadline", "calls[0].deadline: found 10.12.2026 18:00; 2026-12-10T18:00 is wanted"),
    "day first, without a time": ((DEADLINE, "deadline = 10/12/26"), "deadline", "calls[0].deadline: found 10/12/26; 2026-12-10 is wanted, or with its time 2026-12-10T18:00"),
    "day first in a list": (("holidays = []", "holidays = [08.03.2023]"), "holidays", "calls[0].holidays[0]: found 08.03.2023; 2023-03-08 is wanted, or with its time 2023-03-08T18:00"),
    "backslash": (('"var/archive"', '"C:\\archive"'), "archive", "storage.archive: a backslash in text is written twice: \\\\"),
    "key in Cyrillic": ((PORT, "порт = 993"), "порт", "a line begins with a key: Latin letters, digits, _ and -, or anything in quotes"),
    "key twice": (("idle = true", "idle = true\nport = 143"), "port = 143", "mailbox.port: stands twice, first in line {}; one of them is wanted"),
}  # fmt: skip


@pytest.mark.parametrize("case", SYNTAX)
def test_a_slip_of_syntax_is_told_in_plain_words(case: str, tmp_path: Path) -> None:
    change, beginning, complaint = SYNTAX[case]
    path = changed(tmp_path, change)
    complaint = complaint.replace("{}", str(line_of(path, "port")))
    assert told(path) == [f"config.toml:{line_of(path, beginning)}: {complaint}"]


def test_a_table_begun_by_dotted_keys_and_again_by_a_header_is_told_at_the_header(tmp_path: Path) -> None:
    path = changed(tmp_path, ("fields = [\n", '[calls.policy]\nlate = "hold"\nfields = [\n'))
    first = line_of(path, "policy.subject")
    assert told(path) == [
        f"config.toml:{line_of(path, '[calls.policy]')}: calls[0].policy: stands twice, first in line {first}; one of them is wanted"
    ]


def test_a_list_left_open_to_the_end_is_told_where_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[mailbox]\nhost = "a"\nfolders = [\n"INBOX",\n', encoding="utf-8")
    assert told(path) == ["config.toml:3: what is opened here with a bracket or quotes is not closed"]


def test_a_syntax_mistake_never_repeats_the_line_it_stands_on(tmp_path: Path) -> None:
    path = changed(tmp_path, (PORT, "password = s3cr3t"))
    assert "s3cr3t" not in str(told(path))


def test_a_date_is_not_repeated_where_it_may_be_a_password(tmp_path: Path) -> None:
    path = changed(tmp_path, (PORT, "password = 10.12.1990"))
    assert told(path) == [
        f"config.toml:{line_of(path, 'password')}: mailbox.password: the line should end after the value"
    ]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = changed(
        tmp_path,
        ('policy.late = "reject"', 'policy.late = "refuse"'),
        ('kind = "katottg"', 'kind = "kod"'),
        (PORT, "port = 0"),
        ("attempts = 12", "attempts = 0"),
        ('person = "p1"', 'person = "p9"'),
        ('"Europe/Kyiv"', '"Kyiv"'),
    )
    lines = [int(line.split(":")[1]) for line in told(path)]
    assert lines == [
        line_of(path, "port = 0"),
        line_of(path, "attempts"),
        line_of(path, "time_zone"),
        line_of(path, "policy.late"),
        line_of(path, '{ key = "katottg"'),
        line_of(path, '{ key = "p1_name"'),
    ]


def test_a_contradiction_is_told_beside_other_mistakes_of_the_same_call(tmp_path: Path) -> None:
    path = changed(tmp_path, (DEADLINE, "deadline = 5"), ('key = "raion"', 'key = "oblast"'))
    assert len(told(path)) == 2


SECOND = """
[[calls]]
id = "{id}"
title = "Друга"
prefix = "{prefix}"
deadline = 2024-01-01T18:00
subject.topic = "{topic}"
subject.example = "{topic}/x"
workbook = "{workbook}"
replies.address = "a@example.org"
replies.sender_name = "x"
replies.contact_name = "x"
replies.contact_phone = "x"
replies.signature = "x"
fields = [{{ key = "a", label = "A" }}]
"""
APART = {"id": "other", "prefix": "ІН", "topic": "Інша тема", "workbook": "other.xlsx"}


@pytest.mark.parametrize(
    ("name", "taken", "shown", "first"),
    [
        ("id", "kz-2023", "calls[1].id", "calls[0].id"),
        ("prefix", "кз-2023", "calls[1].prefix", "calls[0].prefix"),
        ("topic", "комунікація  Змін", "calls[1].subject.topic", "calls[0].subject.topic"),
        ("workbook", "Заявки_КЗ-2023.xlsx", "calls[1].workbook", "calls[0].workbook"),
    ],
)
def test_two_calls_may_not_share_what_tells_them_apart(
    name: str, taken: str, shown: str, first: str, tmp_path: Path
) -> None:
    path = changed(tmp_path)
    path.write_text(
        path.read_text(encoding="utf-8") + SECOND.format(**(APART | {name: taken})), encoding="utf-8"
    )
    key = "subject.topic" if name == "topic" else name
    here, there = line_of(path, f"{key} =", nth=2), line_of(path, f"{key} =")
    assert told(path) == [
        f'config.toml:{here}: {shown}: found "{taken}"; a value of its own is wanted ({first} in line {there})'
    ]


def test_two_calls_with_their_own_names_are_loaded(tmp_path: Path) -> None:
    path = changed(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + SECOND.format(**APART), encoding="utf-8")
    assert [call.id for call in load(path).calls] == ["kz-2023", "other"]


def test_a_ground_that_no_rule_knows_is_a_mistake_when_the_grounds_are_given(tmp_path: Path) -> None:
    path = changed(
        tmp_path, ("policy.dispositions = {}", 'policy.dispositions = { lat = "hold", password = "hold" }')
    )
    assert told(path, known_codes={"late", "password"}) == [
        (
            f"config.toml:{line_of(path, 'policy.dispositions')}: calls[0].policy.dispositions.lat: "
            'found an unknown finding; did you mean "late"?'
        )
    ]
    assert load(path).calls[0].policy.dispositions["password"] == "hold"


def test_a_reply_that_does_not_exist_cannot_be_switched_off(tmp_path: Path) -> None:
    path = changed(tmp_path, ('replies.off = ["question_ack"]', 'replies.off = ["late", "lite", "no"]'))
    here = f"config.toml:{line_of(path, 'replies.off')}: calls[0].replies.off"
    assert told(path, known_templates={"late", "accepted"}) == [
        f'{here}[1]: found "lite"; did you mean "late"?',
        f'{here}[2]: found "no"; one of accepted, late is wanted',
    ]


def test_an_absent_file_is_told_so(tmp_path: Path) -> None:
    assert told(tmp_path / "config.toml") == ["config.toml: there is no such file"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "config.toml").mkdir()
    assert told(tmp_path / "config.toml") == ["config.toml: cannot be read: Is a directory"]


def test_windows_1251_is_told_at_its_first_line_of_that_kind(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('[mailbox]\nhost = "a"\nfolders = ["Вхідні"]\n'.encode("cp1251"))
    assert told(path) == ["config.toml:3: not UTF-8, probably windows-1251; save the file as UTF-8"]


def test_utf_16_is_told(tmp_path: Path) -> None:
    path = changed(tmp_path)
    path.write_bytes(path.read_text(encoding="utf-8").encode("utf-16"))
    assert told(path) == ["config.toml:1: saved as UTF-16; save it as UTF-8"]


def test_what_windows_editors_add_does_not_matter(tmp_path: Path) -> None:
    path = changed(tmp_path)
    plain = load(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load(path) == plain


def test_every_pattern_of_the_models_is_said_in_words() -> None:
    patterns: set[str] = set()

    def collect(schema: object) -> None:
        if isinstance(schema, dict):
            if isinstance(schema.get("pattern"), str):
                patterns.add(schema["pattern"])
            for inner in schema.values():
                collect(inner)
        elif isinstance(schema, list):
            for inner in schema:
                collect(inner)

    collect(Config.model_json_schema())
    assert patterns == set(SHAPES)
