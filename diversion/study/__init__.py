"""A study, not a claim: the same simulated days, decided in several ways, measured alike. Reads files, writes nothing.

What is decided with is the product's own (`planning`, `hospitals.gates`, `journeys`); what happens meanwhile is
assumed, and README.md says where each number comes from. The same seed gives the same table.
"""
