"""Importing staff: the good rows in, each bad one explained, the same file again changes nothing."""

import csv
import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.imports.plan import Kind
from accounts.imports.workbench import plan_for
from accounts.models import Invitation, Membership, School, StaffImport, User
from accounts.services import (
    correct_person,
    empty_old_imports,
    give_post,
    import_staff,
    invite_imported,
    open_staff_import,
    put_away,
    register_person,
    settle_meanings,
)
from accounts.services import staff_import as verbs
from policyportal.due import run_due
from policyportal.lib.dates import today
from policyportal.lib.models import OutboxMail
from policyportal.lib.workflow import NotAllowed, Refused
from tests.accounts.staff_lists import HEADER, as_csv, as_workbook, person

YESTERDAY = today() - timedelta(days=1)
NEXT_YEAR = today().year + 1
GOOD = 180
# Tables that an import fills by being looked at, whatever it changes.
OF_THE_WORKBENCH = {"accounts_staffimport", "django_session"}


def opened(cast, content, name="staff.csv", by="headteacher"):
    """Return a file on the workbench, with nothing left to be said of it."""
    return open_staff_import(file_name=name, content=content, by=cast.post(by))


def planned(cast, rows, by="headteacher", **said):
    """Return what rows would do."""
    staff_import = opened(cast, as_csv(rows), by=by)
    if said:
        settle_meanings(staff_import, by=cast.post(by), columns=staff_import.columns, roles=said["roles"])
    return plan_for(StaffImport.objects.get(pk=staff_import.pk), cast.post(by))


def imported(cast, content, by="headteacher"):
    """Import a file as it stands and return what came of it."""
    staff_import = opened(cast, content, by=by)
    digest = plan_for(staff_import, cast.post(by)).digest
    return import_staff(staff_import, by=cast.post(by), digest=digest)


def tables():
    """Return every row of every table but those of the workbench."""
    found = {}
    with connection.cursor() as cursor:
        for name in sorted(set(connection.introspection.table_names()) - OF_THE_WORKBENCH):
            cursor.execute(f'SELECT * FROM "{name}"')
            found[name] = sorted(map(repr, cursor.fetchall()))
    return found


def reasons(plan):
    """Return why each wrong row is wrong, by its number."""
    return {one.row.number: " ".join(one.why) for one in plan.of(Kind.WRONG)}


@pytest.fixture
def school(cast):
    """The first school, whose teacher has a number in its system, with one who left and one switched off."""
    teacher = cast.teacher
    teacher.system_id = "T1"
    teacher.save()
    left = cast.volunteer
    left.ends_on = YESTERDAY
    left.save()
    cast.contractor.user.is_active = False
    off = cast.user("contractor")
    off.is_active = False
    off.save()
    return cast.school()


BAD = [
    (person(1001, Forename="", Surname=""), ["There is no name"]),
    (person(1002, **{"Work Email": ""}), ["There is no e-mail address"]),
    (person(1003, **{"Work Email": "nia at oakfield"}), ["“nia at oakfield” is no e-mail address"]),
    (person(1004, **{"Work Email": "twice@oakfield.example"}), ["twice@oakfield.example stands in row 186 too"]),
    (person(1005, **{"Work Email": "Twice@oakfield.example"}), ["stands in row 185 too"]),
    (person(1006, **{"Person ID": "D1"}), ["The number D1 stands in row 188 too"]),
    (person(1007, **{"Person ID": "D1"}), ["The number D1 stands in row 187 too"]),
    (
        person(1008, Forename="Tara", Surname="Oakfield", **{"Work Email": "tara@oakfield.example"}),
        ["The address tara@oakfield.example is Tara Oakfield’s here, whose number is T1, not P1008"],
    ),
    (person(1009, **{"Job Title": "Wellbeing Wizard"}), ["Nobody has said which role “Wellbeing Wizard” means"]),
    (person(1010, **{"Job Title": "Headteacher"}), ["“Headteacher” needs two people"]),
    (person(1011, **{"Start Date": "soon"}), ["First day: “soon” is no date"]),
    (
        person(1012, **{"End Date": "2025-07-31"}),
        ["The last day, 31 July 2025, is before the first day, 1 September 2026"],
    ),
    ([*person(1013), "one", "more"], ["This row has 9 cells and the header has 7"]),
    (person(1014)[:4], ["This row has 4 cells and the header has 7", "Some cells are missing"]),
    (person(1015, Surname="x" * 200), ["has 204 characters; the most is 150"]),
    (
        person(1016, Forename="Vera", Surname="Oakfield", **{"Person ID": "", "Work Email": "vera@oakfield.example"}),
        ["Vera Oakfield left on", "give them a post by hand"],
    ),
    (
        person(1017, Forename="Carl", Surname="Oakfield", **{"Person ID": "", "Work Email": "carl@oakfield.example"}),
        ["Carl Oakfield is switched off here"],
    ),
    (
        person(1018, Forename="Pat", Surname="Smith", **{"Person ID": "", "Work Email": "olive@oakfield.example"}),
        ["The address olive@oakfield.example is Olive Oakfield’s here, and the file says Pat Smith"],
    ),
    (person(1), ["This row is the same as row 2"]),
    (
        person(1020, Forename="Pat", Surname="Smith", **{"Person ID": "T1"}),
        ["The number T1 is Tara Oakfield’s here, and the file gives it to Pat Smith"],
    ),
]
BAD_FROM = GOOD + 2
# A workbook pads its rows, so a row that is too short cannot be told from one with empty cells.
SHORT = 13


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_two_hundred_staff_with_every_kind_of_bad_row_come_in_once_and_never_twice(cast, school, kind):
    rows = [person(n) for n in range(1, GOOD + 1)] + [row for row, _ in BAD]
    assert len(rows) == 200
    content = as_csv(rows, encoding="utf-8-sig") if kind == "csv" else as_workbook(rows, days=True)
    staff_import = opened(cast, content)
    plan = plan_for(staff_import, cast.headteacher)
    assert plan.counts() == {"new": GOOD, "wrong": len(BAD), "changed": 0, "same": 0, "left_out": 0}
    for place, (_, wanted) in enumerate(BAD):
        why = reasons(plan)[BAD_FROM + place]
        if kind == "csv" or place != SHORT:
            assert all(words in why for words in wanted), (BAD_FROM + place, why)

    staff_import = import_staff(staff_import, by=cast.headteacher, digest=plan.digest)
    posts = Membership.objects.filter(school=school, typed_name__startswith="Nia Newcomer")
    assert posts.count() == GOOD
    assert set(posts.values_list("accepted_at", "role")) == {(None, "teacher")}
    assert [number for number, *_ in staff_import.rows] == list(range(BAD_FROM, BAD_FROM + len(BAD)))
    assert not OutboxMail.objects.exists()

    before = tables()
    again = imported(cast, content)
    assert again.outcome == {"new": 0, "wrong": len(BAD), "changed": 0, "same": GOOD, "left_out": 0}
    assert tables() == before


def test_a_second_import_changes_what_changed_and_doubles_nobody(cast):
    imported(cast, as_csv([person(1), person(2)]))
    people = User.objects.count()
    changed = person(
        1,
        Surname="Married",
        **{"Work Email": "nia.married@oakfield.example", "Start Date": "01/10/2026", "End Date": f"31/08/{NEXT_YEAR}"},
    )
    plan = planned(cast, [changed, person(2)])
    assert [one.shown for one in plan.of(Kind.CHANGED)] == [
        [
            ("Name", "Nia Newcomer1", "Nia Married"),
            ("E-mail address", "nia1@oakfield.example", "nia.married@oakfield.example"),
            ("First day", "1 September 2026", "1 October 2026"),
            ("Last day", "none", f"31 August {NEXT_YEAR}"),
        ]
    ]
    imported(cast, as_csv([changed, person(2)]))
    post = Membership.objects.select_related("user").get(system_id="P1")
    assert (post.user.name, post.person_name, post.user.email) == (
        "Nia Married",
        "Nia Married",
        "nia.married@oakfield.example",
    )
    assert User.objects.count() == people
    assert planned(cast, [changed, person(2)]).counts()["same"] == 2
    assert post.history.first().history_change_reason == verbs.REASON
    assert post.history.first().history_user_id == cast.headteacher.user_id


def test_an_empty_cell_overwrites_nothing(cast):
    imported(cast, as_csv([person(1, **{"Job Title": "Teacher", "End Date": f"{NEXT_YEAR}-08-31"})]))
    emptied = person(1, **{"Job Title": "", "Start Date": "", "End Date": ""})
    assert planned(cast, [emptied]).counts()["same"] == 1


def test_somebody_whom_the_file_does_not_name_is_listed_and_left_alone(cast):
    before = Membership.objects.get(pk=cast.teacher.pk)
    plan = planned(cast, [person(1)])
    missing = [post.user.name for post in plan.missing]
    assert "Tara Oakfield" in missing
    assert "Grace Oakfield" not in missing, "governors are in no export of staff"
    imported(cast, as_csv([person(1)]))
    assert cast.teacher.ends_on == before.ends_on is None


def test_a_row_is_known_by_its_number_before_its_address(cast):
    teacher = cast.teacher
    teacher.system_id = "T1"
    teacher.save()
    plan = planned(cast, [person(1, Forename="Tara", Surname="Oakfield", **{"Person ID": "T1", "Start Date": ""})])
    assert [one.shown for one in plan.of(Kind.CHANGED)] == [
        [("E-mail address", "tara@oakfield.example", "nia1@oakfield.example")]
    ]


def test_a_number_is_learned_for_somebody_known_by_their_address(cast):
    row = person(
        1, Forename="Tara", Surname="Oakfield", **{"Work Email": "TARA@oakfield.example", "Start Date": "2024-09-01"}
    )
    assert [one.shown for one in planned(cast, [row]).of(Kind.CHANGED)] == [[("Number", "none", "P1")]]
    imported(cast, as_csv([row]))
    assert cast.teacher.system_id == "P1"


def test_a_role_changes_with_the_word_for_it_and_the_word_becomes_the_title(cast):
    said = {"Class Teacher": "teacher", "Office Queen": "office"}
    planned(
        cast, [person(1, **{"Job Title": "Class Teacher"}), person(2, **{"Job Title": "Office Queen"})], roles=said
    )
    imported(cast, as_csv([person(1, **{"Job Title": "class-teacher"})]))
    post = Membership.objects.get(system_id="P1")
    assert (post.role, post.job_title) == ("teacher", "class-teacher")
    imported(cast, as_csv([person(1, **{"Job Title": "Office Queen"})]))
    post.refresh_from_db()
    assert (post.role, post.job_title) == ("office", "Office Queen")
    assert Membership.objects.filter(system_id="P1").count() == 1


def test_people_without_a_role_are_asked_about_and_words_may_leave_people_out(cast):
    rows = [person(1, **{"Job Title": ""}), person(2, **{"Job Title": "Swimming coach"})]
    assert "There is no role" in reasons(planned(cast, rows))[2]
    plan = planned(cast, rows, roles={"": "support_staff", "Swimming coach": "-"})
    assert [(one.row.number, one.kind) for one in plan.rows] == [(2, "new"), (3, "left_out")]


def test_a_post_that_takes_two_people_is_neither_given_nor_changed_nor_led_elsewhere(cast):
    head = person(1, Forename="Harriet", Surname="Oakfield", **{"Work Email": "harriet@oakfield.example"})
    dsl = person(2, Forename="Dinah", Surname="Oakfield", **{"Work Email": "dinah@oakfield.example"})
    dsl[4], head[4] = "Designated safeguarding lead", "Headteacher"
    why = reasons(planned(cast, [head, dsl], by="technical_administrator"))
    assert set(why) == {2, 3}
    assert all("needs two people" in words for words in why.values())
    # As the portal has them they are simply the same.
    head[5] = dsl[5] = ""
    plan = planned(cast, [head, dsl], by="technical_administrator")
    assert [one.kind for one in plan.rows] == ["same", "changed"]
    moved = dsl[:3] + ["elsewhere@oakfield.example"] + dsl[4:]
    imported(cast, as_csv([dsl]), by="technical_administrator")
    assert "needs two people" in reasons(planned(cast, [moved], by="technical_administrator"))[2]


def test_ones_own_post_is_changed_by_somebody_else(cast):
    own = person(1, Forename="Terry", Surname="Oakfield", **{"Work Email": "terry@oakfield.example"})
    own[4] = "Technical administrator"
    assert "This is your own post" in reasons(planned(cast, [own], by="technical_administrator"))[2]


def test_somebody_of_another_school_is_simply_new_and_keeps_the_name_that_they_have_there(cast):
    tara = cast.user("teacher", "elmwood")
    row = person(1, Forename="Somebody", Surname="Else", **{"Work Email": tara.email})
    plan = planned(cast, [row])
    assert plan.rows[0].kind == Kind.NEW
    unknown = planned(cast, [person(1, Forename="Somebody", Surname="Else")])
    assert unknown.rows[0].why == plan.rows[0].why == []
    imported(cast, as_csv([row]))
    tara.refresh_from_db()
    post = Membership.objects.get(user=tara, school__slug="oakfield")
    assert (tara.name, post.person_name, post.accepted_at) == ("Tara Elmwood", "Somebody Else", None)
    # What this school types changes what this school reads, until they have come.
    row[1] = "Someone"
    imported(cast, as_csv([row]))
    tara.refresh_from_db()
    post.refresh_from_db()
    assert (tara.name, post.person_name) == ("Tara Elmwood", "Someone Else")
    # Their address is theirs in every school.
    row[3] = "other@oakfield.example"
    assert "cannot become other@oakfield.example here" in reasons(planned(cast, [row]))[2]
    post.accepted_at = timezone.now()
    post.save()
    row[3] = tara.email
    assert planned(cast, [row]).rows[0].kind == Kind.SAME


def test_an_address_that_is_somebodys_elsewhere_cannot_be_taken(cast):
    imported(cast, as_csv([person(1)]))
    row = person(1, **{"Work Email": "tara@elmwood.example"})
    assert reasons(planned(cast, [row]))[2] == (
        "The address of Nia Newcomer1 cannot become tara@elmwood.example here. Ask them which one is right."
    )


def test_a_leaver_in_the_file_is_neither_added_nor_ended(cast):
    imported(cast, as_csv([person(1, **{"Start Date": "2020-09-01"})]))
    gone = {"Start Date": "2020-09-01", "End Date": "2021-08-31"}
    why = reasons(planned(cast, [person(1, **gone), person(2, **gone)]))
    assert all("left on 31 August 2021" in words for words in why.values())
    assert set(why) == {2, 3}


def test_several_posts_and_posts_outside_the_staff_are_changed_by_hand(cast):
    give_post(user=cast.user("teacher"), school=cast.school(), role="head_of_house", starts_on=today())
    tara = person(1, Forename="Tara", Surname="Oakfield", **{"Work Email": "tara@oakfield.example"})
    grace = person(2, Forename="Grace", Surname="Oakfield", **{"Work Email": "grace@oakfield.example"})
    tara[4] = "Office staff"
    why = reasons(planned(cast, [tara, grace]))
    assert "holds several posts here" in why[2]
    assert "Give that post by hand" in why[3]


def test_a_fault_in_the_middle_stores_nothing(cast, monkeypatch):
    staff_import = opened(cast, as_csv([person(n) for n in range(5)]))
    digest = plan_for(staff_import, cast.headteacher).digest
    given = []

    def failing(**details):
        if len(given) == 3:
            raise OSError("the disk is full")
        given.append(give_post(**details))
        return given[-1]

    before = tables()
    monkeypatch.setattr(verbs, "give_post", failing)
    with pytest.raises(OSError, match="disk"):
        import_staff(staff_import, by=cast.headteacher, digest=digest)
    assert len(given) == 3
    assert tables() == before
    staff_import.refresh_from_db()
    assert staff_import.done_at is None


def test_what_was_not_shown_is_not_carried_out(cast):
    staff_import = opened(cast, as_csv([person(1)]))
    digest = plan_for(staff_import, cast.headteacher).digest
    register_person(email="x@oakfield.example", name="X")
    give_post(
        user=register_person(email="nia1@oakfield.example", name="Nia Newcomer1"),
        school=cast.school(),
        role="teacher",
        starts_on=today(),
    )
    before = tables()
    with pytest.raises(Refused, match="Something has changed"):
        import_staff(staff_import, by=cast.headteacher, digest=digest)
    assert tables() == before


def test_a_list_is_imported_once(cast):
    done = imported(cast, as_csv([person(1)]))
    with pytest.raises(Refused, match="already"):
        import_staff(done, by=cast.headteacher, digest="")
    with pytest.raises(Refused, match="already"):
        put_away(done, by=cast.headteacher)


@pytest.mark.parametrize("role", ["teacher", "office", "chair"])
def test_only_who_manages_people_imports_or_invites(cast, role):
    staff_import = opened(cast, as_csv([person(1)]))
    by = cast.post(role)
    for act in (
        lambda: open_staff_import(file_name="x", content=b"", by=by),
        lambda: settle_meanings(staff_import, by=by, columns=[], roles={}),
        lambda: import_staff(staff_import, by=by, digest=""),
        lambda: put_away(staff_import, by=by),
        lambda: invite_imported(by=by),
        lambda: import_staff(staff_import, by=cast.post("headteacher", "elmwood"), digest=""),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_name_and_address_of_somebody_are_corrected_only_by_who_may(cast):
    for user in (cast.user("chair"), cast.user("headteacher"), cast.user("teacher", "elmwood")):
        with pytest.raises(NotAllowed):
            correct_person(user, by=cast.headteacher, reason="x", name="Somebody Else")
    with pytest.raises(NotAllowed):
        correct_person(cast.user("dsl"), by=cast.headteacher, reason="x", email="mine@oakfield.example")
    with pytest.raises(Refused, match="cannot be given"):
        correct_person(cast.user("teacher"), by=cast.headteacher, reason="x", email="olive@oakfield.example")


def test_what_a_school_says_of_columns_and_words_is_remembered_for_it_alone(cast):
    header = ["Nummer", "Wer", "Kontakt", "Was"]
    row = ["1", "Oakfield, Nia", "nia@oakfield.example", "Lehrerin"]
    first = opened(cast, as_csv([row], header=header))
    assert first.columns == ["", "", "", ""]
    with pytest.raises(Refused, match="which column holds the name"):
        settle_meanings(first, by=cast.headteacher, columns=["", "", "email", ""], roles={})
    with pytest.raises(Refused, match="Two columns"):
        settle_meanings(first, by=cast.headteacher, columns=["", "name", "email", "email"], roles={})
    columns = ["system_id", "name", "email", "role"]
    settle_meanings(first, by=cast.headteacher, columns=columns, roles={"Lehrerin": "teacher"})
    second = opened(cast, as_csv([row], header=header))
    assert second.columns == columns
    plan = plan_for(second, cast.headteacher)
    assert [(one.kind, one.row.name, one.row.role) for one in plan.rows] == [("new", "Nia Oakfield", "teacher")]
    assert cast.school("elmwood").import_roles == {}
    saved = School.history.count()
    settle_meanings(second, by=cast.headteacher, columns=columns, roles={"Lehrerin": "teacher"})
    assert School.history.count() == saved


def test_a_day_old_file_is_forgotten(cast):
    old, new = opened(cast, as_csv([person(1)])), opened(cast, as_csv([person(2)]))
    StaffImport.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=1))
    assert run_due()["files of staff emptied"] == 1
    assert empty_old_imports() == 0
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.rows == []
    assert len(new.rows) == 1


def test_inviting_is_a_step_of_its_own_and_reaches_each_person_once(cast):
    imported(cast, as_csv([person(1), person(2)]))
    assert not Invitation.objects.exists()
    assert invite_imported(by=cast.headteacher) == 2
    assert OutboxMail.objects.filter(link="invitation").count() == 2
    assert invite_imported(by=cast.headteacher) == 0


def queries(act):
    with CaptureQueriesContext(
        connection,
    ) as found:
        act()
    return len(found)


def test_looking_costs_the_same_for_many_rows_and_importing_a_few_queries_for_each(cast):
    small, large = opened(cast, as_csv([person(1)])), opened(cast, as_csv([person(n) for n in range(2, 202)]))
    head = cast.headteacher
    head.roles  # noqa: B018 - what the page has asked before
    looks = [queries(lambda one=one: plan_for(one, head)) for one in (small, large)]
    assert looks[0] == looks[1] <= 4
    digest = plan_for(large, head).digest
    assert queries(lambda: import_staff(large, by=head, digest=digest)) <= 200 * 12 + 20


def chosen(client, content, name="staff.csv"):
    """Choose a file on the page and return the address that it leads to."""
    return client.post("/people/import/", {"file": SimpleUploadedFile(name, content)})


def answers(form):
    """Return what the page of meanings sends as it is shown."""
    return {name: form[name].initial for name in form.fields}


def test_the_pages_lead_from_the_file_to_people_invited(cast):
    client = cast.client("headteacher")
    rows = [person(1, **{"Job Title": "Class Teacher"}), person(2, **{"Job Title": "Wellbeing Wizard"}), person(3)]
    rows.append(person(4, **{"Work Email": "=SUM(A1)"}))
    response = chosen(client, as_csv(rows))
    staff_import = StaffImport.objects.get()
    assert response.url == f"/people/import/{staff_import.pk}/columns/"
    # Until the words are explained there is nothing to look at.
    assert client.get(f"/people/import/{staff_import.pk}/").url == response.url
    page = client.get(response.url)
    assert "“Class Teacher” means" in page.content.decode()
    assert "Such as nia1@oakfield.example, nia2@oakfield.example" in page.content.decode()
    form = page.context["form"]
    assert [form["word_0"].initial, form["word_1"].initial] == ["teacher", ""]
    refused = client.post(response.url, answers(form))
    assert "Say what “Wellbeing Wizard” means" in refused.content.decode()
    settled = client.post(response.url, answers(form) | {"word_1": "support_staff"})
    assert settled.url == f"/people/import/{staff_import.pk}/"
    shown = client.get(settled.url)
    assert "“=sum(a1)” is no e-mail address" in shown.content.decode()
    assert [tab["label"] for tab in shown.context["tabs"]][:2] == ["Cannot be imported (1)", "New (3)"]
    assert "Nia Newcomer2" in client.get(settled.url, {"show": "new"}).content.decode()
    assert "Tara Oakfield" in client.get(settled.url, {"show": "missing"}).content.decode()
    sheet = b"".join(client.get(f"{settled.url}left-out/").streaming_content).decode("utf-8-sig")
    header, left_out = csv.reader(io.StringIO(sheet))
    assert header[:2] == ["Row in the file", "Why it was not imported"]
    assert (left_out[0], left_out[5]) == ("5", "'=SUM(A1)")
    done = client.post(settled.url, {"digest": shown.context["digest"]}, follow=True)
    assert "The list is imported" in done.content.decode()
    assert "3 people wait" in done.content.decode()
    assert "=SUM(A1)" in b"".join(client.get(f"{settled.url}left-out/").streaming_content).decode()
    assert "Nia Newcomer3" in client.get("/people/import/invite/").content.decode()
    assert "3 people are invited" in client.post("/people/import/invite/", follow=True).content.decode()
    assert Invitation.objects.count() == 3
    assert "Everybody who was imported has been invited" in client.get("/people/import/invite/").content.decode()


def test_a_page_that_was_overtaken_shows_what_the_file_would_do_now(cast):
    client = cast.client("headteacher")
    chosen(client, as_csv([person(1)]))
    url = f"/people/import/{StaffImport.objects.get().pk}/"
    page = client.post(url, {"digest": "0" * 64}, follow=True)
    assert "Something has changed since you looked" in page.content.decode()
    assert not Membership.objects.filter(system_id="P1").exists()


def test_a_file_that_cannot_be_read_is_refused_beside_the_field(cast):
    page = chosen(cast.client("headteacher"), b"\xd0\xcf\x11\xe0 old", "staff.xls")
    assert page.context["form"].errors["file"] == [
        "This is a workbook of an old Excel (.xls). Open it, save it as .xlsx or CSV, and choose that."
    ]
    page = chosen(cast.client("headteacher"), b"x" * (5 * 1024 * 1024 + 1))
    assert page.context["form"].errors["file"] == ["The file is larger than 5 MB"]
    assert not StaffImport.objects.exists()


def test_a_file_put_away_is_forgotten_and_its_pages_are_gone(cast):
    client = cast.client("headteacher")
    chosen(client, as_csv([person(1)]))
    staff_import = StaffImport.objects.get()
    url = f"/people/import/{staff_import.pk}/"
    assert client.get(f"{url}put-away/").status_code == 405
    assert "put away" in client.post(f"{url}put-away/", follow=True).content.decode()
    staff_import.refresh_from_db()
    assert staff_import.rows == []
    assert [client.get(f"{url}columns/").status_code, client.post(f"{url}put-away/").status_code] == [404, 404]
    assert "the file was put away" in client.get(url).content.decode()


def test_a_column_with_new_words_is_asked_about_before_anything_is_shown(cast):
    client = cast.client("headteacher")
    chosen(client, as_csv([["Nia", "nia@oakfield.example", "Wizard"]], header=["Name", "Email", "What"]))
    url = f"/people/import/{StaffImport.objects.get().pk}/columns/"
    form = client.get(url).context["form"]
    # Nothing says what people are: that is asked.
    assert form["word_0"].label == "People without a post in the file are"
    again = client.post(url, answers(form) | {"column_2": "role", "word_0": "teacher"}, follow=True)
    assert again.redirect_chain[-1][0] == url
    assert "“Wizard” means" in again.content.decode()
    wrong = client.post(url, answers(again.context["form"]) | {"column_1": "", "word_0": "teacher"})
    assert "which column holds the e-mail address" in wrong.content.decode()


@pytest.mark.parametrize("who", [("teacher", "oakfield", 403), ("headteacher", "elmwood", 404)])
def test_nobody_else_sees_a_file_of_staff(cast, who):
    role, slug, status = who
    staff_import = opened(cast, as_csv([person(1)]))
    client = cast.client(role, slug)
    for page in ("", "columns/", "left-out/"):
        assert client.get(f"/people/import/{staff_import.pk}/{page}").status_code == status
    for page in ("", "columns/", "put-away/"):
        assert client.post(f"/people/import/{staff_import.pk}/{page}").status_code == status
    staff_import.refresh_from_db()
    assert staff_import.rows and staff_import.done_at is None
    assert staff_import.header == HEADER
