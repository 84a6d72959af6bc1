"""The store's file: found, opened, upgraded, damaged."""
