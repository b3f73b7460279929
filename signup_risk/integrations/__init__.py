"""Use a scorer in a web framework: one module each, which nothing else imports.

All say the same in the words of their framework: one scorer a process, the applicant's address behind proxies, user
agent and languages taken from the request unless the caller gives them, and an assessment that the caller acts on.
"""
