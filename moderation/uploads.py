"""The guard on files that come with an item: none is read where a child may be shown."""

from django.urls import Resolver404, resolve

from moderation.models import Item
from policyportal.lib.uploads import FileGuard


class WordsOnlyGuard(FileGuard):
    """Drops files sent to the form of an item whose first question was not answered with no."""

    def must_drop(self) -> bool:
        """Tell by the address: the answer is a part of it."""
        try:
            match = resolve(self.request.path_info)
        except Resolver404:
            return False
        return match.view_name == "moderation:item_create" and match.kwargs["imagery"] != Item.Imagery.NO
