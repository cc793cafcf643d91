"""Makers' own notes: bytes in, a frozen value out; nothing raises for what a camera wrote."""

from reid.image.notes.read import camera_note

__all__ = ["camera_note"]
