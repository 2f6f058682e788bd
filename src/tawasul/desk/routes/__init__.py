"""The desk's addresses, one file a part of it."""
