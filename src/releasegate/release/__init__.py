"""What each command does: gates asked, plans made, one migration applied, the state told."""
