"""An incident as its page shows it: its facts, and what was reported in the reporter's words."""

from typing import Any

from incidents.models import Incident, Report
from policyportal.lib.templatetags.portal import span


def facts_of(incident: Incident) -> list[dict[str, Any]]:
    """Return the facts of an incident; what is not known is left out."""
    subjects = [str(subject) for subject in incident.subjects.all()]
    facts = [
        {"label": "About", "value": incident.get_about_display()},
        {"label": "Who", "value": ", ".join(subjects)},
        {
            "label": "Category",
            "value": incident.category_name,
            "url": incident.category.get_absolute_url() if incident.category else "",
        },
        {"label": "Safeguarding", "value": "Safeguarding" if incident.safeguarding else "", "tone": "bad"},
        {"label": "Risk to a child", "value": incident.risk.risk if incident.risk else ""},
        {"label": "Confidentiality", "value": incident.get_confidentiality_display()},
        {"label": "Procedure", "value": incident.procedure},
        {"label": "Raised as", "value": "A private concern" if incident.is_concern else ""},
        {"label": "Platform", "value": incident.platform.name if incident.platform else ""},
        {"label": "Kind of channel", "value": known(incident, "where")},
        {"label": "Accessed using", "value": known(incident, "accessed_using")},
        {"label": "Purpose", "value": known(incident, "purpose")},
        {"label": "Time of use", "value": known(incident, "hours")},
        {"label": "Led here because", "value": incident.route_reason},
        {"label": "Outcome", "value": incident.get_outcome_display()},
        {"label": "What was decided and why", "value": incident.outcome_words},
        {"label": "Marked significant", "value": incident.significant_at},
    ]
    return [fact for fact in facts if fact["value"]]


def known(incident: Incident, field: str) -> str:
    """Return the words of a choice, or "" where it is not known."""
    return "" if getattr(incident, field) == "unknown" else getattr(incident, f"get_{field}_display")()


def reports_of(incident: Incident, *, with_reporter: bool) -> list[dict[str, Any]]:
    """Return what was reported, in the reporter's words; who reported it is for the handlers alone."""
    return [{"report": report, "facts": _facts_of_report(report, with_reporter)} for report in incident.reports.all()]


def _facts_of_report(report: Report, with_reporter: bool) -> list[dict[str, Any]]:
    facts = [
        {"label": "Reported by", "value": report.get_reporter_kind_display()},
        {"label": "Who it is about, in their words", "value": report.who},
        {"label": "Where, in their words", "value": report.place},
        {"label": "Link", "value": report.link},
        {"label": "Noticed", "value": report.noticed_at},
        {"label": "From noticing to reporting", "value": span(report.delay) if report.delay else ""},
        {
            "label": "Picture of a child",
            "value": "" if report.imagery == Report.Imagery.NO else report.get_imagery_display(),
        },
    ]
    if with_reporter:
        name = report.reporter.name if report.reporter else report.reporter_name
        talk = {True: "Would like to be spoken to", False: "Does not want to talk now"}.get(report.can_talk, "")
        facts += [
            {"label": "Name", "value": name or "Not given"},
            {"label": "How to reach them", "value": report.reporter_contact},
            {"label": "Talking", "value": talk},
        ]
    return [fact for fact in facts if fact["value"]]
