"""Runs: their decisions and pictures, other thresholds, audits and questions."""
