"""docker-py behind one engine: hosts, credentials, images, logs and errors."""
