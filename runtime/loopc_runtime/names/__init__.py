"""What scripts may import, one list for each area."""
