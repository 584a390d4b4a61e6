"""When a machine may act on a recognised place. It only ever doubts: it never makes anything certain."""

from rules.gazetteer import Hit
from rules.gazetteer.lookup import Match
from rules.gazetteer.scan import JOINED, Scan, followed

# Names of settlements that are adjectives themselves, in the gender of a hromada or one letter from it.
_LIKE_ADJECTIVES = ("на", "ва", "не", "ве", "ка", "ке", "ий")


def certain(scan: Scan, match: Match, hit: Hit) -> bool:
    """Return whether a machine may act on this one place; notes the reason when the text itself is doubtful."""
    if scan.oblast is None and match.end - match.start == 1 and not _said_to_be_hromada(scan, match):
        word = scan.words[match.start]
        oblasts = scan.gazetteer.oblasts
        if scan.gazetteer.country == "ua" and (
            oblasts.by_word(word.flat, marked=False) or oblasts.by_spelling(word)
        ):
            # A bare «Житомирська» is a hromada and an oblast.
            scan.note(["hromada_or_oblast"])
            return False
    if "unknown_oblast" in scan.problems:
        return False
    if match.how == "russian" and scan.oblast is None:
        return False
    if scan.raion and hit.place.raion and scan.raion != hit.place.raion:
        scan.note(["raion_mismatch"])
        return False
    if hit.kind == "centre" and _sounds_like_a_hromada(scan, match, hit):
        # «Зелена громада» may be the hromada of Зелена or one that is not there.
        return False
    # What an admin called so himself is no other settlement of that name.
    if match.by == "centre" and hit.kind != "alias":
        if hit.place.code in scan.gazetteer.crowded or (
            scan.oblast is None and hit.place.type not in ("міська", "місто")
        ):
            return False
        before = scan.senses[match.start - 1] if match.start else None
        # «с. Іванків» may be another village than the town that is a hromada's centre.
        if (
            before
            and before.part == "settlement"
            and before.value == "сільська"
            and hit.place.type != "сільська"
        ):
            return False
    return not part_of_more(scan, match)


def _said_to_be_hromada(scan: Scan, match: Match) -> bool:
    before = scan.senses[match.start - 1] if match.start else None
    return any(mark and mark.part in ("hromada", "council", "type") for mark in scan.senses) or (
        before is not None and before.part == "settlement"
    )


def _sounds_like_a_hromada(scan: Scan, match: Match, hit: Hit) -> bool:
    before = scan.senses[match.start - 1] if match.start else None
    if scan.gazetteer.country == "bg" or not hit.official.endswith(_LIKE_ADJECTIVES):
        return False
    titled = followed(scan, match.end - 1) in ("hromada", "council")
    return titled or (before is not None and before.part in ("hromada", "council", "type"))


def part_of_more(scan: Scan, match: Match) -> bool:
    """Return whether an unknown capitalised word beside the name may belong to it."""
    # «Кчрсунь Шевченківська», «Велика Борова»: an unknown capitalised word beside the name may belong to it.
    for index, gap in ((match.start - 1, match.start), (match.end, match.end)):
        if not 0 <= index < len(scan.words) or not scan.free(index) or not JOINED.match(scan.words[gap].gap):
            continue
        word = scan.words[index]
        if len(word.flat) > 1 and word.text[0].isupper():
            return True
    return False


def strangers(scan: Scan) -> list[int]:
    """Return the capitalised words that name nothing known."""
    held = {index for match in scan.matches for index in range(match.start, match.end)}
    return [
        index
        for index, word in enumerate(scan.words)
        if index not in held and scan.free(index) and len(word.flat) > 2 and not word.text[0].islower()
    ]
