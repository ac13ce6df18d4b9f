"""The words of three people, and of a document that is too close to another."""

CV = "Curriculum Vitae"
STATEMENT = "Personal Statement"

TITLES = {"cv": CV, "statement": STATEMENT}

WORDS = {
    ("1", "cv"): (
        "Vehicle fitter with eleven years in bus depots and a small fleet workshop.",
        "Inspection and repair of diesel and electric vehicles, brake testing, and work orders.",
        "Team leader of four fitters since 2021; responsible for the rota and for safe storage.",
        "City and Guilds Level 3 in vehicle maintenance; forklift licence; first aider.",
    ),
    ("1", "statement"): (
        "I am applying because the vehicles of a police service have to be right every time.",
        (
            "In the depot I found that one bus in ten came back with the same fault, so I changed "
            "how we hand work over, and within three months it was one in forty."
        ),
        "I would bring that habit of asking why, and I enjoy teaching people who are new.",
    ),
    ("2", "cv"): (
        "Communications officer, six years in local government and a housing charity.",
        "Newsletters, an intranet for 1,200 colleagues, photography, and answers to the press.",
        "Ran the campaign that doubled the number of tenants who report repairs online.",
        "Degree in English; diploma in public relations; Welsh as a second language.",
    ),
    ("2", "statement"): (
        "Plain words save time, and in fleet services time keeps officers on the road.",
        (
            "When the charity moved house I wrote one page a week that told everyone what would "
            "change and what would not; nobody missed the move, and the help desk was quiet."
        ),
        "I should like to do the same for colleagues who never sit at a desk.",
    ),
    ("3", "cv"): (
        "Head of support, responsible for 140 people and a budget of nine million pounds.",
        "Led procurement of a new fleet system and its introduction at eleven sites.",
        "Reduced sickness absence by a third together with staff and their unions.",
        "Member of the Chartered Management Institute; trustee of a school.",
    ),
    ("3", "statement"): (
        "I want to lead support services where the purpose is beyond doubt.",
        (
            "My largest change brought five departments under one roof; I spoke with every team "
            "before it was decided, and two of their proposals became part of the plan."
        ),
        "Staff say that I listen first and then decide, and that decisions hold.",
    ),
}

COVER = ("Dear hiring manager, please find below why I am the right person for this work.",)


def of(person, part):
    """Return the title and the paragraphs of one document of one person."""
    return TITLES[part], WORDS[person, part]
