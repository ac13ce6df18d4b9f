"""`muster migrate`, `topology` and `secrets`: what a deployment does before the workers start."""

import argparse
import asyncio
import json
import secrets
import sys
from pathlib import Path

from services.console.mistakes import USAGE_ERROR
from services.console.workers import SERVICES, owners
from shared.messaging.topology import CAREERS_SITE, OPERATOR, declare, definitions
from shared.postgres.migrate import migrate
from shared.settings import settings
from shared.users import password_of


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the three commands to the console."""
    migrating = commands.add_parser(
        "migrate",
        help="bring the database up to date",
        description="Create roles and schemas and apply every migration that is missing, once.",
        epilog="example: DATABASE_URL=postgresql://owner@db/muster MUSTER_SECRET=... "
        "./muster migrate",
    )
    migrating.set_defaults(run=run_migrate)
    topology = commands.add_parser(
        "topology",
        help="declare exchanges, queues and bindings, or write RabbitMQ's definitions file",
        description="Declare the topology over AMQP, or write it, with one least-privileged user "
        "per worker, as a definitions file that RabbitMQ loads when it starts. Rights are in that "
        "file alone.",
        epilog="example: MUSTER_SECRET=... ./muster topology --definitions definitions.json",
    )
    topology.add_argument("--definitions", type=Path, metavar="FILE", help="write this file")
    topology.set_defaults(run=run_topology)
    keys = commands.add_parser(
        "secrets",
        help="print a fresh .env for compose.yaml",
        description="Print one secret and every password that derives from it. Nothing is kept.",
        epilog="example: (umask 077; ./muster secrets > .env) && docker compose up",
    )
    keys.set_defaults(run=run_secrets)


def run_migrate(_: argparse.Namespace) -> int:
    """Migrate."""
    if not settings().database_url:
        print("Set DATABASE_URL to the owner's URL of the database.", file=sys.stderr)
        return USAGE_ERROR
    applied = asyncio.run(migrate(settings().database_url, owners(), settings().secret))
    print(f"{applied} migrations applied; the database is up to date")
    return 0


def run_topology(arguments: argparse.Namespace) -> int:
    """Declare, or write the definitions."""
    if arguments.definitions is None:
        if not settings().amqp_url:
            print("Set AMQP_URL to the administrator's URL of the broker.", file=sys.stderr)
            return USAGE_ERROR
        asyncio.run(declare(settings().amqp_url, SERVICES))
        print(f"{len(SERVICES)} queues declared")
        return 0
    if not settings().secret:
        print("Set MUSTER_SECRET: the users' passwords derive from it.", file=sys.stderr)
        return USAGE_ERROR
    secret = settings().secret
    document = definitions(SERVICES, secret, password_of("administrator", secret))
    arguments.definitions.write_text(json.dumps(document, indent=2) + "\n")
    print(f"{arguments.definitions}: {len(document['users'])} users, {len(SERVICES)} queues")
    return 0


def run_secrets(_: argparse.Namespace) -> int:
    """Print the environment of a new deployment."""
    secret = secrets.token_urlsafe(32)
    print(f"MUSTER_SECRET={secret}")
    for name in ("owner", "administrator", CAREERS_SITE, OPERATOR, *(s.name for s in SERVICES)):
        print(f"MUSTER_PASSWORD_{name.upper()}={password_of(name, secret)}")
    return 0
