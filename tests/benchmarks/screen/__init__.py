"""What reads the screens that are measured."""
