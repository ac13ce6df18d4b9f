"""What a person is told who would uphold a challenge where no rejection can be reversed."""

import pytest

from services.console.challenges import why_not_upheld
from shared.contracts.applications import Stage

AMENDED, MANAGER, BACK = "vacancy.amended", "hiring manager", "put back already"


@pytest.mark.parametrize(
    ("stage", "says"),
    [
        (Stage.REFUSED, AMENDED),
        (Stage.NOT_SUCCESSFUL, MANAGER),
        (Stage.UNDER_REVIEW, BACK),
        (Stage.WITH_A_PERSON, BACK),
        (None, BACK),
    ],
)
def test_E20_whoever_cannot_uphold_a_challenge_is_told_what_fits_that_case_alone(
    stage: Stage | None, says: str
) -> None:
    told = why_not_upheld("a-1", stage)
    assert [one for one in (AMENDED, MANAGER, BACK) if one in told] == [says]
    assert "can only be dismissed here" in told
