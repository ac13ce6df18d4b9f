"""Letters as e-mail: plain text and HTML that say the same, and a calendar entry where one helps.

No I/O but reading the templates, which belong to the code.
"""
