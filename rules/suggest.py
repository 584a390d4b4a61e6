"""What a label nobody knows may mean, by where it stands among those that are known.

People reword questions, but hardly ever move them. It is a weak sign: it is shown beside the label for the admin to add an
alias, and never fills a field.
"""

from collections.abc import Iterable, Sequence

from rules.call import Call, FormField


def suggestions(trail: Sequence[str], call: Call) -> dict[str, str]:
    """Return unknown label → number and label of the field it may mean, as far as its place leaves no choice.

    `trail` is that of `rules.lines.Pairs`. Between two fields of the form that were recognised there must be as many
    unknown labels as fields that were not.
    """
    order = {field.key: at for at, field in enumerate(call.fields)}
    known = {key for key in trail if key in order}
    out: dict[str, str] = {}
    before, run = -1, list[str]()
    for step in (*trail, ""):
        if step.startswith("?"):
            run.append(step[1:])
            continue
        after = order.get(step, len(call.fields))
        # A field met before its turn says nothing of its neighbours.
        if run and before < after:
            missing = [field for field in call.fields[before + 1 : after] if field.key not in known]
            for asked in (missing, [field for field in missing if field.number]):
                if len(asked) == len(run):
                    out |= dict(zip(run, map(_title, asked), strict=True))
                    break
        before, run = after, []
    return out


def with_suggestions(labels: Iterable[str], meant: dict[str, str]) -> tuple[str, ...]:
    """Return unknown labels as they are shown, each with what it may mean: «Займана посада → 3.2 Посада?»."""
    return tuple(f"{label} → {meant[label]}?" if label in meant else label for label in labels)


def _title(field: FormField) -> str:
    return f"{field.number} {field.label}".strip()
