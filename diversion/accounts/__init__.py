"""How people get in and what of that is kept: see README.md beside this. No door here opens without a login."""
