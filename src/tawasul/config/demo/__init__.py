"""The demo: an invented centre with people and tickets in every state."""
