"""Articles of the knowledge base."""
