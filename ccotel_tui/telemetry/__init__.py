"""Incoming telemetry: OTLP requests, and the records they carry."""
