"""What people decide: votes, verdicts, corrections."""
