"""The file of bank holidays: an operator's data, and never silently less than it says."""

from datetime import date

import pytest

from shared.calendar import (
    BankHolidaysUnknownError,
    UnusableBankHolidays,
    is_working_day,
    read_bank_holidays,
)
from tests.support.operator_files import more_bank_holidays


def test_another_file_is_named_by_the_environment_and_only_that_is_read(tmp_path):
    day = date(2025, 10, 28)
    assert is_working_day(day)
    with more_bank_holidays(tmp_path, "2025-10-28"):
        assert not is_working_day(day)
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "JSONDecodeError"),
        ("[]", "TypeError"),
        ('{"first_year": 2025, "holidays": {"2025-12-25": ""}}', "last_year"),
        ('{"first_year": 2025, "last_year": 2025, "holidays": {"2025-13-25": ""}}', "month"),
        ('{"first_year": 2025, "last_year": 2025, "holidays": {"2026-12-25": ""}}', "2026 is not"),
        ('{"first_year": 2025, "last_year": 2026, "holidays": {"2025-12-25": ""}}', "in 2026"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_and_named(text, told):
    with pytest.raises(UnusableBankHolidays, match=rf"holidays\.json: .*{told}"):
        read_bank_holidays(text, "holidays.json")


def test_a_year_that_is_not_known_names_the_file_to_change():
    with pytest.raises(BankHolidaysUnknownError, match="MUSTER_BANK_HOLIDAYS"):
        is_working_day(date(2035, 1, 3))
