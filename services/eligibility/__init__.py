"""Applies the eligibility rules to each accepted application: eligible, referred or rejected."""
