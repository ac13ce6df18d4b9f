"""Transactions and migrations on asyncpg."""

from shared.postgres.database import LOST, Database, Transaction

__all__ = ["LOST", "Database", "Transaction"]
