"""Classes, pupils and carers: by hand and from a file, who may, and what becomes of those who leave."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from accounts.imports.columns import recognised as recognised_of_staff
from accounts.imports.families import read_children, recognised
from accounts.models import Carer, FamilyImport, Pupil, SchoolClass
from accounts.rules import holds
from accounts.services import families
from policyportal.lib import chain
from policyportal.lib.drift import drifts
from policyportal.lib.verifying import Proof
from policyportal.lib.workflow import NotAllowed, Refused

pytestmark = pytest.mark.django_db

FILE = """Forename,Surname,Class,Adno,Parent 1 Name,Parent 1 Email,Parent 2 Name,Parent 2 Email,Free meals
Ada,Ash,Oak,101,Ann Ash,ANN@home.example,Abel Ash,,Y
Ben,Birch,Oak,102,Bea Birch,bea@home.example,,,N
Cy,Ash,Elm,103,Ann Ash,ann@home.example,,,N
"""


@pytest.fixture
def office(cast):
    return cast.office


@pytest.fixture
def oak(office):
    return families.add_class(school=office.school, by=office, name="Oak", year_group="Year 3")


def upload(client, words: str | bytes, name: str = "classes.csv"):
    content = words if isinstance(words, bytes) else words.encode()
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("accounts:family_import_create"), {"file": file}, follow=True)


def read_in(client, words: str | bytes):
    """Choose a file and carry out what it shows."""
    shown = upload(client, words)
    return client.post(shown.request["PATH_INFO"], {"digest": shown.context["digest"]}, follow=True)


def standing() -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Every child, their class, and their carers with addresses."""
    return [
        (pupil.name, pupil.school_class.name, sorted(pupil.carers.values_list("name", "email")))
        for pupil in Pupil.objects.present().order_by("name")
    ]


def test_a_file_shows_what_it_would_do_and_stores_nothing_until_it_is_confirmed(cast):
    shown = upload(cast.client("office"), FILE)
    assert shown.context["new_classes"] == ["Elm", "Oak"]
    assert [row[0] for row in shown.context["rows"]] == ["Ada Ash", "Ben Birch", "Cy Ash"]
    assert shown.context["unused"] == ["Free meals"]
    assert not Pupil.objects.exists() and not SchoolClass.objects.exists() and not Carer.objects.exists()


def test_brothers_and_sisters_share_a_carer_and_a_second_time_changes_nothing(cast):
    client = cast.client("office")
    read_in(client, FILE)
    first = standing()
    assert first == [
        ("Ada Ash", "Oak", [("Abel Ash", ""), ("Ann Ash", "ann@home.example")]),
        ("Ben Birch", "Oak", [("Bea Birch", "bea@home.example")]),
        ("Cy Ash", "Elm", [("Ann Ash", "ann@home.example")]),
    ]
    assert Carer.objects.count() == 3
    again = upload(client, FILE)
    assert again.context["good"] == 0
    assert standing() == first


def test_a_later_file_moves_children_up_and_blank_cells_take_nothing_away(cast):
    client = cast.client("office")
    read_in(client, FILE)
    later = (
        "Name,Class,Adno,Parent 1 Name,Parent 1 Email\n"
        'Ada Ash,Beech,101,Ann Ash,\n"Birch, Ben",Beech,102,Bea Birch,b.birch@home.example\n'
    )
    shown = upload(client, later)
    assert [row[0] for row in shown.context["rows"]] == ["Ada Ash", "Ben Birch"]
    client.post(shown.request["PATH_INFO"], {"digest": shown.context["digest"]})
    assert standing()[:2] == [
        ("Ada Ash", "Beech", [("Abel Ash", ""), ("Ann Ash", "ann@home.example")]),
        ("Ben Birch", "Beech", [("Bea Birch", "b.birch@home.example")]),
    ]
    # Whom the file leaves out is named, and has not left.
    missing = client.get(shown.request["PATH_INFO"]).context
    assert Pupil.objects.get(name="Cy Ash").left_on is None
    assert "facts" in missing


def test_who_is_not_in_the_file_is_proposed_and_never_sent_away(cast):
    client = cast.client("office")
    read_in(client, FILE)
    shown = upload(client, "Name,Class,Adno\nAda Ash,Oak,101\n")
    page = client.get(shown.request["PATH_INFO"], {"show": "missing"})
    assert [row[0] for row in page.context["rows"]] == ["Ben Birch", "Cy Ash"]


BAD = {
    "No Class,,,": "There is no class.",
    ",Oak,,": "There is no name.",
    "Eve Elm,Oak,Una Elm,nowhere": "“nowhere” is no e-mail address.",
    "Eve Elm,Oak,,una@home.example": "The address “una@home.example” has no name beside it.",
    "Eve Elm,Oak": "This row has 2 cells and the header has 4. Mend it in the file.",
    f"{'E' * 151},Oak,,": "characters; the most is 150.",
    f"Eve Elm,Oak,Una Elm,una@{'a.' * 130}example": "the most is 254.",
}


@pytest.mark.parametrize(("row", "why"), BAD.items())
def test_a_bad_row_is_explained_and_the_good_ones_are_read_in(cast, row, why):
    client = cast.client("office")
    done = read_in(client, f"Name,Class,Parent 1 Name,Parent 1 Email\nAda Ash,Oak,,\n{row}\n")
    assert [name for name, *_ in standing()] == ["Ada Ash"]
    [[_, _, said]] = done.context["rows"]
    assert why in said
    left_out = client.get(reverse("accounts:family_import_left_out", args=[FamilyImport.objects.get().pk]))
    assert why.split("“")[0].encode() in b"".join(left_out) if left_out.streaming else left_out.content


def test_a_file_that_contradicts_itself_is_not_guessed_at(cast):
    header = ["Name", "Class", "Adno"]
    rows = [(2, ["Ada Ash", "Oak", "1"]), (3, ["Ada Ash", "Elm", "1"]), (4, ["Ben Birch", "Oak", "2"])]
    [ada, ben] = read_children(header, rows)
    assert ada.wrong == ["Row 3 has the child in Elm. Keep the right row only."]
    assert ben.wrong == []


def test_an_export_with_a_row_for_each_carer_is_one_child_with_two_carers(cast):
    read_in(
        cast.client("office"),
        "Pupil Name,Reg,Contact Name,Contact Email\nAda Ash,3A,Ann Ash,ann@home.example\nAda Ash,3A,Abel Ash,\n",
    )
    assert standing() == [("Ada Ash", "3A", [("Abel Ash", ""), ("Ann Ash", "ann@home.example")])]


def test_two_children_of_one_name_need_their_numbers(cast, oak, office):
    for _ in range(2):
        families.add_pupil(school_class=oak, by=office, name="Ada Ash")
    shown = upload(cast.client("office"), "Name,Class\nAda Ash,Oak\n")
    assert "more than one Ada Ash" in shown.context["rows"][0][2]


def test_a_number_that_was_used_again_is_not_taken_for_the_same_child(cast):
    client = cast.client("office")
    read_in(client, FILE)
    shown = upload(client, "Name,Class,Adno\nZed Zander,Oak,101\n")
    assert "Ada Ash’s here" in shown.context["rows"][0][2]


STRANGE = "Vorname,Nachname,Klasse,Mama,Mail of Mama,E-mail 2\nAda,Ash,Oak,Ann Ash,ann@home.example,x\n"
MEANT = ["forename", "surname", "class", "carer:1:name", "carer:1:email", ""]


def columns_page(shown) -> str:
    """The page on which the columns of a file just chosen are explained."""
    return reverse("accounts:family_import_columns", args=[FamilyImport.objects.latest("created_at").pk])


def say(client, shown, meant: list[str]):
    """Say what each column holds."""
    return client.post(columns_page(shown), {f"column_{n}": means for n, means in enumerate(meant)}, follow=True)


def test_columns_of_titles_that_nobody_knows_are_explained_once_and_remembered(cast):
    client = cast.client("office")
    shown = upload(client, STRANGE)
    assert "Say which column holds the class." in shown.content.decode()
    shown = say(client, shown, MEANT)
    assert shown.context["new_classes"] == ["Oak"] and shown.context["unused"] == ["E-mail 2"]
    client.post(shown.request["PATH_INFO"], {"digest": shown.context["digest"]})
    assert standing() == [("Ada Ash", "Oak", [("Ann Ash", "ann@home.example")])]
    again = upload(client, STRANGE.replace("Oak", "Elm"))
    assert again.context["good"] == 1
    # What is said of lists of classes says nothing of lists of staff.
    cast.office.school.refresh_from_db()
    assert recognised_of_staff(["Surname", "Klasse"], cast.office.school.import_columns) == {0: "surname"}


@pytest.mark.parametrize(
    ("meant", "why"),
    [
        (["forename", "surname", "class", "class", "", ""], "Two columns cannot both be the class."),
        (["forename", "", "class", "", "", ""], "Say which column holds the child’s name"),
        (["forename", "surname", "", "", "", ""], "Say which column holds the class."),
    ],
)
def test_columns_that_cannot_be_so_are_refused_with_words(cast, meant, why):
    client = cast.client("office")
    assert why in say(client, upload(client, STRANGE), meant).content.decode()
    cast.office.school.refresh_from_db()
    assert cast.office.school.import_columns == {}


def test_a_carer_by_title_and_one_by_word_of_mouth_are_not_mixed(cast):
    header = ["Name", "Class", "Mama", "Parent 1 Name"]
    assert recognised(header, {"Mama": "carer:1:name"}) == {
        0: "name", 1: "class", 2: "carer:1:name", 3: "carer:2:name",
    }  # fmt: skip


def test_columns_of_another_schools_file_are_not_there(cast, oak):
    upload(cast.client("office"), STRANGE)
    page = columns_page(None)
    assert cast.client("office", "riverside").get(page).status_code == 404
    families.put_families_away(FamilyImport.objects.get(), by=cast.office)
    assert cast.client("office").get(page).status_code == 404


@pytest.mark.parametrize("rows", ["Ada Ash,Oak,\nAda Ash,Oak,", "Ada Ash,Oak,Ann Ash\nAda Ash,Oak,Ann Ash"])
def test_two_rows_of_one_name_and_class_without_a_number_are_not_taken_for_one_child(cast, rows):
    shown = upload(cast.client("office"), f"Name,Class,Parent 1 Name\n{rows}\n")
    assert "If they are two children, give each their number" in shown.context["rows"][0][2]
    assert shown.context["good"] == 0


def test_a_row_without_the_number_that_another_gives_the_child_stores_nobody_twice(cast):
    shown = upload(cast.client("office"), "Name,Class,Adno\nAda Ash,Oak,101\nAda Ash,Oak,\n")
    assert (shown.context["good"], shown.context["wrong"]) == (1, 1)


def test_rows_taken_for_one_child_are_named(cast):
    shown = upload(cast.client("office"), "Name,Class,Contact Name\nAda Ash,Oak,Ann Ash\nAda Ash,Oak,Abel Ash\n")
    assert shown.context["rows"][0][0] == "Ada Ash (rows 2, 3)"


def test_a_school_that_changes_its_system_has_each_child_once_with_the_new_number(cast):
    client = cast.client("office")
    read_in(client, FILE)
    read_in(client, FILE.replace(",10", ",90"))
    assert sorted(Pupil.objects.values_list("name", "school_number")) == [
        ("Ada Ash", "901"),
        ("Ben Birch", "902"),
        ("Cy Ash", "903"),
    ]


def test_another_child_of_a_leavers_name_is_not_given_the_leavers_family(cast):
    client = cast.client("office")
    read_in(client, FILE)
    shown = upload(client, "Name,Class,Adno\nAda Ash,Nursery,777\n")
    assert "If they are one child, change the number" in shown.context["rows"][0][2]
    families.pupil_leaves(Pupil.objects.get(name="Ada Ash"), by=cast.office)
    read_in(client, "Name,Class,Adno\nAda Ash,Nursery,777\n")
    assert Pupil.objects.present().get(name="Ada Ash").carers.count() == 0


def workbook(*sheets: list[str]) -> bytes:
    """A workbook with these sheets, each a list of lines."""
    book, content = Workbook(), BytesIO()
    for number, lines in enumerate(sheets):
        sheet = book.active if number == 0 else book.create_sheet()
        for line in lines:
            sheet.append(line.split(","))
    book.save(content)
    return content.getvalue()


def test_a_workbook_with_a_sheet_for_each_class_is_refused_and_no_class_forgotten(cast):
    shown = upload(
        cast.client("office"), workbook(["Name,Class", "Ada Ash,Oak"], ["Name,Class", "Ben Birch,Elm"]), "a.xlsx"
    )
    assert "Several sheets of this workbook look like a list of classes" in shown.content.decode()


def test_empty_rows_between_classes_cut_nothing_off(cast):
    lines = ["Name,Class"]
    for number in range(1_100):
        lines += [f"Child {number},Oak", ""]
    shown = upload(cast.client("office"), workbook(lines), "a.xlsx")
    assert shown.context["good"] == 1_100


def test_an_accent_written_apart_is_the_same_name(cast):
    client = cast.client("office")
    read_in(client, "Name,Class\nZoë Ash,Oak\n")
    assert upload(client, "Name,Class\nZoe\u0308 Ash,Oak\n").context["good"] == 0


def test_a_workbook_is_read_as_a_csv_is(cast):
    book, content = Workbook(), BytesIO()
    for line in ["Class lists of the school", *FILE.splitlines()]:
        book.active.append(line.split(","))
    book.save(content)
    read_in(cast.client("office"), content.getvalue())
    assert len(standing()) == 3


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The submitted file is empty"),
        (b"%PDF-1.7 Name,Class\n", "neither CSV nor an Excel workbook"),
    ],
)
def test_a_file_that_is_no_class_list_is_refused_with_a_reason(cast, content, why):
    page = upload(cast.client("office"), content)
    assert why.lower() in str(page.context["form"].errors).replace("&#x27;", "'").lower()
    assert not FamilyImport.objects.exists()


def test_nothing_is_read_in_that_was_not_shown(cast, office, oak):
    client = cast.client("office")
    shown = upload(client, FILE)
    families.add_pupil(school_class=oak, by=office, name="Ada Ash", school_number="101")
    client.post(shown.request["PATH_INFO"], {"digest": shown.context["digest"]})
    assert Pupil.objects.count() == 1


def test_a_list_is_forgotten_after_a_day(cast):
    upload(cast.client("office"), FILE)
    assert families.empty_old_family_imports() == 0
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1), tick=False):
        assert families.empty_old_family_imports() == 1
        assert families.empty_old_family_imports() == 0
    assert FamilyImport.objects.get().rows == []


def test_a_file_that_was_put_away_changes_nobody(cast):
    client = cast.client("office")
    upload(client, FILE)
    opened = FamilyImport.objects.get()
    client.post(reverse("accounts:family_import_put_away", args=[opened.pk]))
    assert client.post(opened.get_absolute_url(), {"digest": "0" * 64}).status_code == 200
    assert not Pupil.objects.exists()
    assert client.post(reverse("accounts:family_import_put_away", args=[opened.pk])).status_code == 404


@pytest.mark.parametrize(
    "titles",
    [
        ["Legal Forename", "Legal Surname", "Registration Group", "UPN", "Priority 1 Contact Name"],
        ["Preferred Firstname", "Preferred Lastname", "Tutor Group", "Student ID", "Mother Email Address"],
        ["Known Name", "Surname", "Current Class", "Student ID", "Contact 2 - Forename"],
        ["Student", "Registration form", "Year group", "UPN", "Primary guardian 1 full name"],
        ["Pupil Full Name", "Tutor Group", "Contact1 Full Name", "Mum’s Email"],
    ],
)
def test_the_titles_of_common_systems_are_recognised(titles):
    assert len(recognised(titles)) == len(titles)


def test_a_class_a_child_and_a_carer_are_added_by_hand(cast):
    client = cast.client("office")
    client.post(reverse("accounts:class_create"), {"name": "Oak", "teacher": str(cast.teacher.pk)})
    oak = SchoolClass.objects.get()
    facts = {"name": "Ada Ash", "school_class": str(oak.pk)}
    client.post(reverse("accounts:pupil_create", args=[oak.pk]), facts)
    pupil = Pupil.objects.get()
    client.post(reverse("accounts:carer_create", args=[pupil.pk]), {"name": "Ann Ash", "email": "ANN@home.example"})
    assert standing() == [("Ada Ash", "Oak", [("Ann Ash", "ann@home.example")])]
    assert oak.teacher == cast.teacher
    page = client.get(oak.get_absolute_url()).content.decode()
    assert "Ada Ash" in page and "Ann Ash" in page
    assert {row.history_user_id for row in Pupil.history.all()} == {cast.user("office").pk}


def test_a_carer_without_an_address_is_one_of_a_child_however_often_the_button_is_pressed(cast, oak, office):
    ada, ben = (families.add_pupil(school_class=oak, by=office, name=name) for name in ("Ada Ash", "Ben Ash"))
    for _ in range(2):
        cast.client("office").post(reverse("accounts:carer_create", args=[ada.pk]), {"name": "Ann Ash"})
    assert Carer.objects.count() == 1
    families.add_carer(ben, by=office, name="Ann Ash")
    assert Carer.objects.count() == 2


def test_two_classes_of_one_name_are_refused_with_words(cast, oak):
    page = cast.client("office").post(reverse("accounts:class_create"), {"name": "oak"})
    assert "There is a class called oak already." in page.content.decode()
    assert SchoolClass.objects.count() == 1


def test_a_number_is_one_childs_alone(cast, oak, office):
    families.add_pupil(school_class=oak, by=office, name="Ada Ash", school_number="1")
    facts = {"name": "Ben Birch", "school_class": str(oak.pk), "school_number": "1"}
    page = cast.client("office").post(reverse("accounts:pupil_create", args=[oak.pk]), facts)
    assert "Another child has the number 1 already." in page.content.decode()


def test_a_class_with_children_does_not_end_and_an_empty_one_does(cast, oak, office):
    client = cast.client("office")
    pupil = families.add_pupil(school_class=oak, by=office, name="Ada Ash")
    client.post(reverse("accounts:class_end", args=[oak.pk]))
    assert SchoolClass.objects.present().exists()
    client.post(reverse("accounts:pupil_leave", args=[pupil.pk]))
    client.post(reverse("accounts:class_end", args=[oak.pk]))
    assert not SchoolClass.objects.present().exists()


def test_with_the_last_child_the_carer_leaves_and_their_address_is_forgotten(cast, oak, office):
    ada, ben = (families.add_pupil(school_class=oak, by=office, name=name) for name in ("Ada Ash", "Ben Ash"))
    carer = families.add_carer(ada, by=office, name="Ann Ash", email="ann@home.example")
    assert families.add_carer(ben, by=office, name="Ann Ash", email="Ann@home.example") == carer
    client = cast.client("office")
    client.post(reverse("accounts:pupil_leave", args=[ada.pk]))
    carer.refresh_from_db()
    assert carer.left_on is None
    client.post(reverse("accounts:pupil_leave", args=[ben.pk]))
    carer.refresh_from_db()
    assert carer.left_on is not None and carer.email == ""
    assert client.get(reverse("accounts:pupil_edit", args=[ada.pk])).status_code == 404
    assert client.get(reverse("accounts:carer_edit", args=[carer.pk])).status_code == 404


def test_a_carer_is_changed_and_then_asked_no_more(cast, oak, office):
    pupil = families.add_pupil(school_class=oak, by=office, name="Ada Ash")
    carer = families.add_carer(pupil, by=office, name="Ann Ash", email="ann@home.example")
    client = cast.client("office")
    client.post(reverse("accounts:carer_edit", args=[carer.pk]), {"name": "Ann Oak", "email": "oak@home.example"})
    carer.refresh_from_db()
    assert (carer.name, carer.email) == ("Ann Oak", "oak@home.example")
    client.post(reverse("accounts:carer_leave", args=[carer.pk]))
    assert not Carer.objects.present().exists()


@pytest.mark.parametrize("role", ["teacher", "governor", "dsl", "deputy_head"])
def test_whoever_may_not_manage_families_is_refused_by_the_verbs_too(cast, oak, role):
    post = cast.post(role)
    assert not holds(post, "manage_families")
    with pytest.raises(NotAllowed):
        families.add_pupil(school_class=oak, by=post, name="Ada Ash")
    with pytest.raises(NotAllowed):
        families.open_family_import(file_name="x.csv", content=FILE.encode(), by=post)


def test_another_school_can_neither_find_nor_change_a_class(cast, oak):
    stranger = cast.client("office", "elmwood")
    assert stranger.get(oak.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        families.add_pupil(school_class=oak, by=cast.post("office", "elmwood"), name="Ada Ash")
    facts = {"name": "Elm", "teacher": str(cast.teacher.pk)}
    page = stranger.post(reverse("accounts:class_create"), facts)
    assert page.status_code == 200 and SchoolClass.objects.count() == 1


def test_a_teacher_of_another_school_teaches_no_class_here(cast, office):
    with pytest.raises(Refused):
        families.add_class(school=office.school, by=office, name="Elm", teacher=cast.post("teacher", "elmwood"))


def test_a_class_of_fifty_costs_no_more_queries_than_one_of_one(cast, oak, office):
    client = cast.client("office")
    client.get(oak.get_absolute_url())
    counts = []
    for number in range(50):
        pupil = families.add_pupil(school_class=oak, by=None, name=f"Child {number}")
        families.add_carer(pupil, by=None, name=f"Carer {number}", email=f"carer{number}@home.example")
        if number in (0, 49):
            for address in (oak.get_absolute_url(), reverse("accounts:class_list")):
                with CaptureQueriesContext(connection) as queries:
                    client.get(address)
                counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_a_first_list_of_any_length_costs_the_same_queries_and_leaves_a_sound_history(cast):
    def cost(numbers):
        rows = [
            f"Fore{n},Sur{n},Class {n % 3},{n},Ann {n},ann{n}@home.example,Abe,shared@home.example" for n in numbers
        ]
        shown = upload(cast.client("office"), "\n".join([FILE.splitlines()[0].removesuffix(",Free meals"), *rows]))
        with CaptureQueriesContext(connection) as queries:
            families.import_families(
                FamilyImport.objects.latest("created_at"), by=cast.office, digest=shown.context["digest"]
            )
        return len(queries)

    # The second list finds the classes there, and Abe.
    first = cost(range(3))
    assert cost(range(10, 60)) <= first
    assert Pupil.objects.count() == 53 and Carer.objects.count() == 54
    abe = Carer.objects.get(name="Abe")
    assert [row.pupils.count() for row in abe.history.all()] == [53, 3, 0]
    assert {row.history_change_reason for row in abe.history.all()} == {families.REASON}
    assert {row.history_user_id for row in abe.history.all()} == {cast.office.user_id}
    assert not list(drifts())
    chain.seal_new_rows(everywhere=True)
    assert not [found for found in Proof().findings() if "carer" in found.table or "pupil" in found.table]
