"""Every number the simulation assumes, with where it comes from. README.md tells the same in sentences.

"Fact" marks a published figure, "derived" one computed from such figures, "assumed" one that nobody reported.
"""

from __future__ import annotations

from typing import Final

# -- Volume ---------------------------------------------------------------------------------------------------
#: Departures of ambulances a day. Derived: 105,403 departures in 2022 (Belga), less those outside the Region.
DEPARTURES_A_DAY: Final = 310.0
#: Share of departures that carry a patient. Derived: about 260 patients a day of 310 departures (fact: 85 %).
CARRIED: Final = 0.84
#: Missions of the mobile emergency teams a day. Derived: 2019 rate times population, 18,000 to 19,000 a year.
SMUR_A_DAY: Final = 50.0
#: Departures of the paramedic teams a day. Fact: 5,716 in 2022 (RTBF).
PIT_A_DAY: Final = 15.7
#: The fleet those volumes belong to; a scaled fleet meets a scaled demand.
FLEET: Final = 44
#: How departures spread over the hours of the day, as shares of the mean hour. Assumed: low 03-06, peak 10-20.
HOURLY: Final = (
    0.70, 0.62, 0.54, 0.46, 0.42, 0.45, 0.60, 0.82, 1.05, 1.22, 1.32, 1.36,
    1.33, 1.30, 1.29, 1.30, 1.32, 1.34, 1.32, 1.27, 1.18, 1.06, 0.92, 0.81,
)  # fmt: skip

# -- Patients -------------------------------------------------------------------------------------------------
#: Assumed. Without a mobile team: vital, urgent, routine; with one: vital, urgent, routine.
URGENCY: Final = (("vital", 0.03), ("urgent", 0.47), ("routine", 0.50))
URGENCY_WITH_SMUR: Final = (("vital", 0.50), ("urgent", 0.50), ("routine", 0.0))
#: Assumed: how often the physician travels with the patient once the mobile team was sent.
PHYSICIAN_STAYS: Final = 0.6
#: Assumed.
AGE_BANDS: Final = (("infant", 0.02), ("child", 0.07), ("adult", 0.52), ("senior", 0.36), ("unknown", 0.03))
SEXES: Final = (("female", 0.50), ("male", 0.47), ("unknown", 0.03))
#: Assumed: share of patients for whom the caller names one need, and which. Only those that the region's own list
#: of capabilities knows are used.
NEEDS: Final = (
    (None, 0.86), ("stroke", 0.04), ("trauma", 0.03), ("cath_lab", 0.02), ("psychiatry", 0.04), ("maternity", 0.01),
)  # fmt: skip
#: Assumed: children go to an emergency department that says it takes children, when one admits them.
CHILD_NEED: Final = "paediatric_ed"
#: A need is worth this much longer a journey than the nearest department that admits; assumed.
NEED_DETOUR_S: Final = 10 * 60.0
#: Assumed: this share of patients is drawn around the centre (normal, metres), the rest evenly over the Region,
#: parks left out. No figures of population by district were used.
CENTRE_SHARE: Final = 0.4
CENTRE_SPREAD_M: Final = 2_600.0
#: A region without a city file has no outline to draw from: its patients lie around its hospitals (normal, metres).
HOSPITAL_SPREAD_M: Final = 2_500.0
#: The vehicles of such a region: ambulances spread over its hospitals, and a mobile team where the feed names one.
SMALL_FLEET: Final = 8

# -- Times in seconds, each a range drawn evenly. All assumed ------------------------------------------------------
ON_SCENE_S: Final = (10 * 60.0, 22 * 60.0)
HANDOVER_S: Final = (12 * 60.0, 25 * 60.0)
#: The destination is told this long before leaving the scene.
PLANNED_BEFORE_S: Final = 150.0
#: An ambulance waits at most this long for the mobile team it was promised.
WAITS_FOR_SMUR_S: Final = 8 * 60.0
#: Leaving the post after the call.
TURNOUT_S: Final = (30.0, 90.0)

# -- Many casualties at one place. All assumed ---------------------------------------------------------------------
#: Of the ambulances without a patient, at most this share goes to such places: the rest of the city is still served.
GATHER_SHARE: Final = 0.5
#: Ambulances sent while nobody has said how many casualties there are.
GATHER_FIRST: Final = 3
#: A vehicle within this many metres of the place stands at it.
AT_PLACE_M: Final = 100.0
#: A crew that was given its patient before it had arrived loads for this long (seconds); the place has triaged.
LOADING_S: Final = (2 * 60.0, 5 * 60.0)
#: Seconds of real time until a department says what it can take, and the share that never does by itself.
OFFERS_S: Final = (45.0, 240.0)
OFFER_SILENT: Final = 0.12
#: What a department can take, as a share of the beds of its site, each varied by the factor below. A site whose beds
#: are not established counts as one of 300.
OFFERED_OF_BEDS: Final = {"vital": 0.008, "urgent": 0.02, "routine": 0.04}
OFFERED_FACTOR: Final = (0.5, 1.4)
BEDS_UNKNOWN: Final = 300

# -- Driving ----------------------------------------------------------------------------------------------------
#: Kilometres an hour on the three kinds of street; assumed, so that journeys agree with the fitted line below.
SPEED_KMH: Final = {"local": 29.0, "main": 44.0, "motorway": 82.0}
#: Speed with priority. Fitted elsewhere in the project: journey times with priority are 0.79 of those without.
PRIORITY: Final = 1 / 0.79
#: Nobody drives faster than this with priority; assumed.
FASTEST_KMH: Final = {"local": 45.0, "main": 65.0, "motorway": 110.0}
#: The straight-line estimate by which a dispatcher ranks hospitals (127 s and 105 s a km; 4,752 pairs, 2013 roads).
LINE_S: Final = 127.0
LINE_S_PER_M: Final = 0.105

# -- People -----------------------------------------------------------------------------------------------------
#: Seconds of real time until a crew answers an order, and the share that never does by terminal. Assumed.
CREW_ANSWERS_S: Final = (3.0, 15.0)
CREW_SILENT: Final = 0.05
#: Seconds of real time until an emergency department has seen, then acknowledged, a notice. Assumed.
STAFF_SEES_S: Final = (1.5, 4.0)
STAFF_ACKNOWLEDGES_S: Final = (5.0, 40.0)
#: A department whose screen is muted finds a notice this much later, by looking. Assumed.
MUTED_LATER_S: Final = 12.0
#: A screen beats this often (the product's own rule).
BEAT_S: Final = 10.0
#: Once a real screen is open, simulated staff stays away until no screen was seen for this long.
STAFF_RETURNS_S: Final = 45.0

# -- Reporting --------------------------------------------------------------------------------------------------
#: A new arrival time is told when it moved by more than this (real seconds).
ETA_SHIFT_S: Final = 60.0
#: A standing vehicle repeats its position this often (real seconds); a moving one reports every second.
STANDING_REPEAT_S: Final = 5.0
#: The product refuses a position that claims more than 100 metres a second.
FASTEST_TOLD_MPS: Final = 99.0
#: The city has run this long (model seconds) before anybody watches.
WARM_UP_S: Final = 100 * 60.0
#: Patients assumed under way in a replay are sought this long (model seconds) before the story needs them.
ARRANGE_S: Final = 30 * 60.0


def line_seconds(metres: float) -> float:
    return LINE_S + LINE_S_PER_M * metres
