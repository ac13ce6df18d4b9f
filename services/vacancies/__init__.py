"""Reads a published vacancy, computes its timetable and announces its opening and closing."""
