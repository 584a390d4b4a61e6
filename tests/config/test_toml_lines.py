"""Every key of a TOML text is found on the line where it stands."""

import tomllib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.toml_lines import KeyPath, NotUnderstood, first_repeated, lines, with_seconds
from tests.config.shipped import SHIPPED

TEXT = '''\
# [not.a] table = 1
top = """first
[not] = "a key"
last"""
title = \'\'\'it\\\'\'\'
"quoted key.with dot" = 1 # [comment]

[mailbox] # a table
folders = [ # a list
  "INBOX",   # "#" [0]
  "Спам, # [1]", 'C:\\',

  ["nested", { a = 1, b = [
     2, 3 ] }],
]
move.to.x = "1"
move.to.y = "2"
"ключ\\u0020" = 2023-03-10 18:00:00

[[calls]]
id = "a"
fields = [
    { key = "one", aliases = ["x", "y"] },
    # { key = "commented out" },
    { key = "two", nested = { deep = [ { deeper = """
""" } ] } },
]
  [calls.replies]
  mode = "draft"

  [[calls.people]]
  key = "p1"

  [[calls.people]]
  key = "p2"

[[calls]]
id = "b"
[calls.replies]
signature = """ends with two quotes"""""
after = 1
[a.b.c]
d = +1_000.5e3
'''

PLACES: dict[KeyPath, int] = {
    ("top",): 2,
    ("title",): 5,
    ("quoted key.with dot",): 6,
    ("mailbox",): 8,
    ("mailbox", "folders"): 9,
    ("mailbox", "folders", 0): 10,
    ("mailbox", "folders", 1): 11,
    ("mailbox", "folders", 2): 11,
    ("mailbox", "folders", 3, 1, "b", 1): 14,
    ("mailbox", "folders", 3, 1, "b"): 13,
    ("mailbox", "move", "to", "x"): 16,
    ("mailbox", "move", "to", "y"): 17,
    ("mailbox", "move"): 16,
    ("mailbox", "ключ "): 18,
    ("calls",): 20,
    ("calls", 0): 20,
    ("calls", 0, "fields", 0, "key"): 23,
    ("calls", 0, "fields", 0, "aliases", 1): 23,
    ("calls", 0, "fields", 1): 25,
    ("calls", 0, "fields", 1, "nested", "deep", 0, "deeper"): 25,
    ("calls", 0, "replies"): 28,
    ("calls", 0, "replies", "mode"): 29,
    ("calls", 0, "people", 0, "key"): 32,
    ("calls", 0, "people", 1): 34,
    ("calls", 0, "people", 1, "key"): 35,
    ("calls", 1): 37,
    ("calls", 1, "replies", "signature"): 40,
    ("calls", 1, "replies", "after"): 41,
    ("a", "b"): 42,
    ("a", "b", "c", "d"): 43,
}


def paths(value: object, path: KeyPath = ()) -> set[KeyPath]:
    """Return the path of everything inside a parsed TOML value."""
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    return {(*path, part) for part, _ in inside}.union(
        *(paths(inner, (*path, part)) for part, inner in inside), set()
    )


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_a_key_is_found_on_its_line(path: KeyPath) -> None:
    assert lines(TEXT)[path] == PLACES[path]


def test_nothing_is_missed_and_nothing_invented() -> None:
    assert set(lines(TEXT)) == paths(tomllib.loads(TEXT))


def test_the_thirteenth_field_of_the_shipped_file_is_on_its_own_line() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    field = tomllib.loads(text)["calls"][0]["fields"][12]
    row = text.split("\n")[lines(text)["calls", 0, "fields", 12, "kind"] - 1]
    assert row.strip().startswith(f'{{ key = "{field["key"]}"')


SCALARS = st.sampled_from(
    [
        "1",
        "-0.5",
        "true",
        "2023-03-10T18:00:00Z",
        '"# ] } \\" = [x]"',
        "'[[no]]'",
        '"""a\n\n"b"" # """',
        "'''\n'''",
        "inf",
    ]
)
GAPS = st.sampled_from(["", " ", "\n", "\n# ] } ' \"\n", "\t# x\n\n"])
NAMES = st.sampled_from(["a", "b-1", '"c.d"', "'e # f'", '"g\\"h"'])
BARE = {'"c.d"': "c.d", "'e # f'": "e # f", '"g\\"h"': 'g"h'}


@st.composite
def written(draw: st.DrawFn, path: KeyPath, line: int, depth: int, wanted: dict[KeyPath, int]) -> str:
    """Return a value as text, noting in `wanted` the line of everything inside it."""
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return draw(SCALARS)
    listed = draw(st.booleans())
    text = "[" if listed else "{"
    for place, name in enumerate(draw(st.lists(NAMES, max_size=3, unique=True))):
        # Line ends may stand in lists only.
        text += "," if place else ""
        text += draw(GAPS) if listed else " "
        part: str | int = place if listed else BARE.get(name, name)
        wanted[*path, part] = line + text.count("\n")
        text += "" if listed else f"{name} = "
        text += draw(written((*path, part), line + text.count("\n"), depth - 1, wanted))
    return text + ((draw(GAPS) + "]") if listed else " }")


@given(st.data())
def test_any_text_tomllib_accepts_is_followed_to_the_line(data: st.DataObject) -> None:
    wanted: dict[KeyPath, int] = {}
    text = data.draw(GAPS).lstrip(" \t") + "\n"
    for place in range(data.draw(st.integers(1, 3))):
        line = text.count("\n") + 1
        for path in (("t",), ("t", place)):
            wanted.setdefault(path, line)
        text += "[[t]]\n"
        for name in data.draw(st.lists(NAMES, max_size=3, unique=True)):
            path = ("t", place, BARE.get(name, name))
            wanted[path] = text.count("\n") + 1
            text += f"{name} = {data.draw(written(path, wanted[path], 3, wanted))} # end\n"
    assert set(wanted) == paths(tomllib.loads(text))
    assert lines(text) == wanted


@given(st.text(alphabet="[]{}\"'=.,#\n a1\\", max_size=60))
def test_no_text_makes_it_fail_otherwise_than_by_saying_so(text: str) -> None:
    for look in (lines, first_repeated, with_seconds):
        with suppress(NotUnderstood):
            look(text)


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("a = 2023-03-10T18:00", "a = 2023-03-10T18:00:00"),
        ("a = 2023-03-10 18:00 # 09:00", "a = 2023-03-10 18:00:00 # 09:00"),
        ("a = [18:00,2023-03-10T18:00+02:00]", "a = [18:00:00,2023-03-10T18:00:00+02:00]"),
        ("a = 2023-03-10T18:00Z\nb =", "a = 2023-03-10T18:00:00Z\nb ="),
        ("a = \"18:00\"\nb = '''\n18:00''' # 18:00", "a = \"18:00\"\nb = '''\n18:00''' # 18:00"),
        ("a = 2023-03-10T18:00:30", "a = 2023-03-10T18:00:30"),
        ("a = 2023-03-10", "a = 2023-03-10"),
    ],
)
def test_seconds_are_added_where_a_time_lacks_them_and_nowhere_else(text: str, full: str) -> None:
    assert with_seconds(text) == full


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a = 1\nb = 2\na = 3", (("a",), 3, 1)),
        ("[t]\n[u]\n[t]", (("t",), 3, 1)),
        ("[[t]]\nx.y = 1\n[t.x]\nz = 1", (("t", 0, "x"), 3, 2)),
        ("[[t]]\n[[t]]\na = 1\n[t.b]", None),
        ("[a.b]\n[a]\nc = 1", None),
    ],
)
def test_what_stands_twice_is_found_with_both_lines(text: str, found: object) -> None:
    assert first_repeated(text) == found
