"""What anybody may know of a school's channels and of minimum ages, for public pages and guides."""

from typing import Any

from django import template

from accounts.models import School
from channels_mgmt import selectors

register = template.Library()


@register.inclusion_tag("channels_mgmt/official_channels.html")
def official_channels(school: School) -> dict[str, Any]:
    """List the school's official channels: public ones with their address, private ones as private, without one."""
    return {"channels": selectors.official_channels(school)}


@register.inclusion_tag("channels_mgmt/minimum_ages.html")
def minimum_ages(school: School) -> dict[str, Any]:
    """List how old one must be for each platform, where the school states it."""
    return {"platforms": selectors.platforms_with_age(school)}
