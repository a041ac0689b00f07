"""Policies as pages show them: the version in force, its facts, its register and what happened to it."""

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.models import Membership, School
from accounts.rules import holds
from policies.models import ASKED, Clause, Policy, PolicyVersion, Reference
from policies.selectors.findings import FindingsPart, findings_part
from policies.selectors.reviews import Standing, standing_of
from policyportal.lib.templatetags.portal import counted
from policyportal.lib.timeline import Event, earlier_of, events_of, with_earlier

TIMELINE = 20
# Sixty-four characters that nobody reads.
HIDDEN = ("approved_sha256",)


def policies_with_version(membership: Membership) -> QuerySet[Policy]:
    """Return the policies of the school worked in, each with its version in force as `in_force` (a list)."""
    published = PolicyVersion.objects.published().select_related("policy")
    return Policy.objects.visible_to(membership).prefetch_related(
        Prefetch("versions", queryset=published, to_attr="in_force")
    )


@dataclass(frozen=True)
class PolicyPage:
    """Everything that the page of one policy shows."""

    policy: Policy
    schools: list
    version: PolicyVersion | None
    standing: Standing | None
    versions: list[PolicyVersion]
    # None for those who do not work on the policy.
    findings: FindingsPart | None
    references: dict[str, list[Reference]] = field(default_factory=dict)


def policy_page(policy: Policy, membership: Membership, search: str = "") -> PolicyPage:
    """Return the page of `policy` for this reader; `search` narrows the laws and guidance by their titles.

    What the check found is for those who work on the policy.
    """
    versions = list(
        PolicyVersion.objects.visible_to(membership).filter(policy=policy).select_related("policy").order_by("-number")
    )
    version = next((one for one in versions if one.status == PolicyVersion.Status.PUBLISHED), None)
    register = list(policy.references.all())
    schools = list(policy.schools.all())
    works_on_it = holds(membership, "view_policy_drafts")
    return PolicyPage(
        policy=policy,
        schools=schools,
        version=version,
        standing=standing_of(version) if version else None,
        versions=versions,
        findings=findings_part(policy) if versions and works_on_it else None,
        references=by_kind(register, search),
    )


def by_kind(register: list[Reference], search: str = "") -> dict[str, list[Reference]]:
    """Return the register by kind of reference; a search narrows laws and guidance, never related policies."""
    wanted = search.strip().lower()
    return {
        kind: [
            reference
            for reference in register
            if reference.kind == kind and (kind == Reference.Kind.RELATED_POLICY or wanted in reference.title.lower())
        ]
        for kind in Reference.Kind.values
    }


def policy_timeline(page: PolicyPage) -> list[Event]:
    """Return what happened lately to a policy, the versions that the reader may see, and its register, newest first.

    The number of queries does not grow with what happened.
    """
    seen = [version.pk for version in page.versions]
    events = [
        *_events(Policy.history.filter(id=page.policy.pk), lambda row: "Policy"),
        *_events(PolicyVersion.history.filter(id__in=seen), lambda row: f"Version {row.number}"),
        # That one is there is told by the register itself.
        *_events(Reference.history.filter(policy_id=page.policy.pk).exclude(history_type="+"), lambda row: row.title),
    ]
    return sorted(events, key=lambda event: event["at"], reverse=True)[:TIMELINE]


def _events(rows: QuerySet, name) -> list[Event]:
    latest = list(with_earlier(rows).order_by("-history_date", "-history_id")[:TIMELINE])
    events = events_of(latest, earlier_of(latest), HIDDEN)
    for row, event in zip(latest, events, strict=True):
        event["title"] = f"{name(row)}: {event['title'].lower()}"
    return events


def clauses_by_heading(version: PolicyVersion, school: School | UUID | None = None) -> list[tuple[str, list[Clause]]]:
    """Return the clauses of a version in order, under their section and heading; a school's own with that school."""
    groups: dict[str, list[Clause]] = {}
    for clause in version.clauses.of_school(school).select_related("only_for"):
        groups.setdefault(str(clause), []).append(clause)
    return list(groups.items())


def facts_of(page: PolicyPage) -> list[dict]:
    """Return the facts of the version in force, each date exactly as it was stated, as a summary list shows them."""
    version, policy = page.version, page.policy
    rows = [{"label": "Serves", "value": ", ".join(school.name for school in page.schools)}]
    if version:
        rows.append({"label": "In force", "value": f"Version {version.number}", "url": version.get_absolute_url()})
        rows += version_facts(version)
    cycle = f"Every {counted(policy.cycle_months, 'month')}" if policy.cycle_months else "Not stated"
    rows.append({"label": "Review cycle", "value": cycle})
    rows.append({"label": "Asks to acknowledge", "value": ", ".join(asked_words(policy)) or "Nobody"})
    if policy.website:
        rows.append({"label": "Policies on the school's website", "value": policy.website, "url": policy.website})
    return [row for row in rows if row["value"]]


def version_facts(version: PolicyVersion) -> list[dict]:
    """Return who approved a version and its dates exactly as they were stated, as a summary list shows them."""
    is_unsigned = version.status in (*PolicyVersion.WRITTEN, PolicyVersion.Status.IN_REVIEW)
    rows = [
        {"label": "Issued", "value": version.issued_raw},
        {"label": "What led to it", "value": version.get_trigger_display()},
        {"label": "Consultation", "value": version.consultation},
        # A draft has the former approver's name ready, who has not approved it.
        {"label": "Approved by", "value": "" if is_unsigned else approver_words(version)},
        {"label": "Approved on", "value": "" if is_unsigned else str(version.stated("approved_on"))},
        {"label": "Minute", "value": version.minute_reference},
        {"label": "Signed", "value": version.signed_on_raw},
        {"label": "Last reviewed", "value": reviewed_words(version)},
        {"label": "Next review due", "value": str(version.stated("review_due_on"))},
    ]
    by_cycle = version.review_due_by_cycle
    if by_cycle and by_cycle.day != version.review_due_on:
        rows.append({"label": "Next review by its cycle", "value": str(by_cycle)})
    # PostgreSQL keeps no order of what is stored by name, so the order of asking is asked for again.
    asked = {question: place for place, question in enumerate(version.policy.review_questions)}
    answered = sorted(version.review_answers.items(), key=lambda pair: asked.get(pair[0], len(asked)))
    rows += [{"label": question, "value": answer} for question, answer in answered]
    return [row for row in rows if row["value"]]


def approver_words(version: PolicyVersion) -> str:
    """Return who approved it and in what role, or that the role of a named person is not stated."""
    if version.approver_role:
        return f"{version.approver}, {version.approver_role}"
    named = version.approver_kind == PolicyVersion.Approver.PERSON and version.approver_name
    return f"{version.approver} (role not stated)" if named else version.approver


def reviewed_words(version: PolicyVersion) -> str:
    """Return when it was last reviewed and what was said about that."""
    words = str(version.stated("last_reviewed_on"))
    return f"{words}: {version.last_reviewed_note}" if version.last_reviewed_note else words


def asked_words(policy: Policy) -> list[str]:
    """Return whom the policy asks to acknowledge it."""
    return [str(audience.label) for audience in ASKED if getattr(policy, f"for_{audience}")]
