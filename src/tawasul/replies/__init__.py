"""What staff have ready: canned replies, macros, signatures."""
