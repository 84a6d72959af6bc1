"""What is printed of panels."""
