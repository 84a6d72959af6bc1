"""The main screen and the views that it has shown."""
