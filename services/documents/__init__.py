"""Inspects the CV and the personal statement of every application."""
