"""Administration in a browser: every press is one of the commands, nothing here writes by itself."""
