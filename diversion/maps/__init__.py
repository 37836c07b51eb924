"""The operator's own map: an OpenStreetMap extract becomes streets to look at and roads to drive on, or nothing does.

Knows files and figures, no rows: what hospitals there are is handed in.
"""
