"""The working of a decision in plain words, to the candidate and to whoever checks it (F2)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.eligibility.departures import Policy, Reading, Reason, Span
from shared.calendar import years_after
from shared.contracts.applications import Answer, Departure, LeavingReason
