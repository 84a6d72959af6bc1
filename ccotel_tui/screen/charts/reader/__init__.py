"""What a reader chooses of a chart: a part of its time, and which of its series. Pure."""
