"""Marks, moves and stored copies: what we write on the server, and that we write nothing else."""

from datetime import datetime, timedelta, timezone

import pytest

from intake.mailbox import Mailbox, MailboxTrouble
from tests.mailbox.letters import letter
from tests.servers.account import Account
from tests.servers.scripted import ScriptedServer, Talk


def flags(account: Account, folder: str = "INBOX") -> list[set[bytes]]:
    with account.hand() as hand:
        hand.select_folder(folder, readonly=True)
        uids = hand.search()
        found = hand.get_flags(uids)
    return [set(found[uid]) - {b"\\Recent"} for uid in uids]


def contents(account: Account, folder: str) -> list[bytes]:
    with account.hand() as hand:
        hand.select_folder(folder, readonly=True)
        uids = hand.search()
        found = hand.fetch(uids, ["BODY.PEEK[]"])
    return [found[uid][b"BODY[]"] for uid in uids]


def test_a_keyword_is_set_on_the_named_letters_only(any_imap: Account) -> None:
    for number in range(3):
        any_imap.deliver(letter(number))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        first, _, third = mailbox.uids()
        mailbox.mark([third, first], "$Skrynka")
        # Marking again, and marking what is gone, changes nothing.
        mailbox.mark([first, 4_000_000_000], "$Skrynka")
        mailbox.mark([], "$Skrynka")
    assert flags(any_imap) == [{b"$Skrynka"}, set(), {b"$Skrynka"}]


def test_marks_of_other_people_stay(any_imap: Account) -> None:
    any_imap.deliver(letter())
    with any_imap.hand() as hand:
        hand.select_folder("INBOX")
        hand.add_flags(hand.search(), [b"\\Seen", b"\\Flagged", b"Olena"])
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        mailbox.mark(mailbox.uids(), "$Skrynka")
    assert flags(any_imap) == [{b"\\Seen", b"\\Flagged", b"Olena", b"$Skrynka"}]


def test_marks_can_be_many(any_imap: Account) -> None:
    for number in range(20):
        any_imap.deliver(letter(number))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        # More than one command's worth, most of them gone.
        mailbox.mark([*mailbox.uids(), *range(1_000_000, 1_001_200)], "$Skrynka")
    assert flags(any_imap) == [{b"$Skrynka"}] * 20


@pytest.mark.parametrize("folder", ["Прийняті", "Архів/2023"])
def test_letters_are_moved_into_a_folder_that_is_made_when_missing(any_imap: Account, folder: str) -> None:
    for number in range(3):
        any_imap.deliver(letter(number))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        uids = mailbox.uids()
        mailbox.move([uids[0], 4_000_000_000], folder)
        mailbox.move([uids[2]], folder)
        assert mailbox.uids() == (uids[1],)
        assert folder in mailbox.folders()
    assert contents(any_imap, "INBOX") == [letter(1)]
    assert contents(any_imap, folder) == [letter(0), letter(2)]


def test_a_server_without_move_copies_and_expunges_only_what_it_copied() -> None:
    def accept(talk: Talk, tag: str, line: str) -> None:
        talk.done(tag)

    answers = dict.fromkeys(("UID COPY", "UID STORE", "UID EXPUNGE", "CREATE", "SUBSCRIBE"), accept)
    with ScriptedServer({3: letter(3), 5: letter(5)}, answers, capabilities="UIDPLUS") as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            mailbox.move([5, 3], "Done")
    assert [line for line in server.commands if line.startswith(("UID", "CREATE"))] == [
        'CREATE "Done"',
        'UID COPY 3,5 "Done"',
        "UID STORE 3,5 +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 3,5",
    ]


def test_a_server_that_can_neither_move_nor_expunge_one_letter_is_left_alone() -> None:
    with ScriptedServer({3: letter(3)}, capabilities="IDLE") as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            with pytest.raises(MailboxTrouble) as caught:
                mailbox.move([3], "INBOX")
    assert caught.value.kind == "refused"
    assert [line for line in server.commands if line.startswith("UID")] == []


def test_a_copy_is_stored_with_its_flags_and_time(any_imap: Account) -> None:
    at = datetime(2023, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.append("Надіслані", letter(1), ["\\Seen"], at)
        mailbox.append("Надіслані", letter(2))
        mailbox.open("Надіслані")
        stored = list(mailbox.fetch(mailbox.uids()))
    assert [b"".join(raw.octets) for raw in stored] == [letter(1), letter(2)]
    assert stored[0].internaldate == at
    assert flags(any_imap, "Надіслані") == [{b"\\Seen"}, set()]


def test_a_time_without_a_zone_is_refused(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox, pytest.raises(ValueError, match="zone"):
        mailbox.append("INBOX", letter(), at=datetime(2023, 3, 1))  # noqa: DTZ001  # What is being refused.


def test_a_sent_letter_is_found_by_its_exact_message_id(any_imap: Account) -> None:
    any_imap.deliver(letter(12), folder="Sent")
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        assert mailbox.find_message_id("Sent", "<12@town.test>") is True
        assert mailbox.find_message_id("Sent", "<2@town.test>") is False
        assert mailbox.find_message_id("Sent", "<112@town.test>") is False
        with pytest.raises(MailboxTrouble) as caught:
            mailbox.find_message_id("Надіслані", "<12@town.test>")
        assert caught.value.kind == "folder"
    assert flags(any_imap, "Sent") == [set()]


def test_a_server_that_searches_by_words_does_not_mislead() -> None:
    def words(talk: Talk, tag: str, line: str) -> None:
        talk.say(b"* SEARCH 5\r\n")
        talk.done(tag)

    def header(talk: Talk, tag: str, line: str) -> None:
        text = b"Message-ID: <12@town.test>\r\n\r\n"
        talk.say(b"* 1 FETCH (UID 5 BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n%s)\r\n" % (len(text), text))
        talk.done(tag)

    with ScriptedServer({5: letter(12)}, {"UID SEARCH": words, "UID FETCH": header}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            assert mailbox.find_message_id("INBOX", "<12@town.test>") is True
            assert mailbox.find_message_id("INBOX", "<13@town.test>") is False


def test_no_folder_is_open_after_looking_into_the_sent_one(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        mailbox.find_message_id("INBOX", "<1@town.test>")
        with pytest.raises(ValueError, match="no folder is open"):
            mailbox.uids()
