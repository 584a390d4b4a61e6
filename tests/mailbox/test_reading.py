"""Letters are found by UID and come out byte for byte, whatever their size, and looking changes nothing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from intake.mailbox import FolderStatus, Mailbox, MailboxTrouble
from rules.letter import Location
from tests.mailbox.letters import letter
from tests.servers.account import Account
from tests.servers.scripted import ScriptedServer, Talk

KYIV_WINTER = timezone(timedelta(hours=2))
ARRIVED = datetime(2023, 3, 10, 18, 0, 59, tzinfo=KYIV_WINTER)


def fetched(mailbox: Mailbox) -> list[bytes]:
    return [b"".join(raw.octets) for raw in mailbox.fetch(mailbox.uids())]


def test_opening_tells_what_the_folder_is(any_imap: Account) -> None:
    any_imap.deliver(letter())
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        status = mailbox.open("INBOX")
        again = mailbox.open("INBOX")
    assert status == FolderStatus("INBOX", status.uidvalidity, exists=1, keywords=True, read_only=False)
    assert status.uidvalidity > 0
    assert again == status


def test_an_empty_folder_has_no_letters(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        assert mailbox.uids() == ()
        assert list(mailbox.fetch(())) == []


def test_letters_come_whole_with_their_name_size_and_time_of_arrival(any_imap: Account) -> None:
    any_imap.deliver(letter(), ARRIVED)
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        status = mailbox.open("INBOX")
        (uid,) = mailbox.uids()
        (raw,) = mailbox.fetch([uid])
    assert raw.location == Location(any_imap.settings().account, "INBOX", status.uidvalidity, uid)
    assert raw.size == len(letter())
    assert b"".join(raw.octets) == letter()
    assert raw.internaldate == ARRIVED


def test_the_time_of_arrival_keeps_the_zone_the_server_gave(any_imap: Account) -> None:
    any_imap.deliver(letter(), ARRIVED)
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        (raw,) = mailbox.fetch(mailbox.uids())
        with any_imap.hand() as hand:
            hand.select_folder("INBOX", readonly=True)
            said = hand.fetch(list(mailbox.uids()), ["INTERNALDATE"])[raw.location.uid][b"INTERNALDATE"]
    assert raw.internaldate is not None
    assert raw.internaldate.utcoffset() == said.utcoffset()
    assert raw.internaldate.astimezone(UTC) == ARRIVED.astimezone(UTC)


def test_letters_are_yielded_in_ascending_order_of_uid_and_once(any_imap: Account) -> None:
    for number in range(30):
        any_imap.deliver(letter(number))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        uids = mailbox.uids()
        letters = list(mailbox.fetch([*reversed(uids), uids[0]]))
    assert [raw.location.uid for raw in letters] == list(uids)
    assert [b"".join(raw.octets) for raw in letters] == [letter(number) for number in range(30)]


def test_a_large_letter_between_small_ones_is_byte_identical(any_imap: Account) -> None:
    letters = [
        letter(1),
        letter(2, 3_000_000),
        letter(3),
        letter(4, 900_000),
        letter(5, 1_100_000),
        letter(6),
    ]
    for octets in letters:
        any_imap.deliver(octets)
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        assert fetched(mailbox) == letters
        assert (mailbox.gone, mailbox.withheld) == ((), ())


def test_a_large_letter_comes_in_windows_of_bounded_size(any_imap: Account) -> None:
    any_imap.deliver(letter(1, 3_000_000))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        (raw,) = mailbox.fetch(mailbox.uids())
        assert max(len(piece) for piece in raw.octets) == 1_048_576


@pytest.mark.parametrize("size", [1_048_576, 1_048_577, 2_097_152])
def test_the_edges_of_a_window_lose_nothing(size: int) -> None:
    octets = letter(1, 3_000_000)[:size]
    with ScriptedServer({5: octets}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            assert fetched(mailbox) == [octets]


@pytest.mark.parametrize("said", [1_200_000, 2_900_000])
def test_a_large_letter_is_whole_even_when_the_server_misjudges_its_size(said: int) -> None:
    octets = letter(1, 2_500_000)

    def misjudge(talk: Talk, tag: str, line: str) -> None:
        if "RFC822.SIZE" not in line:
            talk.answer(tag, line)
            return
        talk.say(f"* 1 FETCH (UID 5 RFC822.SIZE {said})\r\n".encode())
        talk.done(tag)

    with ScriptedServer({5: octets}, {"UID FETCH": misjudge}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            assert fetched(mailbox) == [octets]


@pytest.mark.parametrize("said", ["01-Mar-2023 10:00:00", "yesterday", "01-Mar-2023 10:00:00 +9959"])
def test_a_time_of_arrival_that_is_no_instant_is_not_guessed(said: str) -> None:
    def zoneless(talk: Talk, tag: str, line: str) -> None:
        if "RFC822.SIZE" not in line:
            talk.answer(tag, line)
            return
        talk.say(f'* 1 FETCH (UID 5 RFC822.SIZE 10 INTERNALDATE "{said}")\r\n'.encode())
        talk.done(tag)

    with ScriptedServer({5: letter()}, {"UID FETCH": zoneless}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            (raw,) = mailbox.fetch(mailbox.uids())
    assert raw.internaldate is None


def test_looking_leaves_the_flags_alone(any_imap: Account) -> None:
    any_imap.deliver(letter(1))
    any_imap.deliver(letter(2, 1_200_000))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        assert len(fetched(mailbox)) == 2
    with any_imap.hand() as hand:
        hand.select_folder("INBOX", readonly=True)
        flags = [set(some) - {b"\\Recent"} for some in hand.get_flags(hand.search()).values()]
    assert flags == [set(), set()]


def test_letters_read_by_a_person_are_found_all_the_same(any_imap: Account) -> None:
    any_imap.deliver(letter())
    with any_imap.hand() as hand:
        hand.select_folder("INBOX")
        hand.add_flags(hand.search(), [b"\\Seen", b"\\Answered"])
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        assert fetched(mailbox) == [letter()]


def test_a_read_only_mailbox_is_read_and_never_written(any_imap: Account) -> None:
    any_imap.deliver(letter())
    with Mailbox(any_imap.settings(read_only=True), any_imap.password) as mailbox:
        status = mailbox.open("INBOX")
        assert (status.read_only, status.keywords) == (True, False)
        assert fetched(mailbox) == [letter()]
        with pytest.raises(ValueError, match="read-only"):
            mailbox.mark(mailbox.uids(), "$Skrynka")
        with pytest.raises(ValueError, match="read-only"):
            mailbox.move(mailbox.uids(), "Прийняті")
        with pytest.raises(ValueError, match="read-only"):
            mailbox.append("INBOX", letter(2))
        assert mailbox.folders() == ("INBOX",)
    with any_imap.hand() as hand:
        hand.select_folder("INBOX", readonly=True)
        assert [set(flags) - {b"\\Recent"} for flags in hand.get_flags(hand.search()).values()] == [set()]


def test_a_read_only_mailbox_is_examined_and_not_selected() -> None:
    # SELECT would already take the \Recent flag away from other mail programs (RFC 3501, 6.3.2).
    with ScriptedServer({5: letter()}) as server:
        account = server.account()
        with Mailbox(account.settings(read_only=True), account.password) as mailbox:
            mailbox.open("INBOX")
    assert [line for line in server.commands if "INBOX" in line] == ['EXAMINE "INBOX"']


def test_a_server_may_hand_out_less_than_a_window() -> None:
    octets = letter(1, 2_500_000)

    def sparing(talk: Talk, tag: str, line: str) -> None:
        talk.answer(tag, line.replace("1048576>", "300000>"))

    with ScriptedServer({5: octets}, {"UID FETCH": sparing}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            assert fetched(mailbox) == [octets]


def test_a_folder_the_server_keeps_read_only_is_still_read() -> None:
    def read_only(talk: Talk, tag: str, line: str) -> None:
        talk.say(b"* 1 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [PERMANENTFLAGS ()] ok\r\n")
        talk.done(tag, "OK [READ-ONLY] done")

    with ScriptedServer({5: letter()}, {"SELECT": read_only, "EXAMINE": read_only}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            assert mailbox.open("INBOX") == FolderStatus("INBOX", 7, exists=1, keywords=False, read_only=True)
            assert fetched(mailbox) == [letter()]


@pytest.mark.parametrize("folder", ["Заявки", "Вхідні & інші/Конкурс 2023", 'з "лапками"'])
def test_folders_have_the_names_people_see(any_imap: Account, folder: str) -> None:
    any_imap.deliver(letter(), folder=folder)
    with Mailbox(any_imap.settings(folders=(folder,)), any_imap.password) as mailbox:
        assert folder in mailbox.folders()
        mailbox.open(folder)
        (raw,) = mailbox.fetch(mailbox.uids())
        assert raw.location.folder == folder
        assert b"".join(raw.octets) == letter()


def test_an_absent_folder_is_called_so(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        with pytest.raises(MailboxTrouble, match="Заявки") as caught:
            mailbox.open("Заявки")
        assert (caught.value.kind, caught.value.permanent) == ("folder", True)
        # The connection is as good as before.
        assert mailbox.open("INBOX").exists == 0


def test_a_letter_expunged_after_it_was_listed_is_reported_gone(any_imap: Account) -> None:
    for number in range(3):
        any_imap.deliver(letter(number))
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        uids = mailbox.uids()
        with any_imap.hand() as hand:
            hand.select_folder("INBOX")
            hand.delete_messages([uids[1]])
            hand.expunge()
        letters = [b"".join(raw.octets) for raw in mailbox.fetch(uids)]
        assert letters == [letter(0), letter(2)]
        assert mailbox.gone == (uids[1],)
        assert mailbox.uids() == (uids[0], uids[2])


def test_uids_that_never_were_are_gone(any_imap: Account) -> None:
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        mailbox.open("INBOX")
        assert list(mailbox.fetch([4_000_000_000])) == []
        assert mailbox.gone == (4_000_000_000,)


def test_a_reset_of_uidvalidity_is_seen(any_imap: Account) -> None:
    any_imap.deliver(letter(), folder="Заявки")
    with Mailbox(any_imap.settings(), any_imap.password) as mailbox:
        before = mailbox.open("Заявки")
        mailbox.open("INBOX")
        with any_imap.hand() as hand:
            hand.delete_folder("Заявки")
        any_imap.deliver(letter(), folder="Заявки")
        after = mailbox.open("Заявки")
        (raw,) = mailbox.fetch(mailbox.uids())
    assert after.uidvalidity != before.uidvalidity
    assert raw.location.uidvalidity == after.uidvalidity


def test_many_letters_are_listed_in_lines_of_bounded_length() -> None:
    # So many letters in one line would be too long for many clients; the gap would cost thousands of commands.
    uids = [*range(1, 120_001), *range(100_000_000, 100_045_000)]
    longest = 0

    def count(talk: Talk, tag: str, line: str) -> None:
        nonlocal longest
        found = line.rpartition(" ")[2]
        low, _, high = (found if ":" in found else f"{found}:{found}").partition(":")
        first = uids[-1] if low == "*" else int(low)
        last = uids[-1] if high == "*" else int(high)
        named = [str(uid) for uid in uids if min(first, last) <= uid <= max(first, last)]
        longest = max(longest, len(named))
        talk.say(f"* SEARCH {' '.join(named)}\r\n".encode())
        talk.done(tag)

    def select(talk: Talk, tag: str, line: str) -> None:
        talk.say(f"* {len(uids)} EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n".encode())
        talk.done(tag)

    with ScriptedServer({}, {"SELECT": select, "UID SEARCH": count}) as server:
        account = server.account()
        with Mailbox(account.settings(), account.password) as mailbox:
            mailbox.open("INBOX")
            assert mailbox.uids() == tuple(uids)
    assert longest <= 90_000
