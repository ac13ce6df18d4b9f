"""Invented people and what they write about themselves; nobody here exists."""

from dataclasses import dataclass
from random import Random
from typing import Final

FIRST_NAMES: Final = (  # noqa: SIM905 - eighty quoted lines would say no more
    "Aaliyah Abena Adam Aisha Alice Amara Andrew Anjali Bethan Callum Carys Catherine Chidi "
    "Claire Connor Daniel David Deepak Dylan Eleanor Eilidh Emeka Emily Farah Fergus Fiona "
    "George Grace Gurpreet Hannah Harriet Harvinder Iain Imran Isla Jack Jasmine Joanna "
    "Kamal Karen Kwame Laura Leila Liam Lowri Malcolm Mariam Mei Mohammed Natasha Niamh "
    "Nikhil Olivia Owen Patrick Peter Priya Rachel Rhys Ricardo Ruth Samina Sean Shanice "
    "Siobhan Sophie Stephen Tariq Thomas Usha Victoria Wei William Yasmin Yusuf Zofia"
).split()

LAST_NAMES: Final = (  # noqa: SIM905 - eighty quoted lines would say no more
    "Adeyemi Ahmed Akhtar Ali Allen Bailey Begum Bennett Brown Byrne Campbell Carter Chan "
    "Chowdhury Clarke Cohen Cooper Davies Desai Diaz Doyle Edwards Evans Fernandez Fraser "
    "Gallagher Gill Green Griffiths Hall Harris Hassan Hughes Hussain Iqbal Jackson James "
    "Jones Kaur Kelly Khan Kowalska Lewis Lloyd MacDonald Malik Mensah Mitchell Morgan "
    "Murphy Nowak Nwosu Okafor O'Brien O'Connor Osei Owens Parker Patel Phillips Price "
    "Quinn Rahman Reid Richards Roberts Robinson Ryan Sandhu Scott Shah Singh Smith "
    "Stewart Taylor Thomas Thompson Turner Walker Walsh Watson Williams Wong Wright Young"
).split()

MAIL_DOMAINS: Final = ("example.org", "example.com", "example.net")

EMPLOYERS: Final = (
    "a borough council",
    "a bus operator",
    "a building society",
    "a car dealership",
    "a further education college",
    "a housing association",
    "an ambulance trust",
    "an insurance broker",
    "a logistics company",
    "a national charity",
    "a railway contractor",
    "a regional newspaper",
)

DUTIES: Final = (
    "Kept the records of every job up to date and corrected what others had left out.",
    "Planned the week for a team of six and agreed changes with them each morning.",
    "Wrote the monthly bulletin and doubled the number of people who open it.",
    "Inspected finished work against the standard and explained each finding on the spot.",
    "Ran the tender for parts and brought the yearly cost down by a ninth.",
    "Answered complaints within two days and reported what caused them.",
    "Introduced a shared checklist that halved the number of vehicles sent back.",
    "Trained four apprentices, all of whom have since qualified.",
    "Looked after a budget of two million pounds and closed each year within it.",
    "Moved the paper files to one register that everybody could search.",
)

STUDIES: Final = (
    "NVQ Level 3 in vehicle maintenance and repair.",
    "BA in English and Media, upper second class.",
    "Higher National Diploma in Business.",
    "Chartered Institute of Procurement and Supply, level 4.",
    "City and Guilds in light vehicle technology.",
    "A levels in mathematics, geography and art.",
)

REASONS: Final = (
    "I have wanted to work for London's police since an officer helped my family in 2009.",
    "Fleet work appeals to me because somebody's safety depends on it every single day.",
    "What draws me to this post is the mix of careful desk work and time with the teams.",
    "I am looking for a place where doing things properly matters more than doing them fast.",
    "The advert describes the very problems that I enjoy solving.",
)

EVIDENCE: Final = (
    (
        "Last spring two suppliers blamed each other for a fault; I laid out both reports, "
        "found the step that neither had written down, and the repeat repairs stopped."
    ),
    (
        "When our pages had grown stale I asked ten drivers what they looked for, rewrote "
        "twelve pages around their answers, and calls to the help desk fell by a third."
    ),
    (
        "I once told a director on the morning of the board that a figure was wrong; "
        "I brought the correction with me and we changed the paper before it was read."
    ),
    (
        "A colleague struggled with the new scheduling tool, so we worked through one real week "
        "together; within a month she was teaching it to the night shift."
    ),
    (
        "During the winter shortage I kept a daily list of what was off the road and why, so that "
        "everybody argued about priorities and no longer about facts."
    ),
    (
        "I noticed that the same invoice had been paid twice, traced eleven more, and agreed a "
        "check with finance that has caught every one since."
    ),
)


@dataclass(frozen=True, slots=True)
class Person:
    """An invented candidate."""

    name: str
    email: str


def invent(rng: Random, taken: set[str]) -> Person:
    """Make up a person whose name has not been used yet."""
    while True:
        name = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"
        if name not in taken:
            taken.add(name)
            address = name.lower().replace(" ", ".").replace("'", "")
            return Person(name, f"{address}@{rng.choice(MAIL_DOMAINS)}")


def curriculum_vitae(person: Person, rng: Random) -> tuple[str, ...]:
    """Write a short career, latest post first."""
    lines = [person.name, "Employment"]
    until = 2025
    for employer in rng.sample(EMPLOYERS, 3):
        since = until - rng.randint(2, 6)
        lines += [f"{since} to {until}, {employer}.", *rng.sample(DUTIES, 2)]
        until = since
    return (*lines, "Education", *rng.sample(STUDIES, 2))


def personal_statement(person: Person, title: str, rng: Random) -> tuple[str, ...]:
    """Explain the interest in the post and the evidence for it (D6)."""
    return (
        f"{person.name}, for the post of {title}",
        *rng.sample(REASONS, 2),
        *rng.sample(EVIDENCE, 2),
        "I would be glad to tell you more at an interview.",
    )
