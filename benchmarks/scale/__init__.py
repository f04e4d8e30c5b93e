"""How far a cluster carries: measured on this machine, and simulated from measured scores for more than it has."""
