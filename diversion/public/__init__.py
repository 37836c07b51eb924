"""What the public is told: see README.md."""
