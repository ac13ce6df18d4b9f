"""`muster doctor`: looks for states that must not exist."""

import argparse
import json
from dataclasses import dataclass
from typing import Final

from services.console.database import open_database
from services.console.detectors import DETECTORS, Detector
from services.console.workers import SERVICES
from shared.postgres import Transaction

_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """An impossible state, and what is in it."""

    detector: Detector
    subjects: list[str]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the command takes."""
    parser.add_argument("--json", action="store_true", help="for a machine")


async def run(arguments: argparse.Namespace) -> int:
    """Print what is wrong and what to do about it; 1 if anything is."""
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
    findings = []
    for detector in DETECTORS:
        rows = await tx.fetch(f"{detector.query(SERVICES)} order by subject")
        if rows:
            findings.append(Finding(detector, [row["subject"] for row in rows]))
    return findings


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
