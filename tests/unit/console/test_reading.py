"""What a recruiter sees of an advert that was read."""

from services.console.reading import lines
from tests.support.adverts import advert, read_vacancy


def test_A2_the_top_of_the_scale_is_shown_as_basic_and_in_all():
    said = " ".join(lines(read_vacancy(advert())))
    assert "top of the scale \u00a332,150 basic, \u00a334,550 in all" in said
