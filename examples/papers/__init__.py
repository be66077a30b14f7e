"""Papers in, storyboards out: a small service on five tables."""
