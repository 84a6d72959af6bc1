"""What servers have and can, looked up once: it decides how they are asked."""
