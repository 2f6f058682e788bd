"""Django's database engine for PostgreSQL with a cheaper look at whether a connection still lives."""
