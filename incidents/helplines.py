"""Who else helps, in England: national facts, each with where it was read."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Helpline:
    """One service: whom it is for, in words for them, and how it is reached."""

    name: str
    for_children: str
    for_adults: str
    source: str
    telephone: str = ""
    address: str = ""
    # The day on which a person looked at the service itself; None while all we have is what others wrote.
    last_checked: date | None = None


EMERGENCY = Helpline(
    name="Police and ambulance",
    for_children="If you or another child are in danger now, call 999.",
    for_adults="If a child is in danger now, call 999.",
    telephone="999",
    source="https://www.gov.uk/guidance/999-and-112-the-uks-national-emergency-numbers",
)
CHILDLINE = Helpline(
    name="Childline",
    for_children="You can talk to Childline about anything. It is free and private.",
    for_adults="A child can talk to Childline about anything, free and in private.",
    telephone="0800 1111",
    address="https://www.childline.org.uk/",
    source="https://www.childline.org.uk/get-support/contacting-childline/",
)
REPORT_REMOVE = Helpline(
    name="Report Remove",
    for_children="Is the picture of you? Report Remove can try to get it taken off the internet.",
    for_adults="A child who is in the picture can ask Report Remove to try to get it taken off the internet.",
    address="https://www.childline.org.uk/info-advice/bullying-abuse-safety/online-mobile-safety/report-remove/",
    source="https://www.iwf.org.uk/what-we-do/why-we-exist/report-remove",
)
CEOP = Helpline(
    name="CEOP",
    for_children="Did somebody ask you for pictures, or make you do things online? CEOP are police who help children.",
    for_adults="Sexual abuse or grooming of a child online can be reported to CEOP, which is part of the police.",
    address="https://www.ceop.police.uk/Safety-Centre/",
    source="https://www.ceop.police.uk/Safety-Centre/",
)
# Shown where a report may be about such a picture.
FOR_IMAGERY = (REPORT_REMOVE, CEOP, CHILDLINE)
