"""The five real schools and the invented sixth, loaded as the demo loads them, without its activity."""

from django.test import Client
from django.utils import timezone

from accounts.models import Membership, School
from channels_mgmt.models import Channel
from policies.models import Clause, PolicyVersion
from policyportal.demo.load import load_all
from policyportal.lib.models import OutboxMail


class Schools:
    """Looks things up by a school's short web name; every lookup reads the database, so nothing is stale."""

    def school(self, slug: str) -> School:
        """Return a school."""
        return School.objects.get(slug=slug)

    def post(self, slug: str, role: str, name: str = "") -> Membership:
        """Return the most senior post of a role held now in a school, or that of the person named."""
        posts = Membership.objects.current().filter(school__slug=slug, user__name__startswith=name).holding(role)
        return posts.select_related("school", "user").order_by("seniority", "starts_on", "user__name")[0]

    def client(self, slug: str, role: str, name: str = "") -> Client:
        """Return a browser in which that person is signed in."""
        post = self.post(slug, role, name)
        client = Client()
        client.force_login(post.user)
        session = client.session
        session["membership"] = str(post.pk)
        session.save()
        return client

    def version(self, slug: str) -> PolicyVersion:
        """Return the version in force of the school's social media policy: the first that its file names."""
        in_force = PolicyVersion.objects.published().filter(policy__schools__slug=slug)
        return in_force.select_related("policy").order_by("policy__created_at")[0]

    def clause(self, code: str) -> Clause:
        """Return a clause in force by its mark, such as PWP-39."""
        return Clause.objects.select_related("version").get(code=code, version__status=PolicyVersion.Status.PUBLISHED)

    def channel(self, slug: str, platform: str) -> Channel:
        """Return a school's channel on a platform."""
        return Channel.objects.select_related("school", "platform").get(school__slug=slug, platform__name=platform)

    def __getattr__(self, name: str) -> School:
        """`schools.pennine_way`, `schools.the_grange`."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.school(name.replace("_", "-"))


def assemble_schools() -> Schools:
    """Store the schools, unless they are there, with no mail of theirs waiting, and return the lookups.

    None is sent: what leaves in a minute is limited, and would use up the minutes of the tests.
    """
    if load_all():
        OutboxMail.objects.waiting().update(superseded_at=timezone.now())
    return Schools()
