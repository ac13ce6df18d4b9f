"""The file of employers: complete, and never silently a default."""

from pathlib import Path

import pytest

from shared.contracts.vacancies import Employer
from shared.employers import EmployerTerms, UnusableTerms, read_terms, terms_of

SHIPPED = Path("shared/employers.toml").read_text()


def test_the_shipped_file_says_what_the_defaults_say() -> None:
    met = terms_of(Employer.MET)
    assert met == EmployerTerms(name="Metropolitan Police", early_departure={})  # type: ignore[arg-type]


def test_E15_kent_and_essex_have_no_early_departure_rule() -> None:
    assert terms_of(Employer.KENT_ESSEX).early_departure is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("grace_seconds", "grace_secs", "grace_secs"),
        ('"refers"', '"perhaps"', "anniversary"),
        ("years = 5", "years = 0", "years"),
        ("[kent_essex]", "[kent]", "kent"),
    ],
)
def test_a_misspelt_setting_is_named_and_never_taken_for_the_default(
    old: str, new: str, told: str
) -> None:
    with pytest.raises(UnusableTerms, match=told):
        read_terms(SHIPPED.replace(old, new, 1), "employers.toml")


def test_an_employer_without_a_table_is_named() -> None:
    with pytest.raises(UnusableTerms, match="no table for kent_essex"):
        read_terms(SHIPPED.split("[kent_essex]")[0], "employers.toml")
