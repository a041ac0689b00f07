"""A school with one of everything, long names and fifty rows in its lists, and who looks at which page of it."""

from uuid import uuid4

from django.conf import settings

from accounts.notifications import notify
from accounts.services import give_post, register_person
from channels_mgmt import services as channels
from channels_mgmt.links import declare_link
from incidents.models import About, Report
from incidents.services.reports import file_report
from moderation.services import record_item
from policies import services as policies
from tests.authz.table import ROWS, VARIANTS, Row, addresses
from tests.cast import Cast
from tests.journeys.visitor import Visitor
from tests.planted import Planted, plant

PARAMETERS = addresses()
# Files, and answers to machines.
NOT_PAGES = {
    "portal:audit_export",
    "accounts:family_import_left_out",
    "accounts:staff_import_left_out",
    "policies:acknowledgement_export",
    "policies:calendar_feed",
    "session_alive",
    "moderation:capture_download",
    "incidents:evidence_download",
    "healthz",
    "healthz_deep",
}
# As long as names get, with a word that does not break; some columns hold 80 characters.
LONG = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Cholmondeley"
ROWS_IN_A_LIST = 50
# Between them they may open every page.
LOOKERS = (
    "headteacher",
    "senior_leader",
    "dsl",
    "office",
    "chair",
    "teacher",
    "support_staff",
    "trust_officer",
    "dpo",
    "technical_administrator",
)


def fill(cast: Cast) -> Planted:
    """Plant a school, and make what is there long and much."""
    planted = plant(cast, "oakfield")
    school, head, office, teacher = cast.school(), cast.headteacher, cast.office, cast.teacher
    platform = channels.list_platform(school=school, by=head, name=f"{LONG} platform")
    rooms = [
        channels.open_channel(
            school=school,
            by=head,
            platform=platform,
            name=f"{number} {LONG}",
            audience="public",
            managing_roles=["senior_leader"],
            authorising_roles=["headteacher"],
        )
        for number in range(ROWS_IN_A_LIST)
    ]
    policy = policies.record_policy(title=f"Policy of {LONG}", schools=[school], by=head)
    policies.draft_version(policy, by=head, approver_kind="person", approver_name=LONG)
    for number in range(ROWS_IN_A_LIST):
        user = register_person(email=f"{number}.{LONG[:30].lower()}@oakfield.example", name=f"{LONG} {number}")
        give_post(user=user, school=school, role="teacher", starts_on=teacher.starts_on, job_title=LONG)
        record_item(channel=rooms[0], by=office, words=f"{LONG} said {number}", author_handle=f"{LONG}{number}")
        file_report(
            school=school,
            reporter_kind=Report.Reporter.STAFF,
            by=teacher,
            words=LONG,
            about=About.PARENT,
            who=LONG,
            form_token=uuid4(),
        )
        notify(user=teacher.user, school=school, event="told", subject=LONG, path="/", key=f"told:{number}")
        declare_link(by=teacher, pupil_name=f"{LONG} {number}", relation=LONG, platforms=LONG)
    return planted


def by_whom() -> dict[str, list[Row]]:
    """Return the pages by who looks: a stranger at what is public, else whoever may and has least to look at."""
    found = {name: [] for name in ("", *LOOKERS)}
    for row in ROWS + VARIANTS:
        if row.method != "get" or row.page in NOT_PAGES or row.allowed == (302,):
            continue
        may = [role for role in LOOKERS if role in row.open_to]
        if row.public:
            found[""].append(row)
        elif row.open_to:
            found[min(may, key=lambda role: len(found[role]))].append(row)
    return found


def paths_for(role: str, planted: Planted) -> list[str]:
    """Return the addresses that somebody of this role looks at."""
    return [row.url(planted, PARAMETERS[row.page]) for row in by_whom()[role]]


def enter_as(visitor: Visitor, role: str) -> None:
    """Sign the visitor in as the person of this role; without a role they stay a stranger."""
    if role:
        session = Cast().client(role).cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": visitor.address}
        visitor.page.context.add_cookies([cookie])
