#!/bin/sh
# The database's image runs this once, on an empty data folder: the product's role owns its database and is no superuser.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres --dbname postgres <<'SQL'
CREATE ROLE diversion LOGIN PASSWORD :'password';
CREATE DATABASE diversion OWNER diversion;
-- Who knows the product's password is not to be a superuser by it; from inside the container postgres needs none.
ALTER ROLE postgres PASSWORD NULL;
SQL
