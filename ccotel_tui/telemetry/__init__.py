"""What comes in: OTLP requests, and the records they carry."""
