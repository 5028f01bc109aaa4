"""What a task has beside its own file: longer wordings, and what it reads of a text."""
