"""What an advert says about pay, and what follows from it."""

import pytest
from pydantic import ValidationError

from services.simulator.adverts import ADVERTS
from shared.contracts.vacancies import Salary, VacancyPublished

PRINTED = {advert.vacancy: advert.as_published().salary for advert in ADVERTS}


@pytest.mark.parametrize(
    ("vacancy", "allowances", "at_the_top"),
    [("000", 2_928, 44_999), ("001", 2_928, 41_451), ("002", 2_928, 92_248)],
)
def test_A2_totals_are_derived_with_basic_and_allowances_apart(vacancy, allowances, at_the_top):
    salary = PRINTED[vacancy]
    assert salary.allowances == allowances
    assert salary.at_the_top_of_the_scale == at_the_top
    assert salary.basic + salary.allowances == salary.starting
    assert not {"allowances", "at_the_top_of_the_scale"} & salary.model_dump().keys()


@pytest.mark.parametrize("part", ["starting", "basic", "location_allowance"])
def test_A1_figures_that_do_not_add_up_are_not_published(part):
    printed = PRINTED["000"].model_dump()
    with pytest.raises(ValidationError, match="starting must equal basic plus both allowances"):
        Salary(**printed | {part: printed[part] + 1})


def test_A1_basic_pay_above_the_scale_is_not_published():
    printed = PRINTED["000"].model_dump()
    with pytest.raises(ValidationError, match="basic must not exceed the top of the scale"):
        Salary(**printed | {"top_of_scale": printed["basic"] - 1})


def test_A3_leave_and_flexible_working_stay_text_that_nothing_is_computed_from():
    fields = VacancyPublished.model_fields.keys() | Salary.model_fields.keys()
    assert not [name for name in fields if "leave" in name or "flexible" in name]
