"""Which URL scheme of the notification library reaches people by which medium; what is not listed is refused.

Twilio's is a voice call with ``?method=call``. Left out on purpose: whatever stays on this machine (system logs and
desktops), and Web Push, for which a browser enrols itself (``push``) and nobody types an address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BY_MEDIUM: Final[Mapping[str, str]] = {
    "email": "mailto mailtos mailersend mailgun o365 postmark resend sendgrid sendpulse ses smtp2go sparkpost",
    "sms": (
        "46elks elks atalk bulksms bulkvs burstsms clickatell clicksend d7sms exotel freemobile httpsms infobip"
        " kaleyra msg91 msgbird nexmo vonage octopush plivo ringc seven sfr sinch smseagle smseagles smsmanager"
        " smsmgr sns telesign telnyx twilio voipms"
    ),
    "voice": "",
    "chat": (
        "discord gchat guilded matrix matrixs mmost mmosts rocket rockets signal signals slack tgram threema"
        " webex wxteams whatsapp workflow workflows zulip"
    ),
    "push": "goalert goalerts gotify gotifys ilert ntfy ntfys onesignal opsgenie pagerduty pover pushed signl4 splunk",
    "webhook": "form forms json jsons xml xmls",
}
MEDIA: Final[Mapping[str, str]] = {
    scheme: medium for medium, schemes in _BY_MEDIUM.items() for scheme in schemes.split()
}
