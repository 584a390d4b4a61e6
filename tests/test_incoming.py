"""Letters in files: each is met once, in whatever kind of folder it lies, and what cannot be read is told."""

import mailbox
from pathlib import Path

import pytest

from intake.incoming import FileTrouble, Unread, count, messages
from rules.letter import RawLetter


def letter(number: int) -> bytes:
    return f"Message-ID: <{number}@x>\nSubject: {number}\n\ntext\n".encode()


def met(*paths: Path) -> list[bytes | str]:
    """What is met, as octets, and the names of what could not be read."""
    return [
        found.path.name if isinstance(found, Unread) else b"".join(found.octets) for found in messages(paths)
    ]


def test_folders_in_folders_are_searched_and_hidden_files_left_out(tmp_path: Path) -> None:
    for number, name in enumerate(["a.eml", "b/1", "b/c/d/2.txt", "b/c/.hidden", ".folder/3", "z.eml"]):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(letter(number))
    (tmp_path / "empty").mkdir()
    (tmp_path / "b" / "up").symlink_to(tmp_path)
    assert met(tmp_path) == [letter(number) for number in (0, 1, 2, 5)]
    assert count([tmp_path]) == 4


NO_LETTERS = {
    "empty.eml": (b"", "it is empty"),
    "note.txt": ("Доброго дня! Ось нотатка: завтра о 18:00.\n".encode(), "it is no letter: it has no From, "),
    "form.pdf": (b"%PDF-1.7\n", "it is no letter but a file of kind pdf; "),
    "octets.eml": (bytes(range(256)) * 40, "it is no letter: it has no From, "),
}


@pytest.mark.parametrize("name", NO_LETTERS)
def test_what_is_no_letter_is_told_and_not_taken_for_one(name: str, tmp_path: Path) -> None:
    octets, why = NO_LETTERS[name]
    (tmp_path / name).write_bytes(octets)
    (found,) = messages([tmp_path])
    assert isinstance(found, Unread)
    assert found.why.startswith(why)


@pytest.mark.parametrize(
    "octets",
    [
        b"\xef\xbb\xbf\n\nsubject:x",
        b"nonsense\nX-Spam: yes\n\ntext",
        "Від: x\r\nDate: y\r\n".encode("cp1251"),
    ],
)
def test_a_damaged_letter_is_a_letter(octets: bytes, tmp_path: Path) -> None:
    (tmp_path / "damaged").write_bytes(octets)
    assert met(tmp_path) == [octets]


def test_the_lock_of_a_mailbox_is_no_letter_and_a_file_that_is_only_called_so_is(tmp_path: Path) -> None:
    (tmp_path / "a.mbox").write_bytes(letter(0))
    (tmp_path / "a.mbox.lock").touch()
    (tmp_path / "b.lock").write_bytes(letter(1))
    assert met(tmp_path) == [letter(0), letter(1)]


def test_thousands_of_files_are_read_one_by_one(tmp_path: Path) -> None:
    for number in range(2000):
        folder = tmp_path / str(number % 20)
        folder.mkdir(exist_ok=True)
        (folder / f"{number}.eml").write_bytes(letter(number))
    assert count([tmp_path]) == 2000
    stream = messages([tmp_path])
    first = next(stream)
    assert isinstance(first, RawLetter)
    # What is removed before its turn is told: nothing of it had been read.
    (tmp_path / "0" / "1980.eml").unlink()
    rest = list(stream)
    gone = [found.path.name for found in rest if isinstance(found, Unread)]
    assert (len(rest), gone) == (1999, ["1980.eml"])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_mbox_is_taken_apart(tmp_path: Path, end: str) -> None:
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    for number in range(3):
        box.add(letter(number))
    box.close()
    path.write_bytes(path.read_bytes().replace(b"\n", end.encode()))
    assert met(path) == [letter(number).replace(b"\n", end.encode()) for number in range(3)]
    assert count([path]) == 3
    assert [found.location.uid for found in messages([path]) if isinstance(found, RawLetter)] == [1, 2, 3]


def test_a_line_of_a_letter_that_begins_with_from_is_no_separator(tmp_path: Path) -> None:
    body = b"Subject: x\n\nhello\n\nFrom our council with thanks\n\nFrom now on at home.\n"
    (tmp_path / "box").write_bytes(b"From a@b.example Fri Mar 10 14:05:11 2023\n" + body)
    (tmp_path / "letter.eml").write_bytes(b"From: a@b.example\n" + body)
    assert met(tmp_path) == [body, b"From: a@b.example\n" + body]


def test_an_mbox_without_empty_lines_between_letters_is_taken_apart(tmp_path: Path) -> None:
    separator = b"From a@b.example Fri Mar 10 14:05:11 2023\n"
    (tmp_path / "box").write_bytes(b"".join(separator + letter(number) for number in range(3)))
    assert met(tmp_path) == [letter(number) for number in range(3)]


def test_a_maildir_gives_its_messages_and_those_of_the_maildirs_in_it(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    box.add(letter(0))
    seen = mailbox.MaildirMessage(letter(1))
    seen.set_subdir("cur")
    seen.set_flags("S")
    box.add(seen)
    box.add_folder("Sent").add(letter(2))
    (tmp_path / "box" / "dovecot.index").write_bytes(b"no letter")
    (tmp_path / "box" / "tmp" / "half").write_bytes(b"half a letter")
    assert sorted(met(tmp_path)) == [letter(number) for number in range(3)]
    assert count([tmp_path]) == 3
    names = [found.location.folder for found in messages([tmp_path]) if isinstance(found, RawLetter)]
    assert not any(":2," in name for name in names)


def test_what_cannot_be_read_is_counted_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter(0))
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "nowhere").symlink_to("gone")
    assert met(tmp_path, tmp_path / "absent") == [letter(0), "circle", "nowhere", "absent"]
    assert count([tmp_path, tmp_path / "absent"]) == 4


def test_a_file_that_breaks_off_half_way_raises_the_trouble_of_this_door(tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(letter(0))
    (found,) = messages([path])
    assert isinstance(found, RawLetter)
    path.unlink()
    with pytest.raises(FileTrouble, match=r"a\.eml"):
        list(found.octets)
