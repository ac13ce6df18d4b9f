"""Tells candidates what happened, once."""
