"""How fast letters are parsed, and what a big one costs in memory, beside the libraries alone doing as much of it."""

import io
import random
import subprocess
import sys
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import mailparser

from bench.measure import Measure, rates
from intake import parsing
from intake.blank import form_docx
from intake.demo.post import AGENTS, File, Sender, moment, write
from rules.call import Call

KB = 1024
# The usual letter of the issue, in octets, and the big one.
USUAL = 61 * KB
BIG = 26 * KB * KB


def letter(call: Call, size: int) -> bytes:
    """A letter of about `size` octets with one .docx, which holds a picture that cannot be compressed."""
    # Nothing secret is drawn here.
    dice = random.Random(size)
    plain = form_docx(call)
    target = io.BytesIO(plain)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr(
            "word/media/image1.jpg", dice.randbytes(max(0, (size - 3 * KB) * 73 // 100 - len(plain)))
        )
    at = moment(call, 9, "10:00:00")
    sender = Sender("Олевська міська рада", "rada@olevsk.example", AGENTS[0])
    title = "Комунікація змін/Олевська громада, Житомирська область"
    file = File("Заявка Олевської громади.docx", target.getvalue())
    return write(call, sender, title, "Надсилаємо заявку.", at, files=[file])


def with_mail_parser(octets: bytes) -> int:
    """Parse with mail-parser alone: its fields, and the octets of the attachments."""
    return _used(mailparser.parse_from_bytes(octets))


def _used(mail: mailparser.MailParser) -> int:
    fields = (mail.subject, mail.from_, mail.to, mail.date, mail.message_id, mail.body)
    return len(fields) + sum(len(_decoded(item)) for item in mail.attachments)


def _decoded(item: dict[str, str]) -> bytes | str:
    if not item["binary"]:
        return item["payload"]
    return mailparser.utils.decode_base64_payload(item["payload"])


def with_stdlib(octets: bytes) -> int:
    """Parse with email (compat32) alone: headers decoded, and the octets of every part."""
    mail = message_from_bytes(octets)
    fields = [
        str(make_header(decode_header(mail[name] or "")))
        for name in ("Subject", "From", "To", "Message-ID", "Date")
    ]
    return len(fields) + sum(
        len(part.get_payload(decode=True)) for part in mail.walk() if not part.is_multipart()
    )


def parse_rates(call: Call) -> list[Measure]:
    """Letters a second of our parser, beside mail-parser's and the standard library's."""
    octets = letter(call, USUAL)
    count = 60

    def times(work: Callable[[bytes], object]) -> Callable[[], int]:
        def run() -> int:
            for _ in range(count):
                work(octets)
            return count

        return run

    ours, bare, stdlib = rates([times(parsing.parse), times(with_mail_parser), times(with_stdlib)], rounds=4)
    what = f"parse a letter of {len(octets) // KB} KB with one .docx"
    return [
        Measure(what, ours, "mail-parser, attachments decoded", bare),
        Measure(what, ours, "email (compat32), attachments decoded", stdlib),
    ]


def memory(call: Call, folder: Path) -> Measure:
    """The peak of memory above the base for a big letter in a file, beside mail-parser's; each in a process of its own."""
    path = folder / "big.eml"
    path.write_bytes(letter(call, BIG))
    ours, bare = (_peak(path, how) for how in ("ours", "mail-parser"))
    return Measure(
        f"memory to parse a letter of {path.stat().st_size // KB // KB} MB", ours, "mail-parser", bare, "MB"
    )


def _peak(path: Path, how: str) -> float:
    command = [sys.executable, "-m", "bench.parse", str(path), how]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1])
    return float(done.stdout)


def _measure_here(path: Path, how: str) -> float:
    """Megabytes this process grows by beyond what a small letter needs."""
    small = b"From: <a@b.example>\r\nSubject: x\r\n\r\ntext"
    parsing.parse(small)
    with_mail_parser(small)
    base = _high_water()
    if how == "ours":
        parsing.parse_file(path, digest="0" * 64)
    else:
        _used(mailparser.parse_from_file(str(path)))
    return (_high_water() - base) / KB


def _high_water() -> int:
    """The most memory this process ever held, in KB. getrusage would count what its parent held when it was started."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    print(_measure_here(Path(sys.argv[1]), sys.argv[2]))
