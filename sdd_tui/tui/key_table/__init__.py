"""The table of keys, a file a screen; sdd_tui/tui/keys.py puts it together, and nothing else imports it.

One key has one meaning on all screens; where it can't, tests/tui/test_keys.py has the reason.
"""
