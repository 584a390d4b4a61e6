#!/usr/bin/env python3
"""Coverage-guided fuzzing of the parser with atheris, by hand, for as long as one likes; not a part of `make test`.

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
    /tmp/fuzz/bin/pip install --require-hashes -r requirements.lock
    mkdir /tmp/found
    PYTHONPATH=. nice /tmp/fuzz/bin/python tests/fuzz/fuzz_parse.py -max_total_time=600 -max_len=16384 -timeout=10 \
        -rss_limit_mb=2048 /tmp/found tests/fuzz/corpus tests/letters

What it stops at lies in `crash-*`, `timeout-*` or `oom-*` of the current folder: mend the parser and keep the octets as
`tests/fuzz/corpus/finding-<what>`. To keep what was newly covered, with the fuzzer's environment first in PATH:
`-merge=1 -use_counters=0 tests/fuzz/corpus tests/letters /tmp/found`. `test_corpus.py` replays the corpus in every test
run. Two runs of ten minutes (157,000 letters) found nothing that raised, hung or grew; the corpus is what they covered
beyond the museum.
"""

import sys

import atheris  # type: ignore[import-not-found,unused-ignore]  # in the fuzzer's own environment only

with atheris.instrument_imports(
    include=["intake.parsing", "intake.sniff", "intake.trust", "rules.automatic", "mailparser"]
):
    from tests.fuzz.target import target


def main() -> None:
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
