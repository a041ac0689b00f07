"""Parents who confirm a policy by a link, classes that go through the guide, and the office that chases them."""

import hashlib
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Carer
from accounts.services import families as registers
from policies import parents, services
from policies.models import Acknowledgement, AcknowledgementRequest, Audience, Campaign, Clause
from policies.selectors.families import classes_to_record, counts_by_class
from policyportal.lib import outbox
from policyportal.lib.dates import LONDON, today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused

pytestmark = pytest.mark.django_db

TICKED = {"has_read": "on", "has_understood": "on", "will_follow": "on"}
FOR_FAMILIES = {"for_parents": True, "for_pupils": True, "for_staff": False}


class Town:
    """A school with two classes, and a policy that asks their families."""

    def __init__(self, cast, desk, **policy):
        self.cast, self.desk = cast, desk
        self.office, school = cast.office, cast.school()
        self.oak = registers.add_class(school=school, by=None, name="Oak", teacher=cast.teacher)
        self.elm = registers.add_class(school=school, by=None, name="Elm")
        self.ada = registers.add_pupil(school_class=self.oak, by=None, name="Ada Ash")
        self.ben = registers.add_pupil(school_class=self.oak, by=None, name="Ben Birch")
        self.cy = registers.add_pupil(school_class=self.elm, by=None, name="Cy Ash")
        self.ann = registers.add_carer(self.ada, by=None, name="Ann Ash", email="ann@home.example")
        registers.add_carer(self.cy, by=None, name="Ann Ash", email="ann@home.example")
        self.bea = registers.add_carer(self.ben, by=None, name="Bea Birch", email="")
        self.version = desk.published(policy=FOR_FAMILIES | policy)

    @property
    def campaign(self) -> Campaign:
        return Campaign.objects.get(version=self.version, audience=Audience.PARENTS)

    @property
    def campaigns(self) -> list[Campaign]:
        return list(Campaign.objects.filter(version=self.version, audience=Audience.PARENTS).order_by("started_on"))

    def request(self, carer: Carer) -> AcknowledgementRequest:
        return AcknowledgementRequest.objects.get(campaign=self.campaign, carer=carer)

    def link(self, carer: Carer) -> str:
        return reverse("policies:acknowledge_by_link", args=[parents.token_of(self.request(carer))])

    def outstanding(self) -> int:
        return counts_by_class(self.version, self.office)[2].outstanding

    def page(self, name: str, *args) -> str:
        return reverse(f"policies:{name}", args=[self.version.pk, *args])


@pytest.fixture
def town(cast, desk) -> Town:
    return Town(cast, desk)


def sent_link() -> str:
    """Send what is owed and return the path in the last mail."""
    outbox.drain()
    body = mail.outbox[-1].body
    return next(line for line in body.splitlines() if line.startswith("http")).split("/", 3)[3].join(["/", ""])


def written_to() -> list[str]:
    """Send what is owed and return the addresses of the carers who were ever written to."""
    outbox.drain()
    return [address for sent in mail.outbox for address in sent.to if address.endswith("@home.example")]


def test_publishing_asks_each_carer_with_an_address_once_by_a_link_that_stands_in_no_table(town):
    owed = OutboxMail.objects.get(link=parents.KIND)
    assert (owed.to, owed.address, owed.name) == (None, "ann@home.example", "Ann Ash")
    link = sent_link()
    token = link.strip("/").split("/")[-1]
    assert parents.request_in(token) == town.request(town.ann)
    assert token not in owed.path + owed.dedupe_key
    [letter] = [letter for letter in mail.outbox if letter.to == ["ann@home.example"]]
    assert "Ada" not in letter.body and "Cy" not in letter.body
    assert not AcknowledgementRequest.objects.filter(carer=town.bea).exists()
    assert parents.ask_parents([town.campaign]) == 0
    assert OutboxMail.objects.filter(link=parents.KIND).count() == 1


def test_a_parent_confirms_with_three_ticks_and_the_count_drops_by_one(town):
    link, before = town.link(town.ann), town.outstanding()
    visitor = Client()
    page = visitor.get(link)
    shown = page.content.decode()
    assert "Rule number 1." in shown and "Dear Ann Ash" in shown
    answered = visitor.post(link, TICKED, follow=True)
    assert "Thank you" in answered.content.decode()
    kept = Acknowledgement.objects.get(carer=town.ann)
    assert (kept.version, kept.audience, kept.user, kept.recorded_by) == (town.version, Audience.PARENTS, None, None)
    assert kept.has_read and kept.has_understood and kept.will_follow
    assert "Rule number 1." in kept.text_shown and "I will follow it" in kept.text_shown
    assert kept.text_sha256 == hashlib.sha256(kept.text_shown.encode()).hexdigest()
    assert town.outstanding() == before - 1
    assert town.request(town.ann).used_at is not None


@pytest.mark.parametrize("left_out", TICKED)
def test_less_than_all_three_is_said_beside_what_is_missing(town, left_out):
    ticks = {name: value for name, value in TICKED.items() if name != left_out}
    page = Client().post(town.link(town.ann), ticks)
    assert list(page.context["form"].errors) == [left_out]
    assert not Acknowledgement.objects.exists()
    with pytest.raises(Refused):
        services.acknowledge_by_link(
            town.request(town.ann),
            **{name: name != left_out for name in ("has_read", "has_understood", "will_follow")},
        )


def test_pressing_again_is_harmless_and_shows_thanks(town):
    visitor, link = Client(), town.link(town.ann)
    for _ in range(2):
        assert visitor.post(link, TICKED).status_code in (200, 302)
    first = Acknowledgement.objects.get(carer=town.ann)
    assert (
        services.acknowledge_by_link(town.request(town.ann), has_read=True, has_understood=True, will_follow=True)
        == first
    )
    page = visitor.get(link).content.decode()
    assert "Thank you" in page and "Acknowledge" not in page and "<form" not in page


def test_the_page_names_no_child_and_sets_no_session(town):
    visitor = Client()
    for answer in (visitor.get(town.link(town.ann)), visitor.post(town.link(town.ann), TICKED, follow=True)):
        assert "Ada" not in answer.content.decode() and "Cy Ash" not in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "same-origin"
    assert set(visitor.cookies) <= {"portal-csrf"}


def dead_links(town) -> dict[str, str]:
    """Links that open nothing, each for another reason."""
    link = town.link(town.ann)
    return {"not signed": link[:-3] + "x/", "of nobody": reverse("policies:acknowledge_by_link", args=["nothing"])}


def body_of(answer) -> str:
    return answer.content.decode().split("<main")[1].split("</main")[0]


def test_every_link_that_opens_nothing_is_answered_alike(town):
    visitor, answers = Client(), []
    answers += [visitor.get(link) for link in dead_links(town).values()]
    link = town.link(town.ann)
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=False):
        answers.append(visitor.get(link))
        answers.append(visitor.post(link, TICKED))
    services.end_campaign(town.campaign, by=town.office, reason="A mistake")
    answers.append(visitor.get(link))
    assert {answer.status_code for answer in answers} == {404}
    assert len({body_of(answer) for answer in answers}) == 1
    assert not Acknowledgement.objects.exists()


def test_a_carer_who_left_is_asked_no_more_and_their_mail_is_not_sent(town):
    link = town.link(town.ann)
    registers.carer_leaves(town.ann, by=town.office)
    assert Client().get(link).status_code == 404
    outbox.drain()
    assert "ann@home.example" not in [address for letter in mail.outbox for address in letter.to]
    assert town.outstanding() == 1


def test_a_carer_whose_last_child_left_is_asked_no_more(town):
    registers.pupil_leaves(town.ben, by=town.office)
    assert town.outstanding() == 1
    assert counts_by_class(town.version, town.office)[1].asked == 2


def next_version(town, **facts):
    draft = services.draft_next_version(town.version.policy, by=town.cast.headteacher, reason="A change of law")
    for name, value in facts.items():
        setattr(draft, name, value)
    draft.save()
    return town.desk.publish(draft)


def test_the_link_of_a_replaced_wording_leads_to_the_one_in_force(town):
    old = town.link(town.ann)
    town.version = next_version(town)
    page = Client().get(old)
    assert (
        f"version {town.version.number}" in Client().post(old, TICKED, follow=True).content.decode()
        or page.context["version"] == town.version
    )
    assert Acknowledgement.objects.get(carer=town.ann).version == town.version


def test_what_was_ticked_on_a_page_that_stood_open_over_a_new_wording_is_asked_again(town):
    link, parent = town.link(town.ann), Client()
    opened = parent.get(link).context["form"].initial["words"]
    town.version = next_version(town)
    page = parent.post(link, TICKED | {"words": opened})
    assert "The words have changed since you opened this page" in page.content.decode()
    assert not Acknowledgement.objects.exists()
    parent.post(link, TICKED | {"words": page.context["form"].initial["words"]})
    assert Acknowledgement.objects.get(carer=town.ann).version == town.version


def test_opening_a_link_confirms_nothing_however_it_is_opened(town):
    for ask in (Client().get, Client().head):
        assert ask(town.link(town.ann)).status_code == 200
    assert not Acknowledgement.objects.exists() and town.request(town.ann).used_at is None


def test_a_mail_that_the_queue_has_not_reached_by_nightfall_waits_for_the_morning(town):
    type(town.office.school).objects.filter(pk=town.office.school_id).update(quiet_from="19:00", quiet_until="07:00")
    evening = datetime.combine(today() + timedelta(days=1), datetime.min.time(), LONDON).replace(hour=22)
    with time_machine.travel(evening, tick=False):
        assert not written_to()
    with time_machine.travel(evening + timedelta(hours=9, minutes=1), tick=False):
        assert written_to() == ["ann@home.example"]


def test_a_corrected_address_gets_the_link_and_the_former_one_nothing(town):
    registers.change_carer(town.ann, by=town.office, name="Ann Ash", email="ann.ash@home.example")
    assert not written_to()
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        services.remind_parents(town.version, by=town.office)
        assert written_to() == ["ann.ash@home.example"]


def test_a_link_that_went_to_a_wrong_address_opens_nothing_once_it_is_corrected(town):
    wrong = town.link(town.ann)
    registers.change_carer(town.ann, by=town.office, name="Ann Ash", email="ann.ash@home.example")
    assert Client().post(wrong, TICKED).status_code == 404
    assert not Acknowledgement.objects.exists()


def test_whoever_is_reminded_long_after_the_last_day_can_still_answer(town):
    with time_machine.travel(timezone.now() + timedelta(days=100), tick=False):
        assert services.remind_parents(town.version, by=town.office) == (1, 1)
        assert written_to() == ["ann@home.example"]
        [slip] = services.print_slips(town.version, town.oak, by=town.office)
        parent = Client()
        opened = parent.post(reverse("policies:slip"), {"code": slip.code})
        assert "Thank you" in parent.post(opened.url, TICKED, follow=True).content.decode()


def test_a_reminder_replaces_the_mail_that_never_went_out(town):
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        services.remind_parents(town.version, by=town.office)
        assert written_to() == ["ann@home.example"]


def test_where_nobody_is_asked_about_the_new_wording_the_old_link_says_that_it_changed(town):
    old = town.link(town.ann)
    town.version = next_version(town)
    Campaign.objects.get(version=town.version, audience=Audience.PARENTS).requests.all().delete()
    page = Client().post(old, TICKED)
    assert "The policy has changed since" in page.content.decode()
    assert not Acknowledgement.objects.exists()


def test_whoever_confirmed_is_not_asked_anew_about_a_minor_change(town):
    Client().post(town.link(town.ann), TICKED)
    town.version = next_version(town, is_major=False)
    assert town.outstanding() == 1
    assert (
        not OutboxMail.objects.filter(link=parents.KIND, sent_at=None)
        .exclude(dedupe_key__contains=str(AcknowledgementRequest.objects.get(campaign__version__number=1).pk))
        .exists()
    )


def test_the_office_prints_a_slip_whose_code_opens_the_page_once_and_stands_nowhere(town):
    office = town.cast.client("office")
    address = town.page("family_slips", town.oak.pk)
    assert office.get(address).status_code == 405
    [slip] = office.post(address).context["slips"]
    assert slip.carer == town.bea
    assert slip.code not in str(AcknowledgementRequest.objects.values_list()[0])
    visitor = Client()
    opened = visitor.post(reverse("policies:slip"), {"code": slip.code.lower().replace(" ", "-")}, follow=True)
    assert "Dear Bea Birch" in opened.content.decode()
    [again] = office.post(address).context["slips"]
    refused = visitor.post(reverse("policies:slip"), {"code": slip.code})
    assert "opens nothing" in refused.content.decode()
    page = visitor.post(reverse("policies:slip"), {"code": again.code}, follow=True)
    visitor.post(page.request["PATH_INFO"], TICKED)
    assert town.outstanding() == 1
    assert office.post(address).context["slips"] == []


def test_many_wrong_codes_add_a_tick_and_never_a_refusal(town):
    [slip] = services.print_slips(town.version, town.oak, by=town.office)
    visitor = Client()
    for _ in range(11):
        page = visitor.post(reverse("policies:slip"), {"code": "0000"})
    assert "has_slip" in page.context["form"].fields
    assert visitor.post(reverse("policies:slip"), {"code": slip.code}).status_code == 200
    opened = visitor.post(reverse("policies:slip"), {"code": slip.code, "has_slip": "on"})
    assert opened.status_code == 302


def test_the_office_sees_who_is_outstanding_by_class_and_reminds_once_a_day(town):
    office = town.cast.client("office")
    page = office.get(town.page("family_list"))
    assert [row[0]["text"] for row in page.context["rows"]] == ["Elm", "Oak"]
    assert [row[2]["text"] for row in page.context["rows"]] == ["1 of 1 outstanding", "2 of 2 outstanding"]
    outbox.drain()
    told = office.post(town.page("family_remind"), follow=True).content.decode()
    assert "Nobody new is reminded today. 1 without an e-mail address" in told
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        later = town.cast.client("office")
        told = later.post(town.page("family_class_remind", town.oak.pk), follow=True).content.decode()
        assert "1 parent is reminded." in told
        assert "Ann Ash" in later.get(town.page("family_class", town.oak.pk)).content.decode()
        assert outbox.drain() == 1


def test_a_carer_who_comes_while_a_campaign_runs_is_asked_by_the_next_sweep_and_once(town):
    assert services.ask_families_who_joined() == 0
    joined = registers.add_carer(town.ben, by=None, name="Bo Birch", email="bo@home.example")
    assert services.ask_families_who_joined() == 1
    assert services.ask_families_who_joined() == 0
    assert [mail.address for mail in OutboxMail.objects.filter(dedupe_key__contains=str(town.request(joined).pk))] == [
        "bo@home.example"
    ]
    services.end_campaign(town.campaign, by=town.office, reason="All slips are back")
    registers.add_carer(town.ben, by=None, name="Bill Birch", email="bill@home.example")
    assert services.ask_families_who_joined() == 0


def test_parents_are_reminded_once_by_themselves_before_the_last_day(town):
    outbox.drain()
    assert services.remind_parents_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=12), tick=False):
        assert services.remind_parents_due() == 1
        assert services.remind_parents_due() == 0
    with time_machine.travel(timezone.now() + timedelta(days=13), tick=False):
        assert services.remind_parents_due() == 0


def test_the_page_of_a_campaign_says_how_parents_are_reminded(town):
    page = town.cast.client("office").get(town.campaign.get_absolute_url()).content.decode()
    assert "parents are reminded once, shortly before the last day" in page


def at_nine(*day):
    """Travel to nine in the morning of a day."""
    return time_machine.travel(datetime(*day, 9, tzinfo=LONDON), tick=False)


def test_where_it_is_confirmed_each_year_parents_are_asked_again_once_the_new_one_begins(cast, desk):
    with at_nine(2026, 8, 10):
        town = Town(cast, desk, confirmed_yearly=True)
        registers.add_carer(town.ada, by=None, name="Abe Ash", email="abe@home.example")
        services.remind_parents(town.version, by=town.office)
        unused = town.link(Carer.objects.get(name="Abe Ash"))
        used = town.link(town.ann)
        Client().post(used, TICKED)
        assert services.ask_families_anew() == 0
    with at_nine(2026, 8, 31):
        assert services.ask_families_anew() == 0
    with at_nine(2026, 9, 3):
        assert services.ask_families_anew() == 2
        assert services.ask_families_anew() == 0
        former, running = town.campaigns
        assert former.ended_on == date(2026, 9, 3) and (running.started_on, running.ended_on) == (today(), None)
        assert town.outstanding() == 3
        assert Client().get(used).context["due_on"] == running.due_on
        link = reverse(
            "policies:acknowledge_by_link",
            args=[parents.token_of(running.requests.get(carer=town.ann))],
        )
        assert "Thank you" in Client().post(link, TICKED, follow=True).content.decode()
        assert town.outstanding() == 2
        # The links of last year, used or not, lead to what is asked now.
        assert Client().get(used).context["given"].school_year == 2026
        assert "Thank you" in Client().post(unused, TICKED, follow=True).content.decode()
        assert town.outstanding() == 1
    years = Acknowledgement.objects.filter(carer=town.ann).values_list("school_year", flat=True)
    assert sorted(years) == [2025, 2026]


def test_nobody_is_asked_again_in_the_year_in_which_the_office_ended_it_nor_where_once_is_enough(cast, desk):
    with at_nine(2026, 9, 10):
        town = Town(cast, desk, confirmed_yearly=True)
        services.end_campaign(town.campaigns[0], by=town.office, reason="All slips are back")
    with at_nine(2027, 7, 1):
        assert services.ask_families_anew() == 0
    with at_nine(2027, 9, 1):
        assert services.ask_families_anew() == 1
    policy = town.version.policy
    services.choose_who_acknowledges(policy, by=cast.headteacher, for_parents=True, confirmed_yearly=False)
    with at_nine(2028, 9, 1):
        assert services.ask_families_anew() == 0


def test_a_teacher_records_who_was_there_and_the_absent_stay_outstanding(town):
    teacher = town.cast.client("teacher")
    address = town.page("family_class", town.oak.pk)
    page = teacher.get(address).content.decode()
    assert "Ada Ash" in page and "Bea Birch" not in page and "Ann Ash" not in page
    on = {"on_day": today().day, "on_month": today().month, "on_year": today().year}
    teacher.post(address, {**on, "present": [str(town.ada.pk)]})
    kept = Acknowledgement.objects.get(pupil=town.ada)
    assert (kept.audience, kept.recorded_by, kept.user) == (Audience.PUPILS, town.cast.user("teacher"), None)
    assert "Rule number 1." in kept.text_shown
    assert not Acknowledgement.objects.filter(pupil=town.ben).exists()
    again = teacher.get(address)
    offered = again.context["form"].fields["present"].widget.choices
    assert [name for _, name in offered] == ["Ben Birch"]
    teacher.post(address, {**on, "present": [str(town.ben.pk)]})
    assert "Every child of the class has gone through it." in teacher.get(address).content.decode()


def test_a_second_press_on_a_class_is_harmless_and_a_wrong_day_is_said_beside_its_field(town):
    teacher, address = town.cast.client("teacher"), town.page("family_class", town.oak.pk)
    day = today()
    facts = {"on_day": day.day, "on_month": day.month, "on_year": day.year, "present": [str(town.ada.pk)]}
    early = teacher.post(address, facts | {"on_year": day.year - 2})
    assert set(early.context["form"].errors) == {"on"}
    for said in ("1 child is recorded. 1 outstanding.", "Recorded already. 1 outstanding."):
        assert said in teacher.post(address, facts, follow=True).content.decode()
    assert Acknowledgement.objects.filter(pupil=town.ada).count() == 1
    elsewhere = teacher.post(address, facts | {"present": [str(town.cy.pk)]})
    assert "A child is not in this class any more" in elsewhere.content.decode()


def test_a_teacher_finds_no_other_class(town):
    teacher = town.cast.client("teacher")
    assert [row[0]["text"] for row in teacher.get(town.page("family_list")).context["rows"]] == ["Oak"]
    assert teacher.get(town.page("family_class", town.elm.pk)).status_code == 404
    assert teacher.post(town.page("family_remind")).status_code == 403
    with pytest.raises(NotAllowed):
        services.record_class(town.version, town.elm, by=town.cast.teacher, on=today(), present=[town.cy])


def test_a_child_of_another_class_is_not_recorded(town):
    given = services.record_class(town.version, town.oak, by=town.cast.teacher, on=today(), present=[town.cy])
    assert given == []


@pytest.mark.parametrize(
    ("days", "why"), [(1, "must not lie in the future"), (-400, "was not in force yet on that day")]
)
def test_a_day_on_which_it_cannot_have_been_is_refused(town, days, why):
    with pytest.raises(Refused, match=why):
        services.record_class(
            town.version, town.oak, by=town.cast.teacher, on=today() + timedelta(days=days), present=[town.ada]
        )


@pytest.mark.parametrize("role", ["governor", "chair", "support_staff", "dsl", "dpo"])
def test_others_see_no_pupil_at_all(town, role):
    assert town.cast.client(role).get(town.page("family_list")).status_code == 403
    assert town.cast.client(role).get(town.page("family_class", town.oak.pk)).status_code == 403


def test_another_school_finds_neither_the_version_nor_the_class(town):
    stranger = town.cast.client("office", "elmwood")
    assert stranger.get(town.page("family_list")).status_code == 404
    assert stranger.post(reverse("policies:family_slips", args=[town.version.pk, town.oak.pk])).status_code == 404
    with pytest.raises(NotAllowed):
        services.print_slips(town.version, town.oak, by=town.cast.post("office", "riverside"))


def test_hundreds_of_carers_are_asked_in_batches_and_never_one_by_one(cast, desk):
    school = cast.school()
    oak = registers.add_class(school=school, by=None, name="Oak")
    pupil = registers.add_pupil(school_class=oak, by=None, name="Ada Ash")
    version = desk.published(policy=FOR_FAMILIES)
    campaign = Campaign.objects.get(version=version, audience=Audience.PARENTS)
    # What is measured is the asking; a history of so many people is not needed for it.
    through, counts = Carer.pupils.through, []
    for start, end in ((0, 50), (50, 900)):
        carers = [
            Carer(school=school, name=f"Carer {number}", email=f"carer{number}@home.example")
            for number in range(start, end)
        ]
        Carer.objects.bulk_create(carers)
        through.objects.bulk_create([through(carer=carer, pupil=pupil) for carer in carers])
        with CaptureQueriesContext(connection) as queries:
            assert parents.ask_parents([campaign]) == end - start
        counts.append(len(queries))
    # The smaller database takes about a hundred rows at once; none of it is a query for a person.
    assert counts[1] < 850 / 20
    with CaptureQueriesContext(connection) as queries:
        cast.client("office").get(reverse("policies:family_list", args=[version.pk]))
    assert len(queries) < 40


def test_the_words_are_those_of_the_guide_with_the_schools_own_number(town):
    clause = Clause.objects.filter(version=town.version).first()
    services.edit_guide_text(clause, by=town.cast.headteacher, text="Call {telephone} first.")
    page = Client().get(town.link(town.ann)).content.decode()
    assert "Call 01632 960000 first." in page


def test_parents_who_come_to_be_asked_months_later_have_a_link_that_opens(cast, desk):
    with time_machine.travel(datetime(2026, 5, 1, 9, tzinfo=LONDON), tick=False):
        town = Town(cast, desk, for_parents=False)
    with time_machine.travel(datetime(2026, 11, 2, 9, tzinfo=LONDON), tick=False):
        services.choose_who_acknowledges(town.version.policy, by=cast.headteacher, for_parents=True)
        assert town.campaign.started_on == today()
        assert Client().get(sent_link()).status_code == 200


@pytest.mark.parametrize("yearly", [True, False])
def test_who_has_confirmed_this_year_is_not_asked_again_when_it_is_chosen_how_often(cast, desk, yearly):
    town = Town(cast, desk, confirmed_yearly=yearly)
    Client().post(town.link(town.ann), TICKED)
    services.record_class(town.version, town.oak, by=cast.teacher, on=today(), present=[town.ada, town.ben])
    OutboxMail.objects.all().delete()
    services.choose_who_acknowledges(town.version.policy, by=cast.headteacher, confirmed_yearly=not yearly)
    assert town.outstanding() == 1 and not OutboxMail.objects.filter(link=parents.KIND).exists()
    assert classes_to_record(cast.teacher, [town.version]) == []


def test_a_lesson_of_the_school_year_before_confirms_nothing_for_this_one(cast, desk):
    with time_machine.travel(datetime(2026, 6, 1, 9, tzinfo=LONDON), tick=False):
        town = Town(cast, desk, confirmed_yearly=True)
    with time_machine.travel(datetime(2026, 9, 3, 9, tzinfo=LONDON), tick=False):
        with pytest.raises(Refused, match="earlier school year"):
            services.record_class(town.version, town.oak, by=cast.teacher, on=date(2026, 7, 1), present=[town.ada])
        services.record_class(town.version, town.oak, by=cast.teacher, on=date(2026, 9, 1), present=[town.ada])
