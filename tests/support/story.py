"""The story most tests tell: one vacancy and one candidate.

The Met's Quality Technician vacancy (seed 000) closes at 23:55 on Tuesday 21 October 2025 in
London, which is 22:55 UTC; one candidate applies in good time with complete documents.
"""

from datetime import UTC, date, datetime

VACANCY = "met-000"
APPLICATION = "app-1"

POSTED_ON = date(2025, 10, 1)
NOW = datetime(2025, 10, 20, 12, 0, tzinfo=UTC)
CLOSES_AT = datetime(2025, 10, 21, 22, 55, tzinfo=UTC)
LAST_ACCEPTED_AT = datetime(2025, 10, 21, 22, 55, 59, 999999, tzinfo=UTC)
REVIEW_OPENS_AT = datetime(2025, 10, 28, 9, 0, tzinfo=UTC)
REVIEW_COMPLETED_AT = datetime(2025, 10, 28, 16, 0, tzinfo=UTC)
INTERVIEW_AT = datetime(2025, 11, 4, 9, 0, tzinfo=UTC)
