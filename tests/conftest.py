"""One small named world, frozen time where a test asks for it, and no network."""
