"""What was published: the release history, how it began, and what it gives back to protect the next release with."""
