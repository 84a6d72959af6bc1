"""The public OTLP ports: bound, relayed, lent to the collector and watched."""
