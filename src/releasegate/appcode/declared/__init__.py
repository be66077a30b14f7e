"""Types as they are declared -> which fields there are, and which of them may be None."""
