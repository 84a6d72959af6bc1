"""What a chart looks like: values and times in rows and columns. Pure but for plotext's figure."""
