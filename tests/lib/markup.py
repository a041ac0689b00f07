"""A page read back as its elements, so that tests ask about structure and not about spacing."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.template import Context, Template
from django.template.loader import render_to_string

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "rect", "source", "wbr"}


@dataclass
class Element:
    """One element: its tag, attributes, children, and the words inside it."""

    tag: str
    attrs: dict[str, str]
    parent: "Element | None" = None
    children: list["Element"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words inside, in order, spaces folded."""
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str = "", **attrs: str) -> list["Element"]:
        """Every element inside with this tag and these attributes (`cls` is one class among others)."""
        found = [element for child in self.children for element in [child, *child.all()]]
        cls = attrs.pop("cls", None)
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in found
            if (not tag or element.tag == tag)
            and (cls is None or cls in element.attrs.get("class", "").split())
            and all(element.attrs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", **attrs: str) -> "Element":
        """The only such element."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {attrs}"
        return found[0]

    def by_id(self, name: str) -> "Element":
        """The only element with this id."""
        return self.one(id=name)


class Reader(HTMLParser):
    """Builds the tree; a tag closed out of order fails the test that reads it."""

    def __init__(self):
        super().__init__()
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(element)
        if tag not in VOID:
            self.at = element

    def handle_startendtag(self, tag, attrs):
        self.at.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.at.tag == tag, f"</{tag}> closes <{self.at.tag}>"
        self.at = self.at.parent

    def handle_data(self, data):
        element = self.at
        while element is not None:
            element.words.append(data)
            element = element.parent


def parse(html: str) -> Element:
    """Return the tree of a whole piece of HTML."""
    reader = Reader()
    reader.feed(str(html))
    reader.close()
    assert reader.at is reader.root, f"<{reader.at.tag}> is never closed"
    return reader.root


def part(name: str, /, **variables) -> Element:
    """Return a part of a page, drawn with nothing but its own variables."""
    return parse(render_to_string(f"components/{name}.html", variables))


def drawn(source: str, **variables) -> Element:
    """Return a template written in the test."""
    return parse(Template(source).render(Context(variables)))


def drawn_form(form) -> Element:
    """Return a form or a set of forms as a page draws it."""
    return drawn("{% load crispy_forms_tags %}{% crispy form %}", form=form)
