"""What the pretend careers site advertises is what the real adverts print."""

from services.simulator.adverts import ADVERTS
from shared.contracts.vacancies import CriterionKind


def test_K6_K8_K15_requirements_are_published_as_printed_and_none_is_invented():
    printed = {advert.vacancy: advert.as_published().criteria for advert in ADVERTS}
    assert {one.key for one in printed["000"]} == {"years", "nvq", "manufacturers", "mot"}
    [duty] = [one for one in printed["000"] if one.kind is CriterionKind.DUTY]
    assert duty.key == "mot"
    assert printed["001"] == printed["002"] == ()
