"""Every document of the corpus by its name; what is expected of it stands in `expected.txt`."""

from tests.support.corpus.forms import FORMS
from tests.support.corpus.harm import HARM
from tests.support.corpus.producers import elsewhere, plain

FILES = plain() | elsewhere() | FORMS | HARM
