"""Transactions and migrations on asyncpg."""

from shared.postgres.database import Database, Transaction

__all__ = ["Database", "Transaction"]
