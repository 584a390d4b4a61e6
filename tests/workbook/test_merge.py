"""The three-way merge over random histories: people's edits, the robot's news and crashes at every step."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ledger.cells import NOTHING, Remembered
from intake.workbook.columns import Column
from intake.workbook.grid import Grid, KeyedRow
from intake.workbook.merge import merge
from intake.workbook.plan import DELETED, ROW, Plan
from intake.workbook.sheet import Sheet

KEYS = ("1", "2", "3")
OURS, PEOPLES = ("Статус", "Громада"), ("Примітка",)
COLUMNS = (
    Column("№", "key", 10),
    *(Column(header, "text", 10) for header in OURS),
    *(Column(header, "text", 10, people=True) for header in PEOPLES),
)
HEADERS = tuple(column.header for column in COLUMNS)

Cell = tuple[str, str]


@dataclass
class World:
    """A file, a ledger and a robot in miniature, beside the plain truth about what people want."""

    robot: dict[Cell, str] = field(default_factory=dict)
    file: dict[str, dict[str, str]] | None = None
    memory: dict[Cell, Remembered] = field(default_factory=dict)
    seen: dict[Cell, str] = field(default_factory=dict)
    wanted: dict[Cell, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    in_file: set[str] = field(default_factory=set)
    news: int = 0

    def sheet(self) -> Sheet:
        keys = {key for key, _ in self.robot}
        rows = {key: {"№": key, **{h: self.robot[key, h] for h in OURS}} for key in KEYS if key in keys}
        return Sheet("s", "S", "№", COLUMNS, rows)

    def grid(self) -> Grid | None:
        if self.file is None:
            return None
        rows = {
            key: KeyedRow(at, {header: f"s:{value}" for header, value in cells.items() if value})
            for at, (key, cells) in enumerate(self.file.items(), start=2)
        }
        return Grid(HEADERS, rows, (), {header: at for at, header in enumerate(HEADERS, start=1)})

    def look(self) -> None:
        """Note in plain words what people did since the robot last looked or wrote."""
        if self.file is None:
            return
        # A row of which the ledger is not certain that it ever stood in the file is rather written twice than lost.
        certain = {key for (key, header), known in self.memory.items() if header == ROW and known.written}
        gone = self.in_file - self.file.keys()
        self.deleted |= gone & certain
        # What was typed in it and not yet kept went with the row.
        self.wanted = {
            cell: value
            for cell, value in self.wanted.items()
            if cell[0] not in gone or self.memory.get(cell, NOTHING).person is not None
        }
        for key, cells in self.file.items():
            for header in (*OURS, *PEOPLES):
                now, cell = cells.get(header, ""), (key, header)
                if now == self.seen.get(cell, ""):
                    continue
                if header in PEOPLES or (not now and self.wanted.get(cell)):
                    self.wanted.pop(cell, None)
                if now or (header in OURS and self.seen.get(cell) and not self.corrected_before(cell)):
                    self.wanted[cell] = now
        self.remember_file()

    def corrected_before(self, cell: Cell) -> bool:
        known = self.memory.get(cell)
        return known is not None and bool(known.person)

    def remember_file(self) -> None:
        assert self.file is not None
        self.seen = {
            (key, header): value for key, cells in self.file.items() for header, value in cells.items()
        }
        self.in_file = set(self.file)

    def publish(self, *, die: int) -> None:
        """Run one cycle; die: 0 not at all, 1 before anything is kept, 2 before replacing, 3 before the last keeping."""
        self.look()
        plan = merge(self.sheet(), self.grid(), self.memory, add=HEADERS if self.file is None else ())
        if die == 1:
            return
        self.keep(plan.first)
        if die == 2:
            return
        self.apply(plan)
        if die != 3:
            self.keep(plan.last)

    def keep(self, changes: dict[Cell, Remembered]) -> None:
        self.memory |= changes
        self.memory = {cell: known for cell, known in self.memory.items() if known != NOTHING}

    def apply(self, plan: Plan) -> None:
        self.file = {} if self.file is None else self.file
        for (key, header), value in plan.cells.items():
            self.file[key][header] = value[2:]
        for key, cells in plan.append.items():
            self.file[key] = {header: value[2:] for header, value in cells.items()}
        self.remember_file()


step = st.one_of(
    st.tuples(st.just("news"), st.sampled_from(KEYS), st.sampled_from(OURS)),
    st.tuples(
        st.just("type"),
        st.sampled_from(KEYS),
        st.sampled_from((*OURS, *PEOPLES)),
        st.sampled_from(["", "x", "y", "z"]),
    ),
    st.tuples(st.just("delete"), st.sampled_from(KEYS)),
    st.tuples(st.just("lose")),
    st.tuples(st.just("publish"), st.integers(0, 3)),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(step, max_size=25))
def test_no_typed_value_is_lost_and_no_robots_value_is_taken_for_a_persons(
    steps: list[tuple[object, ...]],
) -> None:
    world = World()
    for one in steps:
        match one:
            case ("news", str(key), str(header)):
                world.news += 1
                for each in OURS:
                    world.robot.setdefault((key, each), f"r{world.news}")
                world.robot[key, header] = f"r{world.news}"
            case ("type", str(key), str(header), str(value)) if world.file and key in world.file:
                world.file[key][header] = value
            case ("delete", str(key)) if world.file:
                world.file.pop(key, None)
            case ("lose",) if world.file is not None:
                # What was typed since the last look is gone with the file, and nobody could have kept it.
                world.publish(die=0)
                world.file = None
                world.in_file = set()
                world.seen = {}
            case ("publish", int(die)):
                world.publish(die=die)
            case _:
                pass
    world.publish(die=0)
    world.publish(die=0)
    assert world.file is not None
    expected = {}
    for key in {key for key, _ in world.robot} - world.deleted:
        shown = {"№": key} | {
            h: world.wanted.get((key, h), world.robot.get((key, h), "")) for h in (*OURS, *PEOPLES)
        }
        expected[key] = {header: value for header, value in shown.items() if value}
    assert {key: {h: v for h, v in cells.items() if v} for key, cells in world.file.items()} == expected
    people = {
        cell: known.person
        for cell, known in world.memory.items()
        if known.person is not None and cell[1] != ROW
    }
    kept = {cell: value for cell, value in people.items() if cell[0] not in world.deleted}
    assert kept == {
        cell: f"s:{value}" if value else ""
        for cell, value in world.wanted.items()
        if cell[0] not in world.deleted
    }
    assert {cell[0] for cell, known in world.memory.items() if known.person == DELETED} == world.deleted
