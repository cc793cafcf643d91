"""Reliability, measured: ``python -m training.soak`` (``make soak``).

Kills, crowds, accidents and hostile input against the real service, worker and database as
processes of their own, spoken to over HTTP. Nothing here imports the service.
"""
