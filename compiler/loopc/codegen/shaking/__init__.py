"""What `--standalone` leaves out: what nothing in the script uses."""
