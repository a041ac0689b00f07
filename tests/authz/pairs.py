"""Pairs of somebody of one school and something of another: each is asked for, and none may be found or written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.utils import user_pk_to_url_str
from django.apps import apps
from django.core import signing
from django.db import connection, models
from django.urls import reverse

from accounts.inviting import invite, token_of
from accounts.models import AccessLog, Federation, Guess, Role, School, User
from accounts.services.passwords import PasswordTokens
from channels_mgmt.models import RefusedAttempt
from policyportal.audited import KINDS
from policyportal.lib import paging
from tests.authz.forms import PageForm, forms_of
from tests.authz.table import ROWS, VARIANTS, Row, addresses, roles_in
from tests.stage import Stage

HOME = "oakfield"
OTHERS = ["elmwood", "riverside"]
PARAMETERS = addresses()
THINGS = [row for row in ROWS + VARIANTS if row.thing and not row.public]
# Sign-ins, and what records that somebody looked or was turned away, are written by being turned away.
MAY_GROW = {
    "django_session",
    "usersessions_usersession",
    RefusedAttempt._meta.db_table,
    AccessLog._meta.db_table,
    Guess._meta.db_table,
}
CONDITIONS = {
    "If-None-Match": "*",
    "If-Modified-Since": "Sat, 01 Jan 2050 00:00:00 GMT",
    "Range": "bytes=0-3",
    "If-Match": "*",
}


@dataclass(frozen=True)
class Pair:
    """What somebody of another school asks for."""

    role: str
    school: str
    what: str
    address: str
    method: str = "get"
    data: dict[str, Any] = field(default_factory=dict, hash=False)
    headers: dict[str, str] = field(default_factory=dict, hash=False)


def everything() -> dict[str, list]:
    """Return every row of every table of the portal, as the database holds it."""
    tables = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(set(tables) - MAY_GROW):
            cursor.execute(f'select * from "{table}"')
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def some(roles: frozenset[str], most: int = 2) -> list[str]:
    """Return the first few of the roles that may do a thing at home, in the order of roles' names."""
    return sorted(roles)[:most]


def by_path(stage: Stage) -> Iterator[Pair]:
    """The address of a thing, looked at and acted on, as whoever may do so at home."""
    for school in OTHERS:
        for row in THINGS:
            for role in some(row.open_to):
                url = row.url(stage.oakfield, PARAMETERS[row.page])
                if not row.has_no("get"):
                    yield Pair(role, school, row.id, url)
                if not row.has_no("post"):
                    yield Pair(role, school, row.id, url, "post", {"step": "close", "reason": "x", "confirm": "on"})


def by_header(stage: Stage) -> Iterator[Pair]:
    """The address of a thing, with headers by which a browser asks whether its copy is still good, or for a part."""
    for row in THINGS:
        if row.has_no("get") or not row.open_to:
            continue
        for name, value in CONDITIONS.items():
            url = row.url(stage.oakfield, PARAMETERS[row.page])
            yield Pair(some(row.open_to)[0], "riverside", f"{row.id} {name}", url, headers={name: value})


def by_file(stage: Stage) -> Iterator[Pair]:
    """A file of the other school, by its own address and under an incident of one's own."""
    for school in OTHERS:
        own = stage.planted[school]
        for row in THINGS:
            if row.page == "incidents:evidence_download" and row.open_to:
                file = stage.oakfield.ids[row.extra["evidence_pk"]]
                crossed = reverse(row.page, args=[own.ids[row.thing], file])
                for headers in ({}, {"Range": "bytes=0-9"}):
                    for role in some(row.open_to):
                        yield Pair(role, school, f"{row.id} crossed", crossed, headers=headers)
                        yield Pair(role, school, f"{row.id} crossed", crossed, "head", headers=headers)
        capture = reverse("moderation:capture_download", args=[stage.oakfield.ids["capture"]])
        for headers in ({}, {"Range": "bytes=0-9"}):
            yield Pair("office", school, "capture", capture, headers=headers)


def by_query(stage: Stage) -> Iterator[Pair]:
    """What belongs to the other school in the query of one's own lists: filters, marks of a page, where to go next."""
    marks = [f"{kind.slug}/{pk}/1" for kind in KINDS for pk in stage_ids(kind.model)[:1]]
    for mark in marks:
        for side in ("after", "before"):
            yield Pair("headteacher", "riverside", "history", f"{reverse('portal:audit')}?{side}={mark}")
    signed = [signing.dumps([moment, pk], salt=paging.__name__) for moment, pk in _moments(stage)]
    lists = [row for row in ROWS if not row.thing and not row.public and row.method == "get"]
    for row in lists:
        for role in some(row.open_to, 1):
            url = row.url(stage.planted["riverside"], PARAMETERS[row.page])
            for mark in signed:
                yield Pair(role, "riverside", row.id, f"{url}{'&' if '?' in url else '?'}after={mark}")
    for role, school, row, form in own_forms(stage, "get"):
        for name, _, theirs in swaps(form):
            values = {**{key: one[0] for key, one in form.values.items()}, name: theirs}
            yield Pair(role, school, f"{row.id} {name}", f"{form.action.split('?')[0]}?{urlencode(values)}")


def _moments(stage: Stage) -> list[tuple[str, str]]:
    """Return marks of a page as a list of the other school would make them, for the newest and the oldest."""
    pk = str(stage.oakfield.ids["confidential"])
    return [(moment, pk) for moment in ("2050-01-01T00:00:00+00:00", "2000-01-01T00:00:00+00:00")]


def by_field(stage: Stage) -> Iterator[Pair]:
    """A form of one's own school, sent with what its choices would offer in the other."""
    for role, school, row, form in own_forms(stage, "post"):
        for name, _, theirs in swaps(form):
            sent = form.with_(**REVEALED_BY.get(name, {}), **{name: [theirs]})
            yield Pair(role, school, f"{row.id} {name}", form.action, "post", sent)


# Fields that count only where another says so.
REVEALED_BY = {"person": {"about": ["staff"]}, "responsible": {"has_agency": ["yes"]}}


def by_bulk(stage: Stage) -> Iterator[Pair]:
    """A list in one field, with something of one's own before what is the other school's."""
    for role, school, row, form in own_forms(stage, "post"):
        for name, own, theirs in swaps(form):
            sent = form.with_(**REVEALED_BY.get(name, {}), **{name: [own, theirs]})
            yield Pair(role, school, f"{row.id} {name}", form.action, "post", sent)


def by_csv(stage: Stage) -> Iterator[Pair]:
    """Downloads of one's own school, filtered by people and kinds of the other."""
    people = stage_ids(User)
    for school in OTHERS:
        for role in some(roles_in(["leaders", "safeguarding", "chair", "trust_officer"]), 7):
            for person in ("", *people[:2]):
                yield Pair(role, school, "export", f"{reverse('portal:audit_export')}?person={person}")


def by_invitation(stage: Stage) -> Iterator[Pair]:
    """An invitation to the other school, opened by whoever is signed in elsewhere, and then taken up."""
    post = stage.cast.post("volunteer")
    post.accepted_at = None
    post.save()
    link = reverse("accounts:invitation_open", args=[token_of(invite(post))])
    for school in OTHERS:
        for role in Role.values:
            yield Pair(role, school, "opened", link)
            yield Pair(role, school, "taken up", reverse("accounts:invitation_accept"), "post")


def by_reset(stage: Stage) -> Iterator[Pair]:
    """A link to a new password whose person is of the other school and whose secret is one's own."""
    theirs = user_pk_to_url_str(stage.cast.user("headteacher"))
    for school in OTHERS:
        for role in Role.values:
            own = PasswordTokens().make_token(stage.cast.user(role, school))
            link = reverse("account_reset_password_from_key", kwargs={"uidb36": theirs, "key": own})
            yield Pair(role, school, "opened", link)
            yield Pair(role, school, "sent", link, "post", {"new": "quite another passphrase"})


def by_history(stage: Stage) -> Iterator[Pair]:
    """The history of a thing of every kind, by its permanent address."""
    for school in OTHERS:
        for kind in KINDS:
            for pk in stage_ids(kind.model)[:1]:
                yield Pair("headteacher", school, kind.slug, reverse("portal:audit_entry", args=[kind.slug, pk, 1]))


def own_forms(stage: Stage, method: str) -> Iterator[tuple[str, str, Row, PageForm]]:
    """Return every form on the pages of one's own school, each as the first role that may open its page."""
    for row in ROWS + VARIANTS:
        if row.method != "get" or row.public:
            continue
        for role in some(row.open_to, 1):
            client = stage.cast.client(role, "riverside")
            url = row.url(stage.planted["riverside"], PARAMETERS[row.page])
            page = client.get(url)
            if page.status_code == 200 and "html" in page.get("Content-Type", "") and not page.streaming:
                for form in forms_of(page.content.decode(), url):
                    if form.method == method:
                        yield role, "riverside", row, form


def swaps(form: PageForm) -> Iterator[tuple[str, str, str]]:
    """Return for each field that names a row: the field, the row that it offers, and one of the other school."""
    for name, offered in [*form.choices.items(), *((key, one) for key, one in form.values.items())]:
        for own in offered:
            theirs = twin_of(own)
            if theirs:
                yield name, own, theirs
                break


def twin_of(value: str) -> str | None:
    """Return a row of the other school that is of the same model as the row with this key, or None."""
    try:
        key = UUID(value)
    except ValueError:
        return None
    for model in with_random_keys():
        if model._base_manager.filter(pk=key).exists():
            return next(iter(stage_ids(model)), None)
    return None


def with_random_keys() -> list[type[models.Model]]:
    """Return the models whose rows are addressed by a random key."""
    return [
        model
        for model in apps.get_models()
        if isinstance(model._meta.pk, models.UUIDField) and not model.__name__.startswith("Historical")
    ]


# How a row of each model leads to its school, the nearest first.
WAYS = ("school", "memberships__school", "schools", "policy__schools", "version__policy__schools")


def stage_ids(model: type[models.Model]) -> list[str]:
    """Return the keys of a model's rows that belong to the school `HOME`."""
    if model is Federation:
        # It is both schools' own.
        return []
    if model is School:
        return [str(School.objects.get(slug=HOME).pk)]
    for way in WAYS:
        if way.split("__")[0] in {field.name for field in model._meta.get_fields()}:
            rows = model._base_manager.filter(**{f"{way}__slug": HOME})
            return [str(pk) for pk in rows.order_by("pk").values_list("pk", flat=True)[:3]]
    return []
