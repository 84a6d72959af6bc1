"""How telemetry is asked: neutral questions, their wording in three languages, and who answers."""
