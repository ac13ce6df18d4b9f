"""Sole owner of an application's stage: a pure function of the facts, in whatever order they come."""
