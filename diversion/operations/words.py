"""What each finding means, in plain words for whoever is called at night: what is so, what that is to dispatch, what to
do.

``%(name)s`` stands for what was read. The same codes are the headings of RUNBOOK.md, where the steps are longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from diversion.operations.finding import Finding


@dataclass(frozen=True, slots=True)
class Words:
    what: str
    means: str
    do: str


_BLIND: Final = "Nothing can be declared or redirected; screens say that they are offline and show how old they are."

WORDS: Final[Mapping[str, Words]] = {
    "database_stopped": Words(
        "PostgreSQL does not run at the address of DATABASE_URL: nobody listens there.",
        f"{_BLIND} Dispatch and hospitals go by telephone.",
        "Start PostgreSQL and read its own log; every process comes back by itself. Is it gone, restore: RUNBOOK.md.",
    ),
    "database_refuses_login": Words(
        "PostgreSQL runs, but refuses the name or password in DATABASE_URL.",
        f"{_BLIND} Processes that already have connections may go on for a while.",
        "Correct DATABASE_URL (or the role's password) and start web, clock and worker again.",
    ),
    "database_missing": Words(
        "PostgreSQL runs, but has no database of the name in DATABASE_URL.",
        _BLIND,
        "Correct the name in DATABASE_URL; only for a new installation, create it and run manage.py migrate.",
    ),
    "database_address_unknown": Words(
        "The host in DATABASE_URL is not known to this machine.",
        _BLIND,
        "Correct the host in DATABASE_URL, or mend the name service of this machine.",
    ),
    "database_connections_exhausted": Words(
        "PostgreSQL takes no further connection: max_connections is reached.",
        "Some actions fail and have to be repeated, by no rule that anybody could see.",
        "Lower DATABASE_POOL_MAX, or raise max_connections: processes x DATABASE_POOL_MAX must be below it.",
    ),
    "database_hangs": Words(
        "PostgreSQL accepts connections, or did, but does not answer within %(patience)s s.",
        _BLIND,
        "Look at its disk, its locks (pg_stat_activity) and its memory; a server that hangs is better restarted.",
    ),
    "database_unreachable": Words(
        "PostgreSQL cannot be used: %(error)s",
        _BLIND,
        "Mend what PostgreSQL says; its own log tells more.",
    ),
    "migrations_pending": Words(
        "The database is older than this code: %(count)s migrations are missing, the first is %(first)s.",
        "This process may fail or write what others cannot read, so it takes no traffic.",
        "Run manage.py migrate, then manage.py retell, with this very version.",
    ),
    "log_broken": Words(
        "The log of %(where)s contradicts itself: %(detail)s",
        "The record cannot be relied on as evidence; the picture on screen may be wrong.",
        "Stop nothing. Make a backup now, as it is, and run manage.py verify_log; RUNBOOK.md says how on.",
    ),
    "rows_differ": Words(
        "Log and rows disagree in %(count)s places in %(where)s; the first: %(detail)s",
        "Something wrote without a command, or an upgrade was not retold: the picture on screen may be wrong.",
        "After an upgrade: manage.py retell. Otherwise take a backup now and find who wrote: RUNBOOK.md.",
    ),
    "clock_never": Words(
        "No clock process has ever run.",
        "Nothing that falls due happens: no escalation of unanswered notices, no alarm of silent departments.",
        "Start manage.py clock, one or several, and have it started again whenever it ends.",
    ),
    "clock_late": Words(
        "The clock has completed no turn for %(age)s s: it does not run, or something due is refused each time.",
        "Unanswered notices are not escalated, silent departments not told. Every screen says so.",
        "Start manage.py clock. If it runs, its log says clock_left_undone or clock_cannot_work, and why.",
    ),
    "worker_never": Words(
        "No worker process has ever run, and %(channels)s channels wait for one.",
        "Nobody is reached by telephone, message or push; screens work.",
        "Start manage.py worker, one or several.",
    ),
    "worker_late": Words(
        "The worker has given no sign of life for %(age)s s.",
        "Nobody is reached by telephone, message or push; screens work. Dispatch sees the channels as failing.",
        "Start manage.py worker. If it runs, its queue is stuck: stop it and start it again, nothing is lost.",
    ),
    "deliveries_late": Words(
        "%(count)s messages should have been sent %(age)s s ago or earlier, and nobody has tried.",
        "People away from a screen hear late, or only from those who sit at one.",
        "Start a further manage.py worker; look whether a gateway takes its whole time limit for each message.",
    ),
    "channel_failing": Words(
        "%(count)s of the ways to reach people fail, the longest: %(name)s (%(error)s).",
        "Whoever should hear by it does not; dispatch sees it on the console.",
        "Mend the gateway or the address under /administration/, then test the channel there.",
    ),
    "broker_down": Words(
        "Redis or Valkey cannot be used: %(error)s",
        "Everything works, a second slower; limits on failed logins are counted by each process for itself.",
        "Start it again; nothing is to be restored, it holds no record.",
    ),
    "feed_behind": Words(
        "This process has not read the log of %(regions)s for %(age)s s.",
        "Its screens say that they are delayed, then offline. Those on other processes are right.",
        "It takes no new traffic. If that does not end within a minute, start it again: its screens resume elsewhere.",
    ),
    "pool_exhausted": Words(
        "All %(size)s database connections of this process are in use and %(waiting)s requests wait.",
        "Actions take longer; after ten seconds they are refused and have to be repeated.",
        "Look for slow queries and locks in the database; else more processes, or a higher DATABASE_POOL_MAX.",
    ),
    "standby_missing": Words(
        "%(streaming)s of %(expected)s standby databases follow.",
        "Nothing now. If the primary is lost, what only it had is lost with it.",
        "Start the standby; if it has fallen too far behind, make it anew with pg_basebackup.",
    ),
    "standby_behind": Words(
        "A standby database is %(lag)s s behind.",
        "If the primary is lost now, the last %(lag)s s may be lost.",
        "Look at the standby's disk and network.",
    ),
    "standby_hidden": Words(
        "How far the standby databases are behind may not be read by this role.",
        "A standby that falls behind would not be noticed.",
        "GRANT pg_monitor TO the product's role.",
    ),
    "archive_failing": Words(
        "PostgreSQL cannot put its write-ahead log into the archive.",
        "No restore can reach beyond that moment, and its disk fills until nothing more can be recorded.",
        "PostgreSQL's log says why: usually the archive's disk is full, or not mounted, or not writable.",
    ),
    "clocks_differ": Words(
        "The clocks of this machine and of the database differ by %(seconds)s s.",
        "What is recorded and what falls due goes by the database's clock; logins and codes here by this machine's.",
        "Find which is wrong, mend its time service (chrony), and start this machine's processes again.",
    ),
    "disk_full": Words(
        "Only %(free)s MB are free on the disk of %(folder)s.",
        "When it is full nothing more can be recorded: every declaration and redirect would be refused.",
        "Free space now: old logs, old backups. Never delete in PostgreSQL's own folder.",
    ),
    "disk_low": Words(
        "%(free)s MB are free on the disk of %(folder)s, less than the %(limit)s MB asked for.",
        "Nothing yet. When it is full nothing more can be recorded.",
        "Free space or make the disk larger.",
    ),
    "certificate_expired": Words(
        "The TLS certificate has ended on %(until)s.",
        "Browsers and dispatch systems refuse to connect.",
        "Renew it and have the proxy read it anew.",
    ),
    "certificate_ending": Words(
        "The TLS certificate ends on %(until)s, in %(days)s days.",
        "Nothing yet. Then browsers and dispatch systems refuse to connect.",
        "Renew it; look why the renewal that should be automatic has not happened.",
    ),
    "certificate_early": Words(
        "The TLS certificate is valid only from %(from)s.",
        "Browsers and dispatch systems refuse to connect until then.",
        "Look at this machine's clock, then at the certificate.",
    ),
    "no_region": Words(
        "No region has been imported.",
        "There is no hospital to declare anything for, and no console to open.",
        "manage.py import_registry FILE; hospitals/data/README.md says what is in it.",
    ),
    "pages_missing": Words(
        "The pages have not been built: %(file)s is not there.",
        "No console, no hospital page, no wall screen opens from this process.",
        "Build them (./check --only frontend) or deploy the whole build.",
    ),
    "untranslated": Words(
        "The translations of this process have not been compiled: %(languages)s.",
        "Hospitals and dispatchers read English in pages, bulletins and messages that come from this process.",
        "Compile them (the build does: ./check --only frontend) or deploy the whole build.",
    ),
    "debug_on": Words(
        "DEBUG is on.",
        "Errors show the inside of the product, and memory grows without bound.",
        "Start without it.",
    ),
    "https_off": Words(
        "HTTPS is not set, though the product is reached by other names than this machine's own.",
        "Logins travel readable, cookies are sent without TLS.",
        "HTTPS=true, behind a proxy that ends TLS and sets X-Forwarded-Proto.",
    ),
    "hosts_any": Words(
        "ALLOWED_HOSTS takes any name.",
        "A forged name may be put into links that people are sent.",
        "Name the hosts that people use.",
    ),
    "map_broken": Words(
        "The street map in MAP_FOLDER cannot be used: %(error)s",
        "The console draws its schematic map; journey times are estimated from distances, and say so.",
        "Build it again: manage.py build_map FILE.osm.pbf. The map before it is kept beside it.",
    ),
    "web_silent": Words(
        "The web process at %(url)s does not answer: %(error)s",
        "Whoever is connected to it sees the picture grow old and is told so; others are not touched.",
        "End it and have it started again: SIGTERM, after ten seconds SIGKILL. Its screens resume elsewhere.",
    ),
    "web_says": Words(
        "The web process at %(url)s says that it is %(status)s.",
        "What it means depends on the reason, which it tells only to whoever sends OPERATIONS_TOKEN.",
        "Run this with the OPERATIONS_TOKEN of that process, or read its log.",
    ),
    "unread": Words(
        "It could not be found out how it stands with %(what)s: %(error)s",
        "It may be well or not; nobody knows.",
        "Mend what keeps it from being read, then look again.",
    ),
}


def words_of(finding: Finding) -> Words:
    """The words of a finding, with what was read put in. Raises KeyError for a code without words."""
    told = WORDS[finding.code]
    return Words(told.what % finding.said, told.means % finding.said, told.do % finding.said)
