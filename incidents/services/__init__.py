"""The verbs of incidents: filing a report, leading it to people, and dealing with it."""

from incidents.services.escalating import escalate, record_result
from incidents.services.handling import add_evidence, add_note, close, mark_seen, record_view, reopen, triage
from incidents.services.leading import lead, settle
from incidents.services.monitoring import end_monitoring, log_monitoring
from incidents.services.reports import file_report
from incidents.services.significance import mark_significant
from incidents.services.unopened import tell_unopened

__all__ = [
    "add_evidence",
    "add_note",
    "close",
    "end_monitoring",
    "escalate",
    "file_report",
    "lead",
    "log_monitoring",
    "mark_seen",
    "mark_significant",
    "record_result",
    "record_view",
    "reopen",
    "settle",
    "tell_unopened",
    "triage",
]
