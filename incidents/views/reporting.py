"""Reporting: one question, then what happened, then a receipt."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.text import Truncator

from accounts.decorators import needs
from accounts.models import Membership, School
from channels_mgmt.links import note_contact
from incidents.forms.one_page import (
    AboutMeForm,
    ConcernForm,
    ContactForm,
    OnePageForm,
    PupilConcernForm,
    ShortReportForm,
)
from incidents.forms.reporting import FORMS, ImageryForm, PupilImageryForm, ReceiptForm
from incidents.helplines import CHILDLINE, EMERGENCY, FOR_IMAGERY
from incidents.models import Report
from incidents.receipts import hash_of, in_groups
from incidents.selectors import (
    STATUS_WORDS,
    own_reports,
    safeguarding_people,
    schools,
    status_of_receipt,
)
from incidents.services import file_report
from incidents.views.answers import answer_of, forget_receipt, receipt_of, receipt_to_show, remember, show_receipt
from policyportal.lib.attachments import FileRefused
from policyportal.lib.paging import page_of
from policyportal.lib.workflow import Refused

KINDS = {"pupil": Report.Reporter.PUPIL, "parent": Report.Reporter.PARENT, "other": Report.Reporter.OTHER}
TRIES = 10
TRIES_FOR_SECONDS = 5 * 60
OWN_HEADERS = ["Reference", "Reported", "Your words", "How it stands"]
OWN_WORDS = 80
NO_REPORT_NEEDED = "No report is needed: this is an approved exception. Your note is saved, and nobody was alerted."
NO_FILE_KEPT = (
    "A file was sent with this report. It was not kept. Do not send or save the picture. "
    "Tell us in words: you can send the report without it."
)


def find_school(slug: str) -> School:
    """Return the school of a public page."""
    return get_object_or_404(schools(), slug=slug)


def refuse_closed(school: School) -> None:
    """A school whose portal is being set up takes no reports."""
    if school.opened_at is None:
        raise Http404


def find_kind(kind: str) -> str:
    """Return who reports, from the address."""
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def page_for(school: School, reporter: str, start_url: str, **more) -> dict:
    """Return what every page of reporting shows around its form."""
    return {
        "school": school,
        "for_child": reporter == Report.Reporter.PUPIL,
        "for_staff": reporter == Report.Reporter.STAFF,
        "start_url": start_url,
        "leave_url": school.get_absolute_url(),
        "safeguarding_people": safeguarding_people(school),
        "emergency": EMERGENCY,
        "childline": CHILDLINE,
        **more,
    }


@login_not_required
def public_report(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose who you are."""
    return render(request, "incidents/public_report.html", {"school": find_school(slug)})


@login_not_required
def public_report_form(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The first question, for somebody without an account."""
    school, reporter = find_school(slug), find_kind(kind)
    start_url = reverse("incidents:public_report_form", args=[slug, kind])
    return _question(request, school, reporter, start_url)


@login_not_required
def public_report_details(request: HttpRequest, slug: str, kind: str, report_token: UUID) -> HttpResponse:
    """What happened, from somebody without an account."""
    school, reporter = find_school(slug), find_kind(kind)
    start_url = reverse("incidents:public_report_form", args=[slug, kind])
    return _details(request, school, reporter, report_token, start_url)


@needs("report_incidents")
def report_create(request: HttpRequest) -> HttpResponse:
    """The first question, for staff and governors."""
    school = request.membership.school
    return _question(request, school, Report.Reporter.STAFF, reverse("incidents:report_create"))


@needs("report_incidents")
def report_details(request: HttpRequest, report_token: UUID) -> HttpResponse:
    """What happened, from staff and governors."""
    membership = request.membership
    start_url = reverse("incidents:report_create")
    return _details(request, membership.school, Report.Reporter.STAFF, report_token, start_url, by=membership)


@needs("report_incidents")
def contact_report(request: HttpRequest) -> HttpResponse:
    """That a pupil contacted a member of staff: told at once to safeguarding and to leaders.

    What an approved link excuses is noted instead, and nobody is told [PWP-72, CRO-70].
    """
    form = ContactForm(request.POST or None, by=request.membership)
    if request.method == "POST" and form.is_valid() and (link := form.excuse()):
        noted = {name: form.cleaned_data[name] for name in ("words", "noticed_at")}
        try:
            note_contact(link, by=request.membership, form_token=_token_of_page(request), **noted)
        except Refused as refusal:
            form.add_error("pupil", refusal.messages)
        else:
            messages.success(request, NO_REPORT_NEEDED)
            return redirect(link)
    return _short_report(request, form)


@needs("report_incidents")
def about_me_report(request: HttpRequest) -> HttpResponse:
    """Material about a member of staff: told at once to the leaders."""
    return _short_report(request, AboutMeForm(request.POST or None, by=request.membership))


def _short_report(request: HttpRequest, form: ShortReportForm) -> HttpResponse:
    membership = request.membership
    start_url = reverse("incidents:report_create")
    facts = {"by": membership, "tell_leaders": True}
    return _one_page(
        request, membership.school, Report.Reporter.STAFF, form, start_url, "incidents/short_report.html", facts
    )


def _one_page(
    request: HttpRequest,
    school: School,
    reporter: str,
    form: OnePageForm,
    start_url: str,
    template: str,
    facts: dict[str, Any],
) -> HttpResponse:
    """File a report whose form is one page without files, or show that page."""
    refuse_closed(school)
    if request.method == "POST" and form.is_valid():
        token = _token_of_page(request)
        receipt = receipt_of(request, token)
        file_report(
            school=school, reporter_kind=reporter, form_token=token, receipt=receipt, **facts, **form.answers()
        )
        show_receipt(request, receipt, to_a_child=reporter == Report.Reporter.PUPIL)
        return redirect("incidents:report_thanks", school.slug)
    token = remember(request, Report.Imagery.NO)
    return render(request, template, page_for(school, reporter, start_url, form=form, page_token=token))


def _question(request: HttpRequest, school: School, reporter: str, start_url: str) -> HttpResponse:
    refuse_closed(school)
    form_class = PupilImageryForm if reporter == Report.Reporter.PUPIL else ImageryForm
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        token = remember(request, form.cleaned_data["imagery"])
        return redirect(f"{start_url}{token}/")
    return render(request, "incidents/report_question.html", page_for(school, reporter, start_url, form=form))


def _details(
    request: HttpRequest,
    school: School,
    reporter: str,
    token: UUID,
    start_url: str,
    by: Membership | None = None,
) -> HttpResponse:
    refuse_closed(school)
    answer = answer_of(request, token)
    if answer is None:
        return _asked_too_long_ago(request, school, reporter, start_url)
    files_allowed = answer == Report.Imagery.NO
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FORMS[reporter](*sent, school=school, files_allowed=files_allowed)
    status = 200
    if sent:
        if getattr(request, "files_dropped", False) or (request.FILES and not files_allowed):
            form.add_error(None, NO_FILE_KEPT)
            status = 400
        elif form.is_valid():
            answers = {name: value for name, value in form.cleaned_data.items() if value not in ("", None)}
            try:
                incident, receipt = file_report(
                    school=school,
                    reporter_kind=reporter,
                    by=by,
                    imagery=answer,
                    form_token=token,
                    receipt=receipt_of(request, token),
                    **answers,
                )
            except FileRefused as refusal:
                form.add_error("uploads", str(refusal))
            else:
                show_receipt(
                    request,
                    receipt,
                    to_a_child=reporter == Report.Reporter.PUPIL,
                    unsaved_files=incident.unsaved_files,
                )
                return redirect("incidents:report_thanks", school.slug)
    page = page_for(
        school,
        reporter,
        start_url,
        form=form,
        possible_imagery=not files_allowed,
        helplines=FOR_IMAGERY,
    )
    return render(request, "incidents/report_form.html", page, status=status)


def _asked_too_long_ago(request: HttpRequest, school: School, reporter: str, start_url: str) -> HttpResponse:
    """Answer a form whose first answer this session does not hold; what was typed is given back."""
    if request.method != "POST":
        return redirect(start_url)
    page = page_for(school, reporter, start_url, words=request.POST.get("words", ""))
    return render(request, "incidents/report_expired.html", page, status=409)


@login_not_required
def public_concern(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A concern told to the school in private, handled under the complaints procedure [PWP-77, PWP-87, GRA-27]."""
    school, reporter = find_school(slug), find_kind(kind)
    form_class = PupilConcernForm if reporter == Report.Reporter.PUPIL else ConcernForm
    form = form_class(request.POST or None)
    start_url = reverse("incidents:public_concern", args=[slug, kind])
    return _one_page(request, school, reporter, form, start_url, "incidents/concern_form.html", {"is_concern": True})


def _token_of_page(request: HttpRequest) -> UUID:
    """Return the token that the page carried, if it is this session's; a strange one counts as a new form."""
    try:
        token = UUID(request.POST.get("page_token", ""))
    except ValueError:
        token = uuid4()
    return token if answer_of(request, token) else remember(request, Report.Imagery.NO)


@login_not_required
def report_thanks(request: HttpRequest, slug: str) -> HttpResponse:
    """The receipt, shown after filing and gone once it is written down."""
    school = find_school(slug)
    if request.method == "POST":
        forget_receipt(request)
        return redirect(school.get_absolute_url())
    kept = receipt_to_show(request)
    page = {
        "school": school,
        "leave_url": school.get_absolute_url(),
        "receipt": in_groups(kept["receipt"]) if kept else "",
        "unsaved_files": kept["unsaved_files"] if kept else [],
        "for_child": kept["to_a_child"] if kept else False,
        "childline": CHILDLINE,
    }
    return render(request, "incidents/report_thanks.html", page)


@login_not_required
def receipt_check(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a report stands, for whoever has its receipt: the status alone."""
    school = find_school(slug)
    form = ReceiptForm(request.POST or None)
    words, status = "", 200
    if request.method == "POST" and form.is_valid():
        tries = _key_of_tries(request)
        if cache.get(tries, 0) >= TRIES:
            form.add_error(None, "That was often wrong. Wait five minutes, then try again")
            status = 429
        else:
            words = status_of_receipt(school, hash_of(form.cleaned_data["receipt"]))
            if not words:
                cache.add(tries, 0, TRIES_FOR_SECONDS)
                cache.incr(tries)
                form.add_error("receipt", "We know no such receipt. Check each letter and number")
    page = {"school": school, "form": form, "words": words, "leave_url": school.get_absolute_url()}
    return render(request, "incidents/receipt_check.html", page, status=status)


def _key_of_tries(request: HttpRequest) -> str:
    """Return where wrong receipts of this browser are counted: a keyed hash, so that no address is kept."""
    if not request.session.session_key:
        request.session.create()
    source = f"{request.session.session_key}:{request.META.get('REMOTE_ADDR', '')}"
    return f"receipt-tries:{salted_hmac('incidents.receipt_tries', source, algorithm='sha256').hexdigest()}"


@needs("report_incidents")
def own_report_list(request: HttpRequest) -> HttpResponse:
    """What somebody reported themselves: where it stands, nothing more."""
    page = page_of(own_reports(request.membership), request.GET, order="-reported_at")
    rows = [
        [
            report.incident.reference,
            report.reported_at,
            Truncator(report.words).chars(OWN_WORDS),
            {"text": STATUS_WORDS[report.incident.status]},
        ]
        for report in page
    ]
    return render(request, "incidents/own_report_list.html", {"page": page, "rows": rows, "headers": OWN_HEADERS})
