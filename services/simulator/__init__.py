"""A pretend careers site with its candidates and hiring managers, and a virtual clock."""
