"""A place trains its own: from its catalogue's confirmed identities to a judged challenger.

See docs/retraining.md.
"""
