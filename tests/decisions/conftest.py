"""Rooms: a fresh one for a test, and three stories that many tests look at, each told once whatever number of workers there are."""

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.decisions.day import Day, a_day
from tests.decisions.mended import Mended, an_afternoon
from tests.decisions.minds import Minds, three_rounds
from tests.decisions.room import Room

Story = TypeVar("Story")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path)
    made.configure()
    return made


@pytest.fixture(scope="session")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return told_once(a_day, tmp_path_factory)


@pytest.fixture(scope="session")
def minds(tmp_path_factory: pytest.TempPathFactory) -> Minds:
    return told_once(three_rounds, tmp_path_factory)


@pytest.fixture(scope="session")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Mended:
    return told_once(an_afternoon, tmp_path_factory)


def told_once(tell: Callable[[Path], Story], factory: pytest.TempPathFactory) -> Story:
    """Let one worker of pytest-xdist tell a story; the others read what it was."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return tell(factory.mktemp(tell.__name__))
    folder = factory.getbasetemp().parent / tell.__name__
    kept = folder / "story.pickle"
    try:
        folder.mkdir()
    except FileExistsError:
        while not kept.exists():
            time.sleep(0.2)
        story: Story | None = pickle.loads(kept.read_bytes())
        assert story is not None, "the worker that told the story failed"
        return story
    story = None
    try:
        story = tell(folder)
        return story
    finally:
        written = folder / "story.part"
        written.write_bytes(pickle.dumps(story))
        written.rename(kept)
