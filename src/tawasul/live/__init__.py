"""Who is here, and what just happened, told to open pages."""
