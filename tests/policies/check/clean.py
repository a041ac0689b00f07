"""A policy of an invented school, written for the test: whole, dated, and at one with itself."""

from datetime import date

DAY = date(2026, 11, 20)
CLEAN = """Social media policy

Alder Brook Primary School

Approved by: Jane Fairweather, Chair of Governors
Date: 14 September 2026
Minute: 26/41
Last reviewed on: 14 September 2026
Next review due by: 14 September 2027

Contents

1. Purpose and scope\t2
2. Our official channels\t2
3. Personal use by staff\t3
4. What we ask of pupils\t4
5. Parents and carers\t4
6. When something goes wrong\t5
7. Training\t5
8. Monitoring and review\t6
9. Related policies\t6

1. Purpose and scope

This policy says how Alder Brook Primary School uses social media, and what we ask of everybody in our community.

It applies to staff, governors and volunteers, to pupils, and to parents and carers. Staff and parents read it and \
confirm that they have understood it.

1.1 Definition of social media

Social media means every service on which people share words, pictures or videos with others. It includes group \
messaging services.

2. Our official channels

The school has two official channels:

- Facebook: Alder Brook Primary School (public)
- ClassDojo: one class page for each class (private to parents)

The Facebook page is managed by the school office. The ClassDojo pages are managed by the class teachers. \
The headteacher decides who may post, and authorises each of them by name.

If you have an idea for a post, please speak to the school office.

2.1 Facebook

The school will post on Facebook:

- News of school events
- Reminders of dates
- Pictures of school trips, where each child's parent has given consent

The school will not post on Facebook:

- Names of pupils
- Political statements
- Advertisements for businesses unless they support a school event

2.2 ClassDojo

The school will post on ClassDojo:

- What a class has learned this week
- Homework and kit that is needed

The school will not post on ClassDojo:

- Messages about one pupil that other parents can see
- Advertisements for businesses unless they support a school event

2.3 Moderation

The office looks at comments each school day, and deletes the following within 24 hours of seeing them:

- Abusive or discriminatory comments
- Personal information
- Advertisements for businesses unless they support a school event

Whoever posts such a comment for the third time in a term is blocked by the headteacher. The headteacher writes to \
tell them why, and how they can still reach the school.

2.4 Pictures

We ask parents and carers for consent to each use of a picture, once a year. We post no picture of a child without it.

3. Personal use by staff

On their personal accounts, staff must not:

- Accept friend requests from pupils, unless the pupil is a member of their family and the headteacher has agreed
- Post pictures of pupils
- Speak for the school
- Discuss pupils, parents or colleagues

Staff must keep their passwords to themselves. Nobody at the school will ever ask for one.

Staff declare links with families to the headteacher when they join, and as soon as a new link arises.

A breach is dealt with under the Staff Code of Conduct.

4. What we ask of pupils

Most social media services have a minimum age of 13. Pupils do not use them at school.

Pupils should:

- Be kind to others online
- Tell an adult they trust when something worries them
- Ask before they share a picture of somebody else

What a pupil does online that hurts somebody is dealt with under the Behaviour Policy.

5. Parents and carers

Parents and carers should:

- Bring worries to the class teacher first, then to the headteacher
- Be respectful towards staff, pupils and other families
- Share pictures of their own child only

A parent who breaches these rules is asked by the headteacher to take the post down. If it stays, the headteacher \
sends a warning in writing.

6. When something goes wrong

Tell the Designated Safeguarding Lead at once when a child may be at risk, or the deputy when the lead is away.

The headteacher asks the author to remove a harmful post within 24 hours of the request, then reports it to the \
platform.

Where conduct may be criminal the school tells the police. It asks the person harmed how they would like to be \
supported.

7. Training

All staff are reminded of this policy at induction and at a briefing each September.

8. Monitoring and review

The headteacher checks each half-term how this policy is followed, and tells the governing board.

This policy is reviewed every year by the governing board.

9. Related policies

- Safeguarding Policy
- Behaviour Policy
- Staff Code of Conduct
- Data Protection Policy
- Complaints Policy
"""
