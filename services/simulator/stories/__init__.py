"""Every kind of application that matters: what its candidate does and how it must end."""

from typing import Final

from services.simulator.stories.documents import DOCUMENTS
from services.simulator.stories.leaving import LEAVING
from services.simulator.stories.sending import LET_IN, SENDING
from services.simulator.stories.story import Story

ORDINARY: Final = Story(name="ordinary", why="complete and eligible")

STORIES: Final = (*DOCUMENTS, *LEAVING, *SENDING)

EXTENDED: Final = (LET_IN,)
"""Stories of a vacancy whose closing is extended."""
