"""The surface syntax of the `.loop` language: the grammar and its tables."""
