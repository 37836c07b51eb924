"""Every failure of the embedded services is one type whose text a person can act on."""


class EmbeddedError(Exception):
    """Carries a message fit to be shown as it is."""


class StepFailed(Exception):
    """A step of the preparation did not succeed; the text says which and why."""
