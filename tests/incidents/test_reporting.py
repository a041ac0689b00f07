"""Reporting over HTTP: what is asked, what is refused, what is stored, and the receipt."""

import errno
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files import uploadhandler
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import Notification
from channels_mgmt.models import Platform
from incidents.helplines import CHILDLINE, EMERGENCY, FOR_IMAGERY
from incidents.models import About, Evidence, Incident, Report, Subject
from incidents.receipts import hash_of, in_groups, new_receipt, normalised
from incidents.services import reports
from policyportal.lib.models import OutboxMail
from tests.cast import assemble
from tests.incidents.filing import STAFF_ANSWERS, filed, public_page, receipt_on, staff_page

PUBLIC = {"about": "parent", "words": "She wrote something unkind about my son."}


@pytest.fixture(autouse=True)
def files_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def picture(name="page.png"):
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")


def test_anybody_chooses_who_they_are_and_reports_without_an_account(cast):
    client = Client()
    choice = client.get(reverse("incidents:public_report", args=["oakfield"])).content.decode()
    for kind in ("pupil", "parent", "other"):
        assert reverse("incidents:public_report_form", args=["oakfield", kind]) in choice
    answer = client.post(public_page(client), PUBLIC)
    assert answer.url == reverse("incidents:report_thanks", args=["oakfield"])
    incident = Incident.objects.get()
    report = incident.reports.get()
    assert (incident.about, report.words, report.reporter) == ("parent", PUBLIC["words"], None)
    assert report.reporter_kind == Report.Reporter.PARENT
    assert incident.history.get().history_user_id is None


@pytest.mark.parametrize("kind", ["pupil", "parent", "other"])
def test_what_to_do_in_danger_and_who_reads_it_stand_before_the_first_field(cast, kind):
    page = Client().get(reverse("incidents:public_report_form", args=["oakfield", kind])).content.decode()
    first_field = page.index('name="imagery"')
    words = EMERGENCY.for_children if kind == "pupil" else EMERGENCY.for_adults
    assert page.index(words) < first_field
    assert page.index("Dinah Oakfield") < first_field
    assert page.index("read") < first_field
    assert page.index("Leave this page quickly") < first_field


def test_the_csrf_token_is_asked_for_although_nobody_signs_in(cast):
    client = Client(enforce_csrf_checks=True)
    address = reverse("incidents:public_report_form", args=["oakfield", "parent"])
    assert client.post(address, {"imagery": "no"}).status_code == 403


def test_an_unknown_kind_or_school_is_not_there(cast):
    assert Client().get("/s/oakfield/report/teacher/").status_code == 404
    assert Client().get("/s/nowhere/report/").status_code == 404


@pytest.mark.parametrize("imagery", ["yes", "unsure"])
@pytest.mark.parametrize("kind", ["pupil", "parent", "other"])
def test_where_a_picture_of_a_child_may_be_in_it_no_file_can_be_chosen_and_help_is_named(cast, kind, imagery):
    client = Client()
    page = client.get(public_page(client, kind, imagery)).content.decode()
    assert 'type="file"' not in page
    assert "Do not send" in page
    for line in FOR_IMAGERY:
        assert line.name in page


@pytest.mark.parametrize("imagery", ["yes", "unsure"])
@pytest.mark.parametrize("name", ["uploads", "forged"])
@pytest.mark.parametrize("size", [100, 4_000_000])
def test_a_forged_file_is_refused_and_not_a_byte_of_it_is_held(cast, imagery, name, size, monkeypatch):
    held = []
    for handler in (uploadhandler.MemoryFileUploadHandler, uploadhandler.TemporaryFileUploadHandler):
        monkeypatch.setattr(handler, "receive_data_chunk", lambda self, data, start: held.append(data))
    client = Client()
    address = public_page(client, "parent", imagery)
    answer = client.post(address, {**PUBLIC, name: SimpleUploadedFile("a.png", b"x" * size)})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert PUBLIC["words"] in page and "It was not kept" in page
    assert held == [] and not Incident.objects.exists()


def test_the_answer_cannot_be_changed_by_what_the_second_page_sends(cast):
    client = Client()
    address = public_page(client, "parent", "yes")
    answer = client.post(address, {**PUBLIC, "imagery": "no", "uploads": picture()})
    assert answer.status_code == 400 and not Incident.objects.exists()


def test_staff_are_asked_the_same_and_refused_the_same(cast):
    client = cast.client("teacher")
    address = staff_page(client, "unsure")
    assert 'type="file"' not in client.get(address).content.decode()
    assert client.post(address, {**STAFF_ANSWERS, "uploads": picture()}).status_code == 400
    assert not Incident.objects.exists()


def test_possible_imagery_without_a_file_is_filed_as_safeguarding_and_told_at_once(cast):
    client = Client()
    client.post(public_page(client, "parent", "yes"), PUBLIC)
    incident = Incident.objects.get()
    assert incident.safeguarding and incident.confidentiality == Incident.Confidentiality.CONFIDENTIAL
    assert incident.reports.get().imagery == Report.Imagery.YES
    told = set(Notification.objects.values_list("user_id", flat=True))
    assert cast.user("dsl").pk in told


def test_what_a_pupil_tells_goes_to_the_designated_lead(cast):
    client = Client()
    answers = {"words": "He was mean.", "who": "Tom", "place": "Roblox", "reporter_name": "Zoe", "can_talk": "yes"}
    client.post(public_page(client, "pupil"), answers)
    incident = Incident.objects.get()
    report = incident.reports.get()
    assert incident.safeguarding
    assert (report.who, report.place, report.reporter_name, report.can_talk) == ("Tom", "Roblox", "Zoe", True)
    assert incident.access.get(user=cast.user("dsl")).standing == "handler"


def test_a_pupil_may_say_nothing_but_what_happened(cast):
    client = Client()
    assert client.post(public_page(client, "pupil"), {"words": "I am sad."}).status_code == 302
    assert Report.objects.get().can_talk is None


def test_files_are_kept_under_another_name_with_their_checksum(cast):
    client = Client()
    client.post(public_page(client), {**PUBLIC, "uploads": [picture("one.png"), picture("two.png")]})
    kept = list(Evidence.objects.order_by("original_name"))
    assert [one.original_name for one in kept] == ["one.png", "two.png"]
    assert all(default_storage.exists(one.stored_name) and len(one.sha256) == 64 for one in kept)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([SimpleUploadedFile("a.png", b"not a picture")], "is not what its name says"),
        ([SimpleUploadedFile("a.html", b"<p>")], "is not a kind of file that can be kept"),
        ([SimpleUploadedFile("a.txt", b"")], "empty"),
        ([SimpleUploadedFile(f"{n}.txt", b"words") for n in range(6)], "5 files or fewer"),
    ],
)
def test_a_file_that_cannot_be_kept_is_refused_with_its_reason_and_the_words_stay(cast, files, message):
    client = Client()
    answer = client.post(public_page(client), {**PUBLIC, "uploads": files})
    page = answer.content.decode()
    assert message in page and PUBLIC["words"] in page
    assert not Incident.objects.exists() and not Evidence.objects.exists()


def test_a_full_disk_loses_the_file_and_not_the_report(cast, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(reports, "keep", full)
    client = Client()
    answer = client.post(public_page(client), {**PUBLIC, "uploads": picture()}, follow=True)
    assert "File not saved, your report is" in answer.content.decode()
    assert Incident.objects.count() == 1 and not Evidence.objects.exists()


def test_nothing_is_half_stored_when_telling_the_handlers_fails(cast, monkeypatch, tmp_path):
    def broken(*args, **kwargs):
        raise RuntimeError("cut off")

    monkeypatch.setattr("incidents.services.leading.report_received", broken)
    client = Client(raise_request_exception=False)
    assert client.post(public_page(client), {**PUBLIC, "uploads": picture()}).status_code == 500
    for model in (Incident, Report, Subject, Evidence, Notification, OutboxMail):
        assert not model.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def noticed(day, year):
    return {f"noticed_at_{part}": value for part, value in zip(PARTS, (day, "1", year, "9am"), strict=True)}


PARTS = ("day", "month", "year", "time")
WRONG = [
    ({"about": ""}, "Choose who it is about"),
    ({"about": "nobody"}, "Choose one of the answers shown"),
    ({"words": " "}, "Say what happened"),
    ({"words": "x" * 10_001}, "10000 characters or fewer"),
    ({"link": "not a link"}, "Enter the link"),
    (
        {"noticed_at_day": "41", "noticed_at_month": "1", "noticed_at_year": "2026", "noticed_at_time": "9am"},
        "Day must",
    ),
    ({"noticed_at_day": "1", "noticed_at_month": "1", "noticed_at_year": "2099", "noticed_at_time": "9am"}, "past"),
    ({"who": "x" * 301}, "300 characters or fewer"),
    ({"reporter_name": "x" * 151}, "150 characters or fewer"),
    ({"reporter_contact": "x" * 201}, "200 characters or fewer"),
    ({"platform": str(uuid4())}, "Choose one of the answers shown"),
]


@pytest.mark.parametrize(("wrong", "message"), WRONG)
def test_each_fault_is_named_beside_its_field_and_everything_typed_stays(cast, wrong, message):
    typed = {
        "about": "parent",
        "who": "Mrs Brown",
        "words": "She wrote something.",
        "link": "https://example.com/post",
        "reporter_name": "Una",
        "reporter_contact": "una@example.com",
    }
    client = Client()
    answer = client.post(public_page(client), {**typed, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 200 and message in page
    assert not Incident.objects.exists()
    for name, value in typed.items():
        if name not in wrong:
            assert value in page


def test_every_fault_at_once_is_named(cast):
    client = Client()
    everything = {name: value for fields, _ in WRONG for name, value in fields.items()}
    page = client.post(public_page(client), {**everything, "words": "", "about": ""}).content.decode()
    for message in ("Choose who it is about", "Say what happened", "Enter the link", "150 characters or fewer"):
        assert message in page


def test_a_platform_that_is_no_longer_on_offer_or_another_schools_is_refused(cast):
    school, other = cast.school(), cast.school("riverside")
    closed = Platform.objects.create(school=school, name="Google+", active=False)
    strange = Platform.objects.create(school=other, name="Elsewhere")
    offered = Platform.objects.create(school=school, name="Chat")
    client = Client()
    for platform, stored in ((closed, False), (strange, False), (offered, True)):
        client.post(public_page(client), {**PUBLIC, "platform": str(platform.pk)})
        assert Incident.objects.exists() == stored
    assert Incident.objects.get().platform == offered


def test_sending_the_form_twice_gives_one_report_and_the_same_receipt(cast):
    client = Client()
    address = public_page(client)
    client.post(address, PUBLIC)
    first = receipt_on(client)
    client.post(address, {**PUBLIC, "words": "Once more."})
    assert receipt_on(client) == first
    assert Report.objects.get().words == PUBLIC["words"]
    assert OutboxMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_at_the_same_moment_gives_one_report_and_one_receipt():
    cast, first = assemble(), Client()
    address = public_page(first)
    start = Barrier(4)

    def send(number):
        client = Client()
        client.cookies = first.cookies.copy()
        start.wait()
        try:
            return client.post(address, {**PUBLIC, "words": f"Sent {number}."}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(send, range(4))) == {302}
    assert Report.objects.count() == Incident.objects.count() == 1
    assert OutboxMail.objects.filter(to=cast.user("headteacher")).count() == 1
    assert Report.objects.get().receipt_hash == hash_of(receipt_on(first))


def test_the_same_form_from_another_session_is_no_report_and_no_receipt(cast):
    client, other = Client(), Client()
    address = public_page(client)
    client.post(address, PUBLIC)
    answer = other.post(address, {**PUBLIC, "words": "Mine now."})
    page = answer.content.decode()
    assert answer.status_code == 409 and "This has not been sent" in page and "Mine now." in page
    assert Report.objects.count() == 1
    assert "no longer shown" in other.get(reverse("incidents:report_thanks", args=["oakfield"])).content.decode()


def test_the_second_page_without_the_first_leads_to_the_first(cast):
    start = reverse("incidents:public_report_form", args=["oakfield", "parent"])
    assert Client().get(f"{start}{uuid4()}/").url == start


def test_the_receipt_is_shown_until_it_is_written_down_and_only_a_hash_is_kept(cast):
    client = Client()
    client.post(public_page(client), PUBLIC)
    receipt = receipt_on(client)
    assert len(receipt) == 16
    report = Report.objects.get()
    assert report.receipt_hash == hash_of(receipt) and receipt not in str(vars(report))
    thanks = reverse("incidents:report_thanks", args=["oakfield"])
    client.post(thanks)
    assert in_groups(receipt) not in client.get(thanks).content.decode()


def test_a_receipt_tells_the_status_however_it_is_typed_and_nothing_else(cast):
    client = Client()
    client.post(public_page(client), PUBLIC)
    receipt = receipt_on(client)
    check = reverse("incidents:receipt_check", args=["oakfield"])
    for typed in (receipt, in_groups(receipt).lower(), receipt.replace("0", "O").replace("1", "l")):
        page = Client().post(check, {"receipt": typed}).content.decode()
        assert "We have it. Somebody will read it soon." in page
        assert PUBLIC["words"] not in page and Incident.objects.get().reference not in page


def test_a_receipt_of_one_school_is_unknown_at_another(cast):
    client = Client()
    client.post(public_page(client), PUBLIC)
    receipt = receipt_on(client)
    page = Client().post(reverse("incidents:receipt_check", args=["riverside"]), {"receipt": receipt})
    assert "We know no such receipt" in page.content.decode()


def test_the_eleventh_wrong_receipt_has_to_wait(cast):
    client = Client()
    check = reverse("incidents:receipt_check", args=["oakfield"])
    codes = [client.post(check, {"receipt": new_receipt()}).status_code for _ in range(11)]
    assert codes == [200] * 10 + [429]
    assert Client().post(check, {"receipt": new_receipt()}).status_code == 200


def test_receipts_are_read_as_they_are_written():
    assert normalised(" abcd-efgh oil0 ") == "ABCDEFGH0110"


def test_no_address_or_device_of_a_reporter_is_stored(cast):
    client = Client(REMOTE_ADDR="203.0.113.77", HTTP_USER_AGENT="Canary/1.0")
    client.post(public_page(client), PUBLIC)
    report = Report.objects.get()
    stored = [vars(report), vars(report.incident), *(vars(row) for row in report.history.all()), dict(client.session)]
    assert "203.0.113.77" not in str(stored) and "Canary" not in str(stored)


def test_a_public_report_is_nobodys_even_when_somebody_is_signed_in_there(cast):
    client = cast.client("teacher")
    client.post(public_page(client), PUBLIC)
    incident = Incident.objects.get()
    everything = [incident, incident.reports.get(), *incident.access.all()]
    assert {row.history_user_id for thing in everything for row in thing.history.all()} == {None}
    assert incident.reports.get().reporter is None


def test_a_report_about_staff_by_name_keeps_that_person_out(cast):
    client = Client()
    client.post(public_page(client), {"about": "staff", "who": "Tara Oakfield", "words": "She was rude online."})
    incident = Incident.objects.get()
    assert incident.access.get(user=cast.user("teacher")).standing == "excluded"
    assert incident.access.get(user=cast.user("headteacher")).standing == "handler"


def test_the_staff_form_stores_everything_that_a_case_needs(cast):
    client = cast.client("teacher")
    platform = Platform.objects.create(school=cast.school(), name="WhatsApp")
    client.post(
        staff_page(client),
        {
            "about": "staff",
            "person": str(cast.user("office").pk),
            "words": "She posted a picture of the class.",
            "platform": str(platform.pk),
            "where": "private",
            "accessed_using": "personal",
            "purpose": "personal",
            "hours": "out_of_hours",
            "noticed_at_day": "1",
            "noticed_at_month": "11",
            "noticed_at_year": "2026",
            "noticed_at_time": "9:30am",
            "link": "example.com/post",
            "uploads": picture(),
        },
    )
    incident = Incident.objects.get()
    report = incident.reports.get()
    assert incident.platform == platform
    assert (incident.where, incident.accessed_using) == ("private", "personal")
    assert (incident.purpose, incident.hours) == ("personal", "out_of_hours")
    assert incident.subjects.get().user == cast.user("office")
    assert report.reporter == cast.user("teacher") and report.link == "https://example.com/post"
    assert report.delay.total_seconds() > 0
    assert incident.evidence.get().added_by == cast.user("teacher")


def test_a_person_chosen_and_then_not_meant_is_not_stored(cast):
    client = cast.client("teacher")
    client.post(staff_page(client), {**STAFF_ANSWERS, "person": str(cast.user("office").pk)})
    assert not Subject.objects.exists()


def test_a_person_of_another_school_cannot_be_named(cast):
    client = cast.client("teacher")
    stranger = str(cast.user("office", "riverside").pk)
    client.post(staff_page(client), {**STAFF_ANSWERS, "about": "staff", "person": stranger})
    assert not Incident.objects.exists()


@pytest.mark.parametrize("role", ["trust_officer", "dpo", "technical_administrator"])
def test_posts_that_do_not_report_are_refused_the_form(cast, role):
    assert cast.client(role).get(reverse("incidents:report_create")).status_code == 403


def test_staff_see_the_status_of_their_own_reports_alone(cast):
    mine = filed(cast, about=About.STAFF, person=cast.user("headteacher"), by=cast.teacher)
    theirs = filed(cast, about=About.PARENT, by=cast.office)
    page = cast.client("teacher").get(reverse("incidents:own_report_list")).content.decode()
    assert mine.reference in page and theirs.reference not in page
    assert "We have it. Somebody will read it soon." in page


@pytest.mark.parametrize(("kind", "handler"), [("pupil", "dsl"), ("parent", "headteacher")])
def test_a_concern_is_private_and_follows_the_complaints_procedure(cast, kind, handler):
    client = Client()
    address = reverse("incidents:public_concern", args=["oakfield", kind])
    token = client.get(address).context["page_token"]
    answer = client.post(address, {"words": "The gate is always open.", "page_token": token})
    assert answer.status_code == 302 and receipt_on(client)
    client.post(address, {"words": "The gate is always open.", "page_token": token})
    incident = Incident.objects.get()
    assert incident.is_concern and incident.procedure == "Complaints procedure"
    assert incident.access.get(user=cast.user(handler)).standing == "handler"
    assert cast.user("headteacher").pk in set(Notification.objects.values_list("user_id", flat=True))


CONTACT = {**noticed("1", "2026"), "who": "Zoe Brown, 4B", "words": "She sent me a friend request."}


def test_contact_by_a_pupil_is_told_to_safeguarding_and_leaders_at_once(cast):
    client = cast.client("teacher")
    assert client.post(reverse("incidents:contact_report"), CONTACT).status_code == 302
    incident = Incident.objects.get()
    assert incident.safeguarding and incident.about == "pupil" and incident.reports.get().delay
    told = set(Notification.objects.values_list("user_id", flat=True))
    assert told == {
        cast.user(role).pk for role in ("dsl", "deputy_dsl", "headteacher", "deputy_head", "senior_leader")
    }


@pytest.mark.parametrize("missing", ["who", "words", "noticed_at_day"])
def test_contact_by_a_pupil_needs_who_when_and_what(cast, missing):
    answer = cast.client("teacher").post(reverse("incidents:contact_report"), {**CONTACT, missing: ""})
    assert "There is a problem" in answer.content.decode()
    assert not Incident.objects.exists()


def test_an_empty_concern_is_refused(cast):
    address = reverse("incidents:public_concern", args=["oakfield", "parent"])
    assert "Say what your concern is" in Client().post(address, {"words": ""}).content.decode()
    assert not Incident.objects.exists()


def test_notices_and_mails_say_that_a_report_waits_and_nothing_of_it(cast):
    client = Client()
    client.post(public_page(client), {**PUBLIC, "who": "Mrs Brown"})
    notice, mail = Notification.objects.get(), OutboxMail.objects.get()
    assert notice.subject == "A report waits for you"
    for text in (notice.subject, notice.path, mail.subject, mail.path):
        assert "Brown" not in text and "parent" not in text.lower() and "unkind" not in text


def test_every_helpline_says_where_it_was_read():
    for line in (EMERGENCY, CHILDLINE, *FOR_IMAGERY):
        assert line.source.startswith("https://")
