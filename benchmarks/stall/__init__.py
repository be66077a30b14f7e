"""A migration, several ways to apply it, an app at work -> how long the app stood still."""
