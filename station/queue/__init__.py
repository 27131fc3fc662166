"""What waits to be sent, and what is really known about it."""
