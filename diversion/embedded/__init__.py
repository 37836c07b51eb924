"""PostgreSQL and Valkey for one machine: nobody but their owner can reach them, by file or by network.

    services = start(Path(".state"))      # initialises, adopts or starts, as needed
    services.database_url, services.redis_url
    services.stop()

Production names its own engines by DATABASE_URL and REDIS_URL and never imports this package.
The servers outlive the process that started them, also when it is killed; the next start adopts
what still answers and stops what does not. Decisions are in README.md beside this file.
"""

from diversion.embedded.errors import EmbeddedError
from diversion.embedded.services import Services, start

__all__ = ["EmbeddedError", "Services", "start"]
