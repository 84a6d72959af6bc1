"""OTLP by gRPC and HTTP: two servers over one export."""
