"""What goes in and out as JSON: strict on the way in, documented on the way out."""
