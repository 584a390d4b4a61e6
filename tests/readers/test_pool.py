"""Whatever a file does to its worker, it is answered for, and the next file is read."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.config import Limits
from intake.readers.pool import ReaderPool
from rules.table import Reading
from tests.readers import hostile


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    with ReaderPool(Limits()) as pool:
        yield pool


def read(pool: ReaderPool, content: bytes, name: str = "Заявка.docx") -> Reading:
    return pool.read(content, name, hashlib.sha256(content).hexdigest())


def outcome(reading: Reading) -> tuple[str, str]:
    return reading.status, reading.reason


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (hostile.zip_bomb, ("unreadable", "bomb")),
        (hostile.dense_part, ("unreadable", "bomb")),
        (hostile.element_bomb, ("unreadable", "bomb")),
        (hostile.billion_laughs, ("unreadable", "bomb")),
        (hostile.external_entity, ("unreadable", "bomb")),
        (hostile.nested_tables, ("unreadable", "bomb")),
        (hostile.many_entries, ("unreadable", "bomb")),
        (hostile.truncated, ("unreadable", "damaged")),
        (hostile.broken_deflate, ("unreadable", "damaged")),
        (hostile.broken_xml, ("unreadable", "damaged")),
        (hostile.no_main_part, ("unreadable", "damaged")),
        (hostile.encrypted_office, ("unreadable", "password")),
        (hostile.encrypted_zip, ("unreadable", "password")),
        (lambda: b"", ("unreadable", "empty")),
        (lambda: os.urandom(5000).replace(b"PK", b"xx"), ("unreadable", "format")),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), ("not_a_form", "picture")),
    ],
    ids=["zip bomb", "dense", "elements", "laughs", "entity", "nested", "entries", "truncated", "deflate", "xml",
         "no main part", "encrypted office", "encrypted zip", "nothing", "noise", "picture"],
)  # fmt: skip
def test_a_hostile_file_is_answered_and_the_next_one_read(
    pool: ReaderPool, content, expected: tuple[str, str]
) -> None:
    made = content()
    reading = read(pool, made)
    assert outcome(reading) == expected
    assert reading.sha256 == hashlib.sha256(made).hexdigest()
    assert read(pool, hostile.honest()).status == "read"


def test_a_page_called_docx_is_read_as_the_page_it_is(pool: ReaderPool) -> None:
    reading = read(pool, hostile.html_named_docx())
    assert (reading.status, reading.reader) == ("read", "html")
    assert [block.text for block in reading.blocks] == ["Назва громади: Лугова"]


def test_a_far_cell_costs_no_more_than_a_near_one(pool: ReaderPool) -> None:
    reading = read(pool, hostile.far_cell(), "Заявка.xlsx")
    assert reading.status == "read"
    assert [row[0].text for row in reading.blocks[0].rows] == ["Назва громади"]


def test_containers_are_opened_a_few_deep_and_no_deeper(pool: ReaderPool) -> None:
    assert [leaf.status for leaf in read(pool, hostile.zip_of_zips(4)).leaves] == ["read"]
    assert [leaf.reason for leaf in read(pool, hostile.zip_of_zips(9)).leaves] == ["bomb"]


def test_a_file_that_takes_too_long_is_given_up(pool: ReaderPool) -> None:
    assert read(pool, hostile.slow()).status == "read"
    with ReaderPool(Limits.model_construct(**(Limits().model_dump() | {"read_seconds": 0}))) as hasty:
        assert outcome(read(hasty, hostile.slow())) == ("unreadable", "too_slow")
    assert read(pool, hostile.honest()).status == "read"


def test_a_file_too_large_is_never_handed_over(pool: ReaderPool) -> None:
    with ReaderPool(Limits(attachment_mb=1)) as small:
        assert outcome(read(small, bytes(1024 * 1024 + 1))) == ("unreadable", "too_large")
        assert small._idle == []


def test_a_killed_worker_is_replaced(pool: ReaderPool) -> None:
    assert read(pool, hostile.honest()).status == "read"
    (child,) = pool._idle
    child._process.kill()
    child._process.wait()
    assert read(pool, hostile.honest()).status == "read"


def test_one_worker_reads_many_files(pool: ReaderPool) -> None:
    read(pool, hostile.honest())
    first = [child._process.pid for child in pool._idle]
    for _ in range(5):
        assert read(pool, hostile.honest()).status == "read"
    assert [child._process.pid for child in pool._idle] == first


def test_a_closed_pool_leaves_no_process() -> None:
    with ReaderPool(Limits()) as pool:
        read(pool, hostile.honest())
        (child,) = pool._idle
    assert child._process.returncode is not None


def test_a_worker_ends_with_its_parent() -> None:
    program = (
        "import os, sys\n"
        "from intake.config import Limits\n"
        "from intake.readers.pool import ReaderPool\n"
        "pool = ReaderPool(Limits())\n"
        "pool.read(b'text', 'a.txt', '')\n"
        "print(pool._idle[0]._process.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).parents[2]
    parent = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root, check=False)
    worker = int(parent.stdout.split()[-1])
    for _ in range(500):
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        # A zombie that nobody reaps is gone too.
        state = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[0]
        if state == "Z":
            return
        subprocess.run(["sleep", "0.01"], check=True)
    pytest.fail("the worker outlived its parent")


def test_the_worker_sees_nothing_of_our_environment(
    pool: ReaderPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_IMAP_PASSWORD", "secret")
    with ReaderPool(Limits()) as fresh:
        read(fresh, hostile.honest())
        (child,) = fresh._idle
        environment = Path(f"/proc/{child._process.pid}/environ").read_bytes()
    assert b"secret" not in environment
