"""Opens the hiring manager's review, takes its decisions, chases and completes it."""
