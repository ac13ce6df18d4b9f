"""`muster doctor`: looks for states that must not exist."""

import argparse
import json
from dataclasses import dataclass
from typing import Final

import asyncpg

from services.console.database import NoDatabase, open_database
from services.console.detectors import DETECTORS, Detector
from services.console.workers import SERVICES
from shared import clock, logs
from shared.postgres import LOST, Transaction
from shared.settings import settings

_SHOWN: Final = 10
# Workers that have just started may have something to catch up with.
_FIRST_LOOK_SECONDS: Final = 600
_HOUR_SECONDS: Final = 3600
# A database that takes a query and never answers must not end the hourly looks.
_PATIENCE_SECONDS: Final = 60
_READ_ONLY: Final = {"default_transaction_read_only": "on"}


@dataclass(frozen=True, slots=True)
class Finding:
    """An impossible state, and what is in it."""

    detector: Detector
    subjects: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="for a machine")
    parser.add_argument(
        "--hourly", action="store_true", help="go on looking, and log what is found"
    )


async def run(arguments: argparse.Namespace) -> int:
    """Print what is wrong and what to do about it; 1 if anything is."""
    if arguments.hourly:
        if not settings().database_url:
            raise NoDatabase("set DATABASE_URL to the owner's URL of the database")
        logs.configure()
        await look_hourly(settings().database_url)
    async with open_database() as tx:
        findings = await diagnose(tx)
    if arguments.json:
        print(json.dumps([_as_json(finding) for finding in findings], indent=2))
    else:
        for finding in findings:
            _print(finding)
        print(f"{len(DETECTORS)} impossible states looked for, {len(findings)} found")
    return 1 if findings else 0


async def diagnose(tx: Transaction) -> list[Finding]:
    """Look for every impossible state, as the owner of the database; return those that exist."""
    found = [await _look_for(detector, tx) for detector in DETECTORS]
    return [finding for finding in found if finding.subjects]


async def _look_for(detector: Detector, tx: Transaction) -> Finding:
    rows = await tx.fetch(f"{detector.query(SERVICES)} order by subject")
    return Finding(detector, [row["subject"] for row in rows])


async def look_hourly(owner_url: str) -> None:
    """Log every impossible state with its owner and its repair, once an hour until cancelled."""
    seconds = _FIRST_LOOK_SECONDS
    while True:
        await clock.pause(seconds)
        seconds = _HOUR_SECONDS
        try:
            connection = await asyncpg.connect(
                owner_url, command_timeout=_PATIENCE_SECONDS, server_settings=_READ_ONLY
            )
            try:
                await _look_and_log(connection)
            finally:
                await connection.close(timeout=_PATIENCE_SECONDS)
        except (OSError, asyncpg.PostgresError, *LOST) as error:
            logs.log.error("doctor_failed", error=type(error).__name__)


async def _look_and_log(tx: Transaction) -> None:
    """Look for each on its own: one that takes too long keeps no other from being found."""
    count = 0
    for detector in DETECTORS:
        try:
            finding = await _look_for(detector, tx)
        except TimeoutError:
            logs.log.error("doctor_failed", reason=detector.name, error="TimeoutError")
            continue
        if finding.subjects:
            count += 1
            logs.log.error(
                "impossible_state", reason=detector.name, count=len(finding.subjects),
                owner=detector.owner, repair=detector.repair,
            )  # fmt: skip
    logs.log.info("doctor_looked", count=count)


def _as_json(finding: Finding) -> dict[str, object]:
    detector = finding.detector
    return {
        "name": detector.name,
        "means": detector.means,
        "owner": detector.owner,
        "repair": detector.repair,
        "count": len(finding.subjects),
        "subjects": finding.subjects,
    }


def _print(finding: Finding) -> None:
    detector = finding.detector
    print(f"{detector.name}: {detector.means}")
    print(f"  owner   {detector.owner}")
    print(f"  repair  {detector.repair}")
    for subject in finding.subjects[:_SHOWN]:
        print(f"  - {subject}")
    if len(finding.subjects) > _SHOWN:
        print(f"  ... and {len(finding.subjects) - _SHOWN} more (--json shows all)")
