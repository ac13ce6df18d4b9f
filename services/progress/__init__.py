"""Sole owner of an application's stage: a pure function of all its facts, in any order."""
