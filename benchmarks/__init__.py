"""What is measured, and how anyone measures it again."""
