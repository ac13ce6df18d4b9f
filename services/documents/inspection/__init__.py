"""Reads the bytes of one document: only ever run in a child process with limits (children.py)."""

from services.documents.inspection.document import inspect

__all__ = ["inspect"]
