"""What a generated training script imports."""
