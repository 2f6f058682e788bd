"""What administrators of the desk decide: services, teams, tags, people, and what each role may do."""
