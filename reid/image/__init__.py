"""The one door for pictures: decode, orient, limit, date."""
