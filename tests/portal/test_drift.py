"""What the portal shows is what its history says, and each night somebody looks."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLog, Notification, School
from channels_mgmt.models import Platform
from policies.models import Policy
from policies.services import record_policy
from policyportal.due import run_due
from policyportal.lib import chain
from policyportal.lib.append_only import rewriting
from policyportal.lib.drift import DIFFERS, MEMBERS, UNRECORDED, VANISHED, Drift, drifts
from policyportal.lib.models import AuditCheck, Heartbeat
from policyportal.lib.workflow import save_as
from policyportal.seals import check_nightly, standing
from tests.planted import plant


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def raw(pk):
    """Return an id as the database holds it."""
    return School._meta.pk.get_db_prep_value(pk, connection)


@pytest.fixture
def school(cast):
    return cast.school()


def test_nothing_that_the_portal_wrote_has_drifted(cast):
    plant(cast, "oakfield")
    save_as(cast.teacher, cast.headteacher, "Looked at again")
    assert list(drifts()) == []


def test_a_password_is_no_part_of_the_history_and_no_drift(cast):
    user = cast.teacher.user
    run("UPDATE accounts_user SET password = 'changed' WHERE id = %s", raw(user.pk))
    assert list(drifts()) == []


def test_a_write_past_history_is_found(school):
    run("UPDATE accounts_school SET roll = roll + 1 WHERE id = %s", raw(school.pk))
    assert list(drifts()) == [Drift("accounts_school", str(school.pk), DIFFERS)]


def test_a_value_that_was_emptied_past_history_is_found(school):
    run("UPDATE accounts_school SET roll = NULL WHERE id = %s", raw(school.pk))
    assert [drift.words for drift in drifts()] == [DIFFERS]


def test_an_update_of_a_queryset_is_found(school):
    School.objects.filter(pk=school.pk).update(motto="Onwards")
    assert [drift.thing for drift in drifts()] == [str(school.pk)]


def test_a_record_without_any_history_is_found(school):
    platform = Platform(school=school, name="Unrecorded")
    Platform.objects.bulk_create([platform])
    assert list(drifts()) == [Drift("channels_mgmt_platform", str(platform.pk), UNRECORDED)]


def test_a_record_that_was_removed_past_history_is_found(cast, school):
    platform = Platform(school=school, name="Removed")
    save_as(platform, cast.headteacher, "Listed")
    run("DELETE FROM channels_mgmt_platform WHERE id = %s", raw(platform.pk))
    assert list(drifts()) == [Drift("channels_mgmt_platform", str(platform.pk), VANISHED)]


def test_a_record_that_the_portal_removed_is_no_drift_and_one_put_back_past_history_is(cast, school):
    platform = Platform(school=school, name="Removed")
    save_as(platform, cast.headteacher, "Listed")
    again = Platform(pk=platform.pk, school=school, name="Removed")
    platform.delete()
    assert list(drifts()) == []
    Platform.objects.bulk_create([again])
    assert [drift.words for drift in drifts()] == [DIFFERS]


def test_members_that_were_changed_past_history_are_found(cast, school):
    policy = record_policy(title="Social media", schools=[school], by=cast.headteacher)
    through = Policy.schools.through
    through.objects.bulk_create([through(policy=policy, school=cast.school("riverside"))])
    assert list(drifts()) == [Drift("policies_policy", str(policy.pk), MEMBERS)]
    through.objects.filter(policy=policy).delete()
    assert list(drifts()) == [Drift("policies_policy", str(policy.pk), MEMBERS)]


def test_a_history_row_that_was_removed_shows_the_record_as_drifted(school):
    school.motto = "Onwards"
    save_as(school, None, "A new motto")
    with rewriting():
        school.history.latest().delete()
    assert [drift.thing for drift in drifts()] == [str(school.pk)]


def test_a_row_and_its_history_are_stored_together_or_not_at_all(cast, school, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(chain.SealedRow, "save", broken)
    school.motto = "Onwards"
    with pytest.raises(ZeroDivisionError), rewriting():
        school.save()
    assert School.objects.get(pk=school.pk).motto != "Onwards"


def test_the_nightly_check_looks_once_a_day_and_keeps_that_it_did(cast):
    assert check_nightly() == 0
    [check] = AuditCheck.objects.all()
    assert (check.kind, check.found, check.sample) == (AuditCheck.Kind.DRIFT, 0, [])
    School.objects.update(motto="Changed past history")
    assert check_nightly() == 0
    assert AuditCheck.objects.count() == 1


def yesterday():
    """Let the check of today be one of yesterday."""
    with rewriting():
        AuditCheck.objects.update(at=timezone.now() - timedelta(days=1))


def test_what_the_nightly_check_finds_is_told_to_the_technical_administrators_as_ids_only(cast, school):
    check_nightly()
    yesterday()
    School.objects.filter(pk=school.pk).update(telephone="CANARY")
    assert check_nightly() == 1
    told = Notification.objects.filter(event="history_damaged")
    assert {one.user.email for one in told} == {
        "terry@oakfield.example",
        "terry@elmwood.example",
        "terry@riverside.example",
    }
    assert {one.subject for one in told} == {"The history is not as the portal left it"}
    page = cast.client("technical_administrator").get(reverse("portal:seal")).content.decode()
    assert str(school.pk) in page
    assert "accounts_school" in page
    assert "CANARY" not in page
    assert school.name not in page.split("<main")[1]


def test_a_drift_makes_the_health_page_bad_until_a_check_finds_none(client, cast, school):
    run_due()
    assert client.get("/healthz/deep").status_code == 200
    yesterday()
    School.objects.filter(pk=school.pk).update(motto="Past history")
    run_due()
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (503, b"The history is not as the portal left it.\n")
    school.refresh_from_db()
    save_as(school, None, "Taken into the history")
    yesterday()
    run_due()
    assert client.get("/healthz/deep").status_code == 200


def test_a_history_that_is_not_sealed_while_other_work_is_done_makes_the_health_page_bad(client, cast):
    run_due()
    Heartbeat.objects.filter(name=chain.BEAT).update(beat_at=timezone.now() - timedelta(hours=1))
    response = client.get("/healthz/deep")
    assert (response.status_code, response.content) == (503, b"The history is not sealed.\n")


def test_the_nightly_check_links_what_was_overlooked(cast):
    chain.seal_new_rows()
    look = AccessLog.objects.create(
        school=cast.school(), user=cast.user("dsl"), model="incident", object_id=uuid4(), shown="evidence"
    )
    with rewriting():
        AccessLog.objects.filter(pk=look.pk).update(created_at=timezone.now() - timedelta(days=3))
    chain.SealMark.objects.filter(table=AccessLog._meta.db_table).update(floor=str(timezone.now()))
    assert chain.seal_new_rows() == 0
    check_nightly()
    assert chain.last_link().row == look.pk.hex


def test_the_seal_page_says_how_the_seal_stands_and_no_number_of_what_is_under_it(cast):
    client = cast.client("technical_administrator")
    page = client.get(reverse("portal:seal")).content.decode()
    assert "Needs attention" in page
    assert "No head has been kept yet" in page
    run_due()
    before = told_by(client)
    assert "Healthy" in before
    assert standing().head.hash in before
    for turn in range(3):
        save_as(cast.school(), None, f"Looked at again {turn}")
    run_due()
    assert told_by(client) == before


def told_by(client):
    """Return what the seal page says, but for the time at which it was seen."""
    page = client.get(reverse("portal:seal")).content.decode()
    return re.sub(r"<time.*?</time>", "", page.split("<main")[1].split("</main>")[0])


@pytest.mark.parametrize("role", ["headteacher", "chair", "dpo", "office", "teacher"])
def test_the_seal_page_is_for_whoever_looks_after_the_portal(cast, role):
    assert cast.client(role).get(reverse("portal:seal")).status_code == 403


def test_no_mail_of_a_drift_says_what_drifted(cast, school):
    School.objects.filter(pk=school.pk).update(motto="CANARY")
    run_due()
    told = [one for one in mail.outbox if one.to == ["terry@oakfield.example"]]
    assert told
    assert not any("CANARY" in one.body + one.subject or str(school.pk) in one.body for one in told)
