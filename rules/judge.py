"""The sole authority: all that is known about a letter goes in, the verdict comes out.

Rules find; the call's policy disposes; the gravest disposition wins. Judging the same case again gives the same verdict.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace

from rules import automatic as automatic_mail
from rules import conversation, deadline, duplicates, eligibility, form, person, responder, trust
from rules.case import Case
from rules.verdict import Disposition, Finding, Ground, Verdict

Rule = Callable[[Case], Iterable[Finding]]


def _automatic(case: Case) -> Iterable[Finding]:
    return automatic_mail.automatic(case.letter, case.own_addresses)


# What these find may end the matter: a machine's letter, or one that was judged before.
SCREENING: tuple[Rule, ...] = (_automatic, duplicates.copy)

RULES: tuple[Rule, ...] = (
    form.limits,
    deadline.late,
    form.form,
    conversation.conversation,
    form.signed,
    eligibility.place,
    eligibility.subject,
    duplicates.duplicates,
    trust.trust,
)

# Every ground there is, by code: what a call's policy may give another disposition.
CODES = frozenset(
    value.code
    for module in (automatic_mail, conversation, deadline, duplicates, eligibility, form, responder, trust)
    for value in vars(module).values()
    if isinstance(value, Ground)
)


def judge(case: Case) -> Verdict:
    """Return the verdict about a case. Total: every case gets one."""
    found = _apply(SCREENING, case)
    if _gravest(found) is not Disposition.DISCARD or case.correction is not None:
        found += [_whose(finding, case) for finding in _apply(RULES, case)]
    found = person.settled(found, case)
    disposition = _gravest(found)
    name = responder.template(disposition, found)
    found += _disposed(responder.withheld(case, name), case)
    ordered = sorted(
        found, key=lambda finding: (-finding.ground.disposition.gravity, -finding.ground.severity)
    )
    return Verdict(
        disposition=disposition,
        findings=tuple(ordered),
        template=name,
        answerable=responder.answerable(tuple(found)),
        rules_digest=case.call.digest if case.call else "",
    )


def _apply(rules: tuple[Rule, ...], case: Case) -> list[Finding]:
    return [finding for rule in rules for finding in _disposed(rule(case), case)]


def _whose(finding: Finding, case: Case) -> Finding:
    """Return a withdrawal with the applicant's address where somebody else asks for it: a rival withdraws nothing."""
    of = duplicates.applicant_besides(case) if finding.code == conversation.WITHDRAWAL.code else ""
    return replace(finding, facts={**finding.facts, "of": of}) if of else finding


def _disposed(findings: Iterable[Finding], case: Case) -> list[Finding]:
    """Return the findings with the dispositions that the call's policy gives their grounds."""
    policy = case.call.policy.dispositions if case.call else {}
    return [
        replace(
            finding,
            ground=replace(finding.ground, disposition=policy.get(finding.code, finding.ground.disposition)),
        )
        for finding in findings
    ]


def _gravest(findings: Iterable[Finding]) -> Disposition:
    dispositions = (finding.ground.disposition for finding in findings)
    return max(dispositions, key=lambda disposition: disposition.gravity, default=Disposition.ACCEPT)
