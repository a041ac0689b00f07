"""A sixth policy, of no school there is: another order, other headings, other words and other shapes of dates."""

TEXT = """\
Version 3.1

Saltmarsh Hill Primary School and Fenwick Lane Nursery School

The Estuary Learning Trust

"Look up, look out, look after"

Getting it right online: our policy for social media

Owner: Communications officer

How this document is kept alive

This policy was approved by the Pupils and Community Committee on Thursday 3rd July 2025 and last revised in
Summer 2025. It will next be reviewed in Spring 2027. We look at it again every two years, weighing up new
platforms, what families tell us and the time it takes. It is reviewed sooner if the law changes, after a serious
incident, or when the Department publishes new guidance. Before any change we consult parents, staff and the school
council.

Everyone who works or volunteers here is asked to read this policy each September and to sign to say so; parents
confirm on the enrolment form that they have read it.

Where you can find us

We have three places online:

* X (@SaltmarshFenwick), open to everyone
* Instagram, open to everyone
* Seesaw, only for parents

The communications officer looks after these accounts together with the school office. The head of school at each
site decides who may post. Ideas for something to share are welcome: send them to the school office.

What you will see on our pages

On our pages you can expect to see:

* news of clubs, trips and performances
* dates for the diary
* thank-yous to people who help us

What you will never see on our pages:

* a child's surname beside a picture
* anything about a child's health
* party politics
* fund-raising for anybody but the two schools

What we take down

We take down straight away:

* insults
* anything that names a child
* advertising

A post that troubles a family comes down within 48 hours of their asking. Following others: on X we follow other
schools and museums, never a parent and never a pupil.

Pictures

We publish photographs of children on our pages unless a parent tells us otherwise in writing.

Children

Instagram is for people aged 13 and over, and WhatsApp is not for anyone under 13. A child who is unkind online is
dealt with under our relationships policy.

Families

Concerns about what a parent has written online are dealt with under the parent code of conduct. If you are unhappy
with us, our complaints procedure is there for you.

Adults who work here

Anything that an adult posts and that breaks these rules is looked into under the disciplinary procedure. Report any
message from a pupil to the designated safeguarding lead. Questions about this policy go to the communications
officer.

New colleagues hear about it in their induction, and everybody takes part in online safety training each autumn.

Other papers that belong with this one

This policy should be read alongside our safeguarding, whistleblowing and mobile phone policies. It follows Keeping
Children Safe in Education (2025), the Data Protection Act 2018 and the Online Safety Act 2023.

Signed: Amara Feld, Chair of Trustees    Date: 7 July 2025
"""

STATED = {
    "title": ["Getting it right online: our policy for social media"],
    "school": ["Saltmarsh Hill Primary School", "Fenwick Lane Nursery School"],
    "federation": ["The Estuary Learning Trust"],
    "website": [],
    "motto": ["Look up, look out, look after"],
    "issued": [],
    "version": ["3.1"],
    "approver": ["committee | Pupils and Community Committee | "],
    "approved_on": ["Thursday 3rd July 2025 | 2025-07-03 | day"],
    "signed": ["7 July 2025 | Amara Feld, Chair of Trustees"],
    "last_reviewed_on": ["Summer 2025 | 2025-08-31 | season"],
    "review_due_on": ["Spring 2027 | 2027-04-30 | season"],
    "cycle": ["24"],
    "review_trigger": ["legislation", "guidance", "incident"],
    "review_question": ["New platforms", "What families tell us", "The time it takes"],
    "consults": ["parents", "staff", "school council"],
    "acknowledged_by": ["staff, parents"],
    "channel": ["X | public", "Instagram | public", "Seesaw | private"],
    "managed_by": ["Communications officer and school office"],
    "authorised_by": ["Head of school"],
    "suggestions_to": ["School office"],
    "channel_rule": [
        "may | may |  | news",
        "may | may |  | dates",
        "may | may |  | thank-yous",
        "never | will |  | a",
        "never | will |  | anything",
        "never | will |  | party",
        "never | will |  | fund-raising",
        "remove | will |  | insults",
        "remove | will |  | anything",
        "remove | will |  | advertising",
    ],
    "procedure": [
        "pupil | Relationships policy",
        "parent | Parent code of conduct",
        "staff | Disciplinary procedure",
    ],
    "contact": [
        "complaints | Complaints procedure",
        "safeguarding | Designated safeguarding lead",
        "questions | Communications officer",
    ],
    "role": [
        "Communications officer",
        "Committee of governors",
        "Office staff",
        "Head of School",
        "Designated safeguarding lead",
        "Chair of governors",
        "Staff",
        "Volunteers",
        "Pupils",
        "Parents and carers",
    ],
    "related_policy": [
        "Safeguarding policy | listed",
        "Whistleblowing policy | listed",
        "Mobile phone policy | listed",
        "Relationships policy | body",
        "Parent code of conduct | body",
        "Complaints procedure | body",
        "Disciplinary procedure | body",
    ],
    "legislation": ["Data Protection Act 2018 | 2018", "Online Safety Act 2023 | 2023"],
    "guidance": ["Keeping Children Safe in Education | 2025 | "],
    "platform": ["X", "Instagram", "Seesaw", "WhatsApp"],
    "minimum_age": ["Instagram | 13", "WhatsApp | 13"],
    "deadline": ["48"],
    "training": ["Induction", "Online safety training"],
    "consent": ["opt_out | photos"],
}
