"""Why a file makes no map; nothing has been changed when this is raised."""


class Refused(Exception):
    """The message says what is wrong with the file and what to do instead."""
