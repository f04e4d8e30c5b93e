"""Takes the pictures of the README, of rendered frames."""
