"""Retrieval on labelled pictures: protocols, systems, predictions, figures."""
