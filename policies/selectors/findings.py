"""What the check found, as pages show it: by severity on the page of a policy, by status in its list."""

from dataclasses import dataclass

from django.db.models import Count

from policies.models import Finding, Policy
from policyportal.lib.templatetags.portal import counted

# So many of each severity stand on the page of a policy; the list has all.
SHOWN = 4
OPEN = (Finding.Status.FOUND, Finding.Status.ACCEPTED)
VIEWS = (
    ("open", "Open"),
    *((status.value, status.label) for status in Finding.Status if status != Finding.Status.FOUND),
)


@dataclass(frozen=True)
class Weight:
    """The open findings of one severity: how many there are, and the first of them as rows of a table."""

    label: str
    count: int
    rows: list[list]

    @property
    def heading(self) -> str:
        """How many there are, in words."""
        return counted(self.count, self.label.lower())


@dataclass(frozen=True)
class FindingsPart:
    """The part of a policy's page that tells what the check found."""

    found: list[Finding]
    dismissed: list[Finding]
    weights: list[Weight]

    @property
    def more(self) -> bool:
        """Whether the list holds more than is shown here."""
        return any(weight.count > len(weight.rows) for weight in self.weights)


def findings_part(policy: Policy) -> FindingsPart:
    """Return what the check found in a policy and is not mended: open by severity, and what stays as it is."""
    rows = policy.findings.exclude(status=Finding.Status.MENDED).select_related("decided_by").by_weight()
    every = list(rows)
    found = [one for one in every if one.status in OPEN]
    weights = []
    for severity in Finding.Severity:
        of_it = [one for one in found if one.severity == severity]
        if of_it:
            shown = [row_of(one) for one in _of_every_rule(of_it)[:SHOWN]]
            weights.append(Weight(str(severity.label), len(of_it), shown))
    return FindingsPart(found, [one for one in every if one.status == Finding.Status.DISMISSED], weights)


def _of_every_rule(findings: list[Finding]) -> list[Finding]:
    """Return the first finding of each rule before the second of any, so that one rule does not hide the others."""
    seen: dict[str, int] = {}
    order = []
    for finding in findings:
        seen[finding.rule] = seen.get(finding.rule, 0) + 1
        order.append((seen[finding.rule], finding))
    return [finding for _, finding in sorted(order, key=lambda pair: pair[0])]


def row_of(finding: Finding) -> list:
    """Return a finding as a row: what was found, with what to do; where; how it stands."""
    if finding.to_verify:
        state = {"text": "To verify", "tone": "info"}
    else:
        state = {"text": finding.get_status_display(), "tone": finding.status_tone}
    return [
        {"text": finding.message, "url": finding.get_absolute_url(), "hint": finding.advice},
        finding.place,
        state,
    ]


def weight_of(finding: Finding) -> dict[str, str]:
    """Return how heavy a finding is, and whether it has to be verified first."""
    words = finding.get_severity_display()
    return {"text": f"{words}, to verify" if finding.to_verify else words, "tone": finding.severity_tone}


def counts_of(policy: Policy) -> dict[str, int]:
    """Return how many findings each view of the list holds."""
    rows = policy.findings.order_by().values_list("status").annotate(count=Count("pk"))
    by_status = dict(rows)
    return {"open": by_status.get(Finding.Status.FOUND, 0), **by_status}


def facts_of_finding(finding: Finding) -> list[dict]:
    """Return what is known of a finding, as a summary list shows it."""
    rows = [
        {"label": "What to do", "value": finding.advice},
        {"label": "Where", "value": finding.place},
        {"label": "How much it matters", "value": finding.get_severity_display()},
        {"label": "Found in", "value": f"Version {finding.version.number}", "url": finding.version.get_absolute_url()},
        {"label": "Found", "value": finding.found_at},
        {"label": "Reason", "value": finding.reason},
        {"label": "Decided by", "value": str(finding.decided_by) if finding.decided_by else ""},
    ]
    if finding.to_verify:
        words = "It rests on general knowledge, not on your policy: look it up before you change anything."
        rows.insert(0, {"label": "To verify", "value": words})
    return [row for row in rows if row["value"]]
