"""The demonstration: synthetic sightings through the service, as a researcher's script would.

``python -m training.demo`` renders four sightings, starts the service on loopback, submits them
over HTTP, asks whether they show the same animal and who the last one is, and checks the answers
against the known truth. It speaks HTTP only: nothing here imports the service.
"""
