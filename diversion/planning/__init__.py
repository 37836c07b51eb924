"""Which sites a patient could go to, and a proposal for all affected patients together. Pure values in and out.

No database, no clock, no network: the same code answers the API, the simulator and the tests. It proposes; people
decide.
"""
