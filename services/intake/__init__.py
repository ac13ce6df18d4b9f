"""Reads what candidates send: accepts each application once and numbers its documents."""
