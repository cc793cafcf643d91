"""Pictures and reports for eyes."""
