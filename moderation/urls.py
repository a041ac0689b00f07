"""The addresses of moderation: the queue, one item, its captures, an author, blocks."""

from django.urls import path, register_converter

from moderation.models import Item
from moderation.views import authors, items

app_name = "moderation"


class ImageryConverter:
    """The answer to the first question, as a part of the address."""

    regex = "|".join(Item.Imagery.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ImageryConverter, "imagery")

urlpatterns = [
    path("moderation/", items.item_list, name="item_list"),
    path("moderation/record/", items.item_begin, name="item_begin"),
    path("moderation/record/<imagery:imagery>/", items.item_create, name="item_create"),
    path("moderation/items/<uuid:pk>/", items.item_detail, name="item_detail"),
    path("moderation/items/<uuid:pk>/recorded/", items.item_recorded, name="item_recorded"),
    path("moderation/items/<uuid:pk>/decide/", items.item_step, name="item_step"),
    path("moderation/captures/<uuid:pk>/", items.capture_download, name="capture_download"),
    path("moderation/authors/<uuid:pk>/", authors.author_detail, name="author_detail"),
    path("moderation/authors/<uuid:pk>/contact/", authors.contact_create, name="contact_create"),
    path("moderation/contacts/<uuid:pk>/", authors.contact_outcome, name="contact_outcome"),
    path("moderation/authors/<uuid:pk>/block/", authors.block_create, name="block_create"),
    path("moderation/blocks/<uuid:pk>/", authors.block_step, name="block_step"),
]
