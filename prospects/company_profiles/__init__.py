"""Company profiles: the values that research found, merged, and what a person must decide.

See docs/company-profiles.md.
"""
