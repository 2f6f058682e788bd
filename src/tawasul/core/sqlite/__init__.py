"""Django's database engine for SQLite, whose writers queue instead of polling."""
