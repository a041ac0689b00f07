"""The review dashboard: how the policy works in practice, for those who answer for it."""

from functools import reduce
from operator import add

from django.core.cache import cache
from django.http import Http404
from django.shortcuts import render

from accounts.decorators import needs
from accounts.rules import holds
from incidents.models import About, Incident
from policyportal.figures import (
    NO_CATEGORY,
    Told,
    asked_year,
    due_in_words,
    incident_list_url,
    incidents_told,
    moderation_told,
    overseen_by,
    policy_figures,
    side_by_side,
    sum_of,
    true_figures,
    true_incidents,
)
from policyportal.lib.dates import today
from policyportal.releases import release_for

MOST_SECONDS_OLD = 60


@needs("view_dashboard")
def dashboard(request):
    """Reviews, acknowledgements, moderation and incidents; of several schools side by side and of each alone.

    Whoever may open the lists of the school worked in sees the true numbers with them first. What governors are told
    is the same for everybody.
    """
    posts = overseen_by(request.user)
    post = chosen_post(request, posts)
    release = release_for(post.school, today(), asked_year(request.GET.get("year", "")))
    policies = policy_figures(post)
    told, moderation = told_to_governors(post.school, release)
    bars = incident_bars(told)
    context = {
        "of_school": post.school,
        "policy_headers": ["Policy", "Review due", "How it stands", "Acknowledged"],
        "policies": [policy_row(one, post.school_id == request.membership.school_id) for one in policies],
        "moderation": moderation,
        "action_bars": [bar(label, cell) for label, cell in moderation.actions],
        "release": release,
        "years": [year_tab(request.GET, one, release) for one in release.years],
        "incident_total": told.shown.total.words,
        "incident_bars": bars,
        "drawn": len(told.periods) == 1 or any(amount for _, amount, _ in bars),
        **(by_term(told) if len(told.periods) > 1 else {}),
        "where_bars": [bar(label, cell) for label, cell in told.where],
        "about_bars": [bar(label, cell) for label, cell in told.about],
        # Lists are those of the school worked in.
        **(true_numbers(post, policies) if post.school_id == request.membership.school_id else {}),
    }
    if len(posts) > 1:
        context["schools"] = school_table(posts)
        context["tabs"] = [
            {"label": one.school.short_name, "url": f"?school={one.school.slug}", "current": one == post}
            for one in posts
        ]
    return render(request, "policyportal/dashboard.html", context)


def chosen_post(request, posts):
    """Return the post in the school that the address names, or in the one worked in; others are not there."""
    slug = request.GET.get("school") or request.membership.school.slug
    post = next((post for post in posts if post.school.slug == slug), None)
    if post is None:
        raise Http404
    return post


def told_to_governors(school, release):
    """Return incidents and moderation as governors are told them, at most a minute old: they are dear to count."""
    key = f"dashboard:{school.pk}:{release.year.starts}:{release.until}"
    return cache.get_or_set(key, lambda: (incidents_told(school, release), moderation_told(school)), MOST_SECONDS_OLD)


def policy_row(figure, here):
    """Shape a policy for the table of reviews and acknowledgements; its page opens in the school worked in."""
    version, told = figure.version, figure.told
    url = version.policy.get_absolute_url() if here else ""
    return [
        {"text": version.policy.title, "url": url, "hint": f"Version {version.number}"},
        due_in_words(version),
        {"text": figure.standing.label, "tone": figure.standing.tone, "hint": figure.standing.words},
        {"text": f"{told.done} of {told.asked}", "hint": f"{told.rate}, {told.owed} still to acknowledge"}
        if told
        else "Nobody is asked",
    ]


def true_numbers(post, policies):
    """Return the numbers as they are, each with its list, for whoever may open the lists."""
    if not holds(post, "view_ordinary_incidents"):
        return {}
    counted = true_incidents(post)
    by_status = {
        status: sum(numbers.get(status, 0) for numbers in counted.values())
        for status in (Incident.Status.REPORTED, Incident.Status.TRIAGED)
    }
    stats = [
        {"number": number, "label": f"Incidents: {status.label.lower()}", "url": incident_list_url(status)}
        for status, number in by_status.items()
    ]
    return {
        "stats": [*true_figures(post, policies), *stats],
        "category_headers": ["Category", *(status.label for status in Incident.Status)],
        "category_rows": [category_row(category, numbers) for category, numbers in counted.items()],
        "about_headers": ["Whom it is about", *(status.label for status in Incident.Status)],
        "about_rows": about_rows(post),
    }


def category_row(category, numbers):
    """Shape the incidents of one category, each number leading to its list; no filter names what has no category."""
    cells = [
        {"words": str(number), "url": incident_list_url(status, category=category) if category and number else ""}
        for status in Incident.Status
        for number in [numbers.get(status, 0)]
    ]
    return {"label": category or NO_CATEGORY, "cells": cells}


def about_rows(post):
    """Shape the incidents that this person may see by whom they are about, the wider community apart [HEA-08]."""
    counted = true_incidents(post, by="about")
    return [
        {
            "label": label,
            "cells": [about_cell(about, status, counted[about].get(status, 0)) for status in Incident.Status],
        }
        for about, label in About.choices
        if about in counted
    ]


def about_cell(about, status, number):
    """Shape one of these numbers, leading to the list that it counts."""
    return {"words": str(number), "url": incident_list_url(status, about=about) if number else ""}


def year_tab(query, year, release):
    """Shape a school year as a tab that keeps the school looked at."""
    kept = query.copy()
    kept["year"] = year.starts.year
    return {"label": year.label, "url": f"?{kept.urlencode()}", "current": year == release.year}


def by_term(told):
    """Shape incidents by category and term; of a single term the chart says it all."""
    rows = zip(told.categories, told.shown.rows, told.shown.row_totals, strict=True)
    return {
        "incident_headers": ["Category", *(period.label for period in told.periods), "All terms"],
        "incident_rows": [{"label": category, "cells": [*cells, total]} for category, cells, total in rows],
        "incident_sums": {"label": "All categories", "cells": [*told.shown.column_totals, told.shown.total]},
    }


def incident_bars(told):
    """Shape each category for the chart, drawn from what is told and nothing finer."""
    cells = told.shown.row_totals or [row[0] for row in told.shown.rows]
    return [bar(category, cell) for category, cell in zip(told.categories, cells, strict=True)]


def bar(label, cell):
    """Shape a figure as governors are told it for a chart."""
    return (label, cell.amount, cell.words)


def school_table(posts):
    """Return the schools side by side with their sum, where it may be told."""
    releases = {post.school_id: release_for(post.school, today()) for post in posts}
    rows = side_by_side(posts, releases)
    told = reduce(add, (row.told for row in rows), Told())
    return {
        "headers": ["School", "Policy review", "Acknowledged", "Rate", "Incidents this year"],
        "rows": [
            *(
                [
                    {"text": row.school.name, "url": f"?school={row.school.slug}"},
                    "; ".join(standing.label for standing in row.standings) or "No policy in force",
                    f"{row.told.done} of {row.told.asked}",
                    row.told.rate,
                    row.incidents.words,
                ]
                for row in rows
            ),
            ["All schools", "", f"{told.done} of {told.asked}", told.rate, sum_of([row.incidents for row in rows])],
        ],
    }
