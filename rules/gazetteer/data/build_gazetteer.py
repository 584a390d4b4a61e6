"""Build the gazetteer's package data from two editions of the official codifier. Run by hand, never at run time.

    python rules/gazetteer/data/build_gazetteer.py CURRENT.xlsx EARLIER.xlsx

Both workbooks are the ministry's «Кодифікатор адміністративно-територіальних одиниць та територій територіальних
громад» (order № 290 of 26.11.2020 with later editions). Writes `hromadas_uk.csv` and the codifier's part of
`former_names_uk.csv` beside this file; rows that a person added to the latter (source
`hand`) and dates that a person filled in are kept.
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from openpyxl import load_workbook

DATA = Path(__file__).parent
TYPES = {"M": "міська", "X": "селищна", "C": "сільська"}
# The codifier lists Crimea's hromadas, which exist on paper only, and Sevastopol's.
PAPER = ("UA01", "UA85")
KYIV = ["UA80000000000093317", "Київська", "місто", "Київ", "1", "", "Київ"]


def read(path: str) -> dict[str, tuple[str, str]]:
    """Return code → (category, name). One old edition writes the category of a village with a Cyrillic С."""
    rows = {}
    for row in load_workbook(path, read_only=True).worksheets[0].iter_rows(values_only=True):
        codes = [cell for cell in row[:5] if isinstance(cell, str) and cell.startswith("UA")]
        if codes and len(row) > 6 and row[6]:
            category = str(row[5]).strip().replace("С", "C").replace("T", "X")
            rows[codes[-1]] = (category, str(row[6]).strip())
    return rows


def first_settlements(rows: dict[str, tuple[str, str]]) -> dict[str, str]:
    """Return hromada's code prefix → code of its first-numbered settlement, taken for its centre."""
    first: dict[str, str] = {}
    for code in sorted(code for code, (category, _) in rows.items() if category in TYPES):
        first.setdefault(code[:9], code)
    return first


def main(current_path: str, earlier_path: str) -> None:
    """Write both files."""
    current, earlier = read(current_path), read(earlier_path)
    centres, old_centres = first_settlements(current), first_settlements(earlier)
    namesakes = Counter((code[:4], name) for code, (category, name) in current.items() if category in TYPES)
    parents = {code[:7]: name for code, (category, name) in current.items() if category == "P"}
    oblasts = {code[:4]: name for code, (category, name) in current.items() if category == "O"}
    hromadas = sorted(
        code for code, (category, _) in current.items() if category == "H" and not code.startswith(PAPER)
    )
    with (DATA / "hromadas_uk.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["code", "name", "type", "centre", "alone", "raion", "oblast"])
        for code in hromadas:
            category, centre = current[centres[code[:9]]]
            # A village that shares its name with another of the oblast does not tell which hromada is meant.
            alone = category == "M" or namesakes[code[:4], centre] == 1
            out.writerow(
                [
                    code,
                    current[code][1],
                    TYPES[category],
                    centre,
                    int(alone),
                    parents[code[:7]],
                    oblasts[code[:4]],
                ]
            )
        out.writerow(KYIV)

    path = DATA / "former_names_uk.csv"
    kept = []
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            kept = list(csv.DictReader(file))
    dates = {row["code"]: row["renamed"] for row in kept if row["source"] != "hand"}
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["code", "name", "centre", "renamed", "source"])
        for code in hromadas:
            name = earlier.get(code, ("", ""))[1]
            centre = earlier.get(old_centres.get(code[:9], ""), ("", ""))[1]
            same_name = name in ("", current[code][1])
            same_centre = centre in ("", current[centres[code[:9]]][1])
            if not (same_name and same_centre):
                out.writerow(
                    [
                        code,
                        "" if same_name else name,
                        "" if same_centre else centre,
                        dates.get(code, ""),
                        "codifier",
                    ]
                )
        for row in kept:
            if row["source"] == "hand":
                out.writerow([row[key] for key in ("code", "name", "centre", "renamed", "source")])


if __name__ == "__main__":
    main(*sys.argv[1:])
