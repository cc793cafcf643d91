"""Nearest neighbours (FAISS)."""
