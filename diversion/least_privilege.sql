-- The role that web processes, clock and worker need, and no more: it adds to the record and cannot touch what is there.
-- Run by the owner of the tables (and CREATEROLE) after every `manage.py migrate`; safe to repeat. See SECURITY.md.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'diversion_app') THEN
        CREATE ROLE diversion_app NOLOGIN;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO diversion_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO diversion_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO diversion_app;

-- What is recorded stays: events, what the public was told, what decisions rested on.
REVOKE UPDATE, DELETE, TRUNCATE ON diversion_event, diversion_bulletin, diversion_basis FROM diversion_app;
-- The head of a log is counted on, never removed; which migrations have run is the owner's to say.
REVOKE DELETE, TRUNCATE ON diversion_stream FROM diversion_app;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON django_migrations FROM diversion_app;
