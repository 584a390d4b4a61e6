"""What the fuzzer found and covered is parsed in every run of the tests."""

from pathlib import Path

import pytest

from tests.fuzz.target import target

CORPUS = sorted(path for path in (Path(__file__).parent / "corpus").iterdir() if path.is_file())


@pytest.mark.parametrize("part", range(10))
def test_every_piece_of_the_corpus_is_parsed(part: int) -> None:
    for path in CORPUS[part::10]:
        target(path.read_bytes())
