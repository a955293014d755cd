"""Versions over HTTP: which there are, what each changed and who, and any of them to read and to query."""
